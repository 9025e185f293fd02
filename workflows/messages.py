"""Messages that all workflows share: the inputs of starts, updates, signals and steps.

These are the JSON that any Temporal SDK may send. They hold ids, ICCIDs and refusal codes; free text, names,
addresses, phone numbers and activation codes stay in the database (W6). New fields need a default.
A message and the input of its step share their name: `Acknowledge`, `AcknowledgeInput`.
"""

from pydantic import Field

from models.errors import Refusal
from models.identifiers import ACTOR_PATTERN, RETRYING_PATTERN
from models.orders.lifecycle import HoldReason
from models.values import Frozen, RecordId

OPERATOR = "operator"


class FromCaller(Frozen):
    actor: str = Field(default=OPERATOR, pattern=ACTOR_PATTERN, max_length=64)
    """Who calls: `operator`, `user:12` of the account, or `contact:7` of the order's distributor."""
    origin_id: RecordId | None = None
    """From which surface, session and address the call came: the id of a row in the table of origins."""


class Retry(FromCaller):
    """Continues with everything that the workflow is held for."""

    actor: str = Field(default=OPERATOR, pattern=RETRYING_PATTERN, max_length=64)
    """As of other calls, or `system`: it continues by itself, as the reason of the hold is gone."""


BY_SYSTEM = Retry(actor="system")
"""Such as that stock has arrived: no caller asked for it."""


class HoldInput(Frozen):
    """Input of the step `hold`: which workflow is held, at which of its steps, and why. `refusals`: the
    reasons of a refusal, where that is why.
    """

    workflow_id: str
    step: str
    reason: HoldReason
    refusals: tuple[Refusal, ...] = ()


class ReleaseInput(Frozen):
    """Input of the step `release`: the hold has ended. `given_up`: it lasted for the longest time without a
    retry, and the e-mail is not sent any more.
    """

    workflow_id: str
    step: str
    actor: str
    origin_id: int | None = None
    given_up: bool = False
