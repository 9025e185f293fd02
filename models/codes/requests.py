"""Requests for QR codes, the codes' versions and the news of them: what travels, and what is read.

A request goes from `requested` to one of its ends and never back:

    requested -> imported         a code was imported for the SIM
              -> withdrawn        the account does not want it any more
              -> sim_discarded    an order discarded the SIM
    refused                       never accepted
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.errors import Refusal
from models.events import EventView
from models.identifiers import QR_NOTIFICATION_ID_PATTERN, QR_REQUEST_ID_PATTERN
from models.language import Language
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.people.views import ContactDetails
from models.values import Frozen, RecordId, View

REQUEST_MADE = "The request has been made."
"""What the user reads once a request is accepted (F31)."""


RequestId = Annotated[str, Field(pattern=QR_REQUEST_ID_PATTERN)]


NotificationId = Annotated[str, Field(pattern=QR_NOTIFICATION_ID_PATTERN)]


class RequestStatus(StrEnum):
    """Where a request for a QR code is."""

    REQUESTED = "requested"
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"
    SIM_DISCARDED = "sim_discarded"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return _LABELS[self]


_LABELS = {
    RequestStatus.REQUESTED: "Requested from the distributor",
    RequestStatus.IMPORTED: "Imported",
    RequestStatus.WITHDRAWN: "Withdrawn",
    RequestStatus.SIM_DISCARDED: "Ended: the SIM is discarded",
    RequestStatus.REFUSED: "Refused",
}


REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.REQUESTED: frozenset(
        {RequestStatus.IMPORTED, RequestStatus.WITHDRAWN, RequestStatus.SIM_DISCARDED}
    ),
    RequestStatus.IMPORTED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
    RequestStatus.SIM_DISCARDED: frozenset(),
    RequestStatus.REFUSED: frozenset(),
}


def end_request(status: RequestStatus, to: RequestStatus) -> Refusal | None:
    """Why a request in this status may not end so; None when it may. Nothing else changes its status."""
    if to in REQUEST_TRANSITIONS[status]:
        return None
    return Refusal.of(_OVER[status])


_OVER = {
    RequestStatus.IMPORTED: "already_imported",
    RequestStatus.WITHDRAWN: "already_withdrawn",
    RequestStatus.SIM_DISCARDED: "already_sim_discarded",
    RequestStatus.REFUSED: "request_refused",
}


# --- what travels through Temporal: ids only (W6) -----------------------------------------------------


class QrRequest(Frozen):
    """What is requested: the code of which SIM, by whom, from which contacts of its distributor.

    Without `contacts` all who have the role are asked (F27). An edited letter, being free text with
    addresses, is a record of the database (`email_text_id`); without one the usual letter is sent.
    """

    request_id: RequestId
    account_id: RecordId
    sim_id: RecordId
    user_id: RecordId
    origin_id: RecordId | None = None
    """From where the call came: a row that the surface wrote."""
    contacts: tuple[RecordId, ...] | None = Field(default=None, max_length=50)
    email_text_id: RecordId | None = None


class RequestState(Frozen):
    """Where a request is. `round` counts how often it was sent: 1, or more after "send again"."""

    request_id: str
    status: RequestStatus
    sim_id: int
    round: int = 1
    warnings: tuple[str, ...] = ()


class RequestResult(Frozen):
    """What a step found or did: the request's state and, where it was refused, every reason."""

    state: RequestState
    refusals: tuple[Refusal, ...] = ()


class EmailPreview(View):
    """The e-mail to a contact as it would be sent, before its facts and the upload link are added (F27)."""

    sim_id: int
    recipients: tuple[ContactDetails, ...]
    """All who are eligible; all are chosen unless the user chooses among them (F28)."""
    subject: str
    text: str
    language: Language
    """The one that it is pre-filled in: that which all recipients share, else that of the account. What is
    not edited, each recipient gets in their own."""
    open_request: str | None = None
    """The request that is open already: only "send again" is possible."""
    version: int | None = None
    """Of the code that the SIM has already."""


