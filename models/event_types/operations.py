"""Types of events about jobs: imports and bulk actions in the background."""

from models.event_types.declared import EventType

_JOB = ("job:7",)
_KIND = {"kind": "place_orders"}

OPERATIONS = {
    "job.created": EventType("A job was submitted.", _JOB, _KIND),
    "job.done": EventType("All rows of a job are done.", _JOB, _KIND),
    "job.failed": EventType("A job has failed; its report says why.", _JOB, _KIND),
    "job.cancelled": EventType("A job was cancelled.", _JOB, _KIND),
}
