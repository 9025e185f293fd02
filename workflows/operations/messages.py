"""The messages of the workflows `RetryHeld`, `EsimJob` and `EsimWebhook`: inputs and results, and those of
their steps. Ids only.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.identifiers import JOB_ID_PATTERN, WEBHOOK_ID_PATTERN
from models.markdown import code, inert
from models.operations.jobs import JobStatus
from models.operations.retries import LONGEST_QUERY, Held, one_line
from models.values import Duration, Flag, Frozen, Name, RecordId, Retries

BATCH = 200
"""How many are retried at a time, so that the ids of a batch fit into one payload."""


def _one_line(text: str) -> str:
    if not one_line(text):
        raise PydanticCustomError("control_characters", "It has control characters.")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
"""Text without control characters."""


class RetryMany(Frozen):
    """Starts the workflow `RetryHeld`: all that is held for this reason, is selected by this query, or both.

    An unknown field is refused: a mistyped one would else select more workflows than intended.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line | None = Field(default=None, min_length=1, max_length=64)
    """Such as `mail_unavailable`."""
    query: Line | None = Field(default=None, min_length=1, max_length=LONGEST_QUERY)
    """A Temporal list filter, applied to held workflows."""
    all: Flag = False
    """Everything that is held."""
    why: Line | None = Field(default=None, max_length=200)
    """A reason for other operators; it is stored in the history, so it must name no person."""

    @property
    def chosen(self) -> str:
        """What is retried, in words."""
        parts = [f"for {code(self.reason)}"] if self.reason else []
        parts += [f"and selected by {code(self.query)}"] if self.query else []
        return " ".join(["All that is held", *parts])


class ChooseHeld(Frozen):
    """Input of the step `choose_held`: the next batch after this id, sorted by id."""

    reason: str | None = None
    query: str | None = None
    after: str = ""


class HeldBatch(Frozen):
    """The next batch, and how many are left including it."""

    held: tuple[Held, ...]
    left: int


class RetryBatch(Frozen):
    """Input of the step `retry_batch`."""

    held: tuple[Held, ...]


class RetriedCount(Frozen):
    """How many had the same outcome. `outcome` and `reason` are as `order retry --json` has them."""

    outcome: str
    reason: str
    count: int


class RetriedMany(Frozen):
    """The outcomes of a batch, and of all batches: the result of the workflow."""

    retried: int = 0
    outcomes: tuple[RetriedCount, ...] = ()

    def plus(self, other: "RetriedMany") -> "RetriedMany":
        """The sum of both."""
        counts = {(it.outcome, it.reason): it.count for it in self.outcomes}
        for it in other.outcomes:
            counts[it.outcome, it.reason] = counts.get((it.outcome, it.reason), 0) + it.count
        outcomes = tuple(
            RetriedCount(outcome=outcome, reason=reason, count=count)
            for (outcome, reason), count in sorted(counts.items())
        )
        return RetriedMany(retried=self.retried + other.retried, outcomes=outcomes)


class RunJob(Frozen):
    """Starts the workflow `EsimJob` under the id `job_id`; its row must exist. What it does is in the row."""

    job_id: Annotated[str, Field(pattern=JOB_ID_PATTERN)]
    account_id: RecordId
    kind: Name = ""
    """Only shown to operators."""
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The job in one line without personal data, such as `J-7: import fleet`."""
        return f"J-{self.job_id.removeprefix('job-')}: {inert(self.kind.replace('_', ' '))}"

    @property
    def details(self) -> str:
        """Which records the job is about, for the Web UI."""
        number = self.job_id.removeprefix("job-")
        return f"Account {self.account_id}. All of it: `esim-orders job show J-{number}`"


class ContinueJob(Frozen):
    """Input of the step `continue_job`; `retries` as in `ProviderInput`."""

    job_id: str
    retries: int = 0


class JobContinued(Frozen):
    """Result of the step `continue_job`: how the job is now."""

    status: JobStatus


class RunWebhook(Frozen):
    """Starts the workflow `EsimWebhook` under the id `webhook_id`; its row must exist."""

    webhook_id: Annotated[str, Field(pattern=WEBHOOK_ID_PATTERN)]
    account_id: RecordId

    @property
    def summary(self) -> str:
        """The endpoint in one line without its address."""
        return f"Events for the webhook WH-{self.webhook_id.removeprefix('webhook-')}"

    @property
    def details(self) -> str:
        """Which records it is about, for the Web UI."""
        number = self.webhook_id.removeprefix("webhook-")
        return f"Account {self.account_id}. All of it: `esim-orders webhook show WH-{number}`"


class DeliverEvents(Frozen):
    """Input of the step `deliver_events`."""

    webhook_id: str


class EventsDelivered(Frozen):
    """Result of the step `deliver_events`: how many events."""

    delivered: int = 0
    failed: int = 0