class QrRoundView(View):
    """One sending of a request, and the addresses it was copied to."""

    number: int
    at: datetime
    cc: tuple[str, ...] = ()


class QrRequestView(View):
    """A request for a QR code as the database has it."""

    id: str
    account_id: int
    sim_id: int
    status: RequestStatus
    requested_by: int
    requested_at: datetime
    status_since: datetime
    round: int
    recipients: tuple[str, ...] = ()
    """Of the last round, such as `contact:7` or `cc:1`."""
    held_reason: str | None = None
    held_since: datetime | None = None
    """Of the oldest hold."""
    holds: tuple[HoldView, ...] = ()
    not_sent: tuple[NotSentView, ...] = ()
    """E-mails that have not gone out yet, oldest first."""
    refusals: tuple[Refusal, ...] = ()
    rounds: tuple[QrRoundView, ...] = ()
    """Read with the SIM's history only."""


class QrWaitingView(View):
    """A request, or a notification that is held, in a list of all SIMs."""

    id: str
    account: str
    sim_id: int
    status: str
    """A request's status; `notification` for a notification."""
    held_reason: str | None = None
    holds: tuple[HoldView, ...] = ()
    not_sent: tuple[NotSentView, ...] = ()
    """E-mails that have not gone out yet, oldest first."""
    since: datetime
    """Held since, else in this status since."""
    round: int | None = None
    requested_by: str
    """`user:3`; of a notification who sent it, perhaps `system`."""


class QrVersionView(View):
    """A code that a SIM has or had (F59). The code itself is never in it."""

    id: int
    sim_id: int
    number: int
    current: bool
    file_type: str
    """png, jpeg, svg, tiff or pdf; `typed` where the code was typed in."""
    imported_at: datetime
    imported_by: str
    """`user:3`, or `contact:7` who used the link of a request."""
    request_id: str | None = None


class NotificationView(View):
    """A mail that tells somebody that the code is there, with a link that shows it."""

    id: str
    account_id: int
    sim_id: int
    version: int
    address: str
    created_at: datetime
    state: str
    """`waiting`, `sent`, `held`, `revoked` or `given_up`."""
    held_reason: str | None = None
    held_since: datetime | None = None
    """Of the oldest hold."""
    holds: tuple[HoldView, ...] = ()
    not_sent: tuple[NotSentView, ...] = ()
    """Its e-mail, where that has not gone out yet."""
    link_expires_at: datetime | None = None


class LinkView(View):
    """A link that was mailed. The token is never in it."""

    id: int
    sim_id: int
    purpose: str
    """`upload` or `download`."""
    recipient: str | None = None
    """Upload: the contact whom it was mailed to, such as `contact:7`."""
    request_id: str | None = None
    notification_id: str | None = None
    created_at: datetime
    expires_at: datetime
    state: str
    """`open`, `expired`, `revoked` or `request over`."""


class Caution(StrEnum):
    """What is to be looked at where a code was taken in all the same."""

    WAS_ELSEWHERE = "Another SIM had this code before; make sure that it is not installed there."


class Imported(View):
    """What became of an import. `changed` is false where the SIM had this very code already."""

    version: QrVersionView
    changed: bool
    manager: str | None
    """The address that a notification is offered to, pre-filled (F37, F65)."""
    ended_request: str | None = None
    """The open request that it answered; its workflow is to be told."""
    replaced: int | None = None
    """The number of the version that the SIM had before."""
    dead_links: int = 0
    """How many links that showed that one show nothing any more."""
    warnings: tuple[str, ...] = ()
    """Such as `Caution` has."""


class QrHistory(View):
    """Everything about the QR code of one SIM, newest versions and requests first, events oldest first."""

    sim_id: int
    versions: tuple[QrVersionView, ...] = ()
    requests: tuple[QrRequestView, ...] = ()
    notifications: tuple[NotificationView, ...] = ()
    links: tuple[LinkView, ...] = ()
    events: tuple[EventView, ...] = ()
