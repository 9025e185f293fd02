"""Changes of a number that are no orders, and requests for licences: the messages of their workflows.

Ids only, as histories store them: a reason and a request's note stay in the database (W6).
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.errors import Refusal
from models.identifiers import ACTOR_PATTERN, LICENCE_REQUEST_ID_PATTERN, NUMBER_CHANGE_ID_PATTERN
from models.licences.numbers import Change, Notice
from models.values import Flag, Frozen, RecordId

ChangeId = Annotated[str, Field(pattern=NUMBER_CHANGE_ID_PATTERN)]
LicenceRequestId = Annotated[str, Field(pattern=LICENCE_REQUEST_ID_PATTERN)]


class NumberChange(Frozen):
    """A change of a number as it is asked for. Of one that its row records already, such as the end of a
    licence that is due later, the row decides.
    """

    change_id: ChangeId
    account_id: RecordId
    number_id: RecordId
    change: Change
    agent_id: RecordId | None = None
    """The number's new agent, of a change of user; None: no agent, as where the agent is deactivated."""
    keeps_licence: Flag = False
    """The licence stays with the number whose eSIM is stopped, because a replacement follows (L30)."""
    note_id: RecordId | None = None
    """The note about this change with the reason, as it was typed (L39)."""
    actor: str = Field(default="operator", pattern=ACTOR_PATTERN, max_length=64)
    """Who changes the number: `operator` or `user:12` of the account."""
    origin_id: RecordId | None = None
    """The origin of the call: a row of `origins`."""
    shown: str | None = None
    """A mark of the agent whom the confirmation showed (`models.licences.rules.shown_agent`): if another one
    uses the number by now, nothing is changed (`agent_changed`).
    """


class ChangeStatus(StrEnum):
    """The status of the workflow of a change."""

    REQUESTED = "requested"
    DUE_LATER = "due_later"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _STATUSES[self]


_STATUSES = {
    ChangeStatus.REQUESTED: "Requested",
    ChangeStatus.DUE_LATER: "Due on a later day",
    ChangeStatus.APPLIED: "Applied",
    ChangeStatus.UNCHANGED: "Nothing changed: it was so already",
    ChangeStatus.REFUSED: "Refused",
}


class ChangeResult(Frozen):
    """The result of a change: what changed with it or, if it was refused, every reason. A repeat gets the
    same.
    """

    change_id: str
    number_id: int
    change: Change
    changed: bool = False
    """False if it was so already: then nothing was changed, and no provider is notified (L26)."""
    cancelled_order: str | None = None
    """The open order that the change cancelled (L23)."""
    ended_request: str | None = None
    """The request for the QR code of the eSIM, which ended with it."""
    sim_id: int | None = None
    """The eSIM that was stopped, suspended or resumed."""
    notice: Notice | None = None
    """What the provider is asked to do with that eSIM."""
    due_in: timedelta | None = None
    """It is not due yet by the database's clock; ask again then."""
    origin_id: RecordId | None = None
    """The origin of the call that made it: of calls at once with one key, one has."""
    refusals: tuple[Refusal, ...] = ()

    @property
    def esim_stopped(self) -> bool:
        """Whether the number's eSIM was stopped for good."""
        return self.notice is Notice.STOP

    @property
    def status(self) -> ChangeStatus:
        """What has become of the change."""
        if self.refusals:
            return ChangeStatus.REFUSED
        if self.due_in is not None:
            return ChangeStatus.DUE_LATER
        return ChangeStatus.APPLIED if self.changed else ChangeStatus.UNCHANGED


class LicenceRequestStatus(StrEnum):
    """The status of the workflow that notifies the owners of a request for licences."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _NOTIFYING[self]


_NOTIFYING = {
    LicenceRequestStatus.WAITING: "The owners are being notified",
    LicenceRequestStatus.SENT: "The owners are notified",
    LicenceRequestStatus.GIVEN_UP: "Given up: the mail could not be sent",
}
