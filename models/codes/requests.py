"""Requests for QR codes, versions of the codes, and notifications: messages and views.

A request moves from `requested` to one final status, and never back:

    requested -> imported         a code was imported for the SIM
              -> withdrawn        the account does not want it any more
              -> sim_discarded    an order discarded the SIM
    refused                       never accepted
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.codes.activation import SMALL_LETTERS
from models.errors import Refusal
from models.events import EventView
from models.identifiers import ORDER_ID_PATTERN, QR_NOTIFICATION_ID_PATTERN, QR_REQUEST_ID_PATTERN
from models.language import Language
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.people.views import ContactDetails
from models.values import Frozen, RecordId, View

REQUEST_MADE = "The request has been made."
"""Shown to the user when a request is accepted (F31)."""
RequestId = Annotated[str, Field(pattern=QR_REQUEST_ID_PATTERN)]
OrderId = Annotated[str, Field(pattern=ORDER_ID_PATTERN)]
NotificationId = Annotated[str, Field(pattern=QR_NOTIFICATION_ID_PATTERN)]


class RequestStatus(StrEnum):
    """The status of a request for a QR code."""

    REQUESTED = "requested"
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"
    SIM_DISCARDED = "sim_discarded"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The status as it is shown to users."""
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
    """Why a request in this status may not move to `to`; None if it may. Only this decides a transition."""
    if to in REQUEST_TRANSITIONS[status]:
        return None
    return Refusal.of(_OVER[status])


_OVER = {
    RequestStatus.IMPORTED: "already_imported",
    RequestStatus.WITHDRAWN: "already_withdrawn",
    RequestStatus.SIM_DISCARDED: "already_sim_discarded",
    RequestStatus.REFUSED: "request_refused",
}


# --- messages through Temporal: ids only (W6) ----------------------------------------------------------


class QrRequest(Frozen):
    """A request for the QR code of a SIM: by which user, to which contacts of its distributor.

    Without `contacts`, all contacts with the role are asked (F27). An edited e-mail is free text with
    addresses, so it is a row of the database (`email_text_id`); without one the pre-filled text is sent.
    """

    request_id: RequestId
    account_id: RecordId
    sim_id: RecordId
    user_id: RecordId
    order_id: OrderId | None = None
    """The processed order of this user that brought the eSIM, whose code the platform requests by itself: the
    user was permitted to place it. Naming any other order changes nothing."""
    origin_id: RecordId | None = None
    """The origin of the call: a row of `origins`, with the surface, session and address."""
    contacts: tuple[RecordId, ...] | None = Field(default=None, max_length=50)
    email_text_id: RecordId | None = None
    content: str | None = None  # a digest of its key with what was sent


class RequestState(Frozen):
    """The state of a request. `round` counts how often it was sent: 1, or more after "send again"."""

    request_id: str
    status: RequestStatus
    sim_id: int
    round: int = 1
    warnings: tuple[str, ...] = ()


class RequestSeen(RequestState):
    """A request as its workflow reads it. `status_for`: how long it has had this status, by the database's
    clock.
    """

    status_for: timedelta = timedelta()

    @property
    def state(self) -> RequestState:
        """The state alone, which callers get."""
        return RequestState.model_validate(self.model_dump(include=set(RequestState.model_fields)))


class RequestResult(Frozen):
    """The result of a step: the request's state, who made it and, if refused, every reason."""

    state: RequestState
    refusals: tuple[Refusal, ...] = ()
    origin_id: RecordId | None = None


class EmailPreview(View):
    """The e-mail to a contact as it would be sent, without its facts and upload link (F27)."""

    sim_id: int
    recipients: tuple[ContactDetails, ...]
    """All eligible contacts; all are asked unless the user chooses among them (F28)."""
    subject: str
    text: str
    language: Language
    """The language of the pre-filled text: the one that all recipients share, else the account's. Each
    recipient receives what is not edited in their own language."""
    open_request: str | None = None
    """The request that is open already: only "send again" is possible."""
    version: int | None = None
    """The version of the code that the SIM has already."""


class QrRoundView(View):
    """One sending of a request, and the addresses that received a copy."""

    number: int
    at: datetime
    cc: tuple[str, ...] = ()


class QrRequestView(View):
    """A request for a QR code as stored in the database."""

    id: str
    account_id: int
    sim_id: int
    status: RequestStatus
    requested_by: int
    requested_at: datetime
    status_since: datetime
    round: int
    recipients: tuple[str, ...] = ()
    """The recipients of the last round, such as `contact:7` or `cc:1`."""
    held_reason: str | None = None
    held_since: datetime | None = None
    """Of the oldest hold."""
    holds: tuple[HoldView, ...] = ()
    not_sent: tuple[NotSentView, ...] = ()
    """E-mails that have not gone out yet, oldest first."""
    refusals: tuple[Refusal, ...] = ()
    rounds: tuple[QrRoundView, ...] = ()
    """Only read with the SIM's history."""


class QrWaitingView(View):
    """A request, or a held notification, in the list of all SIMs."""

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
    """When it was held, else when it reached this status."""
    round: int | None = None
    requested_by: str
    """`user:3`; for a notification its sender, which may be `system`."""


class QrVersionView(View):
    """A version of a SIM's code, current or earlier (F59). It never contains the code itself."""

    id: int
    sim_id: int
    number: int
    current: bool
    file_type: str
    """png, jpeg, svg, tiff or pdf; `typed` if the code was typed in."""
    imported_at: datetime
    imported_by: str
    """`user:3`, or `contact:7` who used the link of a request."""
    request_id: str | None = None


class NotificationView(View):
    """An e-mail that notifies a recipient that the code has arrived, with a link that shows it."""

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
    """Its e-mail, if that has not been sent yet."""
    link_expires_at: datetime | None = None


class Notified(NotificationView):
    """The answer to a call that notifies; it is shown like the notification."""

    replayed: bool = Field(default=False, exclude=True)
    """Whether its key had been used before: this call did nothing."""


class LinkView(View):
    """An e-mailed link. It never contains the token."""

    id: int
    sim_id: int
    purpose: str
    """`upload` or `download`."""
    recipient: str | None = None
    """For an upload link, the contact who received it, such as `contact:7`."""
    request_id: str | None = None
    notification_id: str | None = None
    created_at: datetime
    expires_at: datetime
    state: str
    """`open`, `expired`, `revoked` or `request over`."""


class Caution(StrEnum):
    """A warning about a code that was imported nevertheless."""

    WAS_ELSEWHERE = "Another SIM had this code before; make sure that it is not installed there."
    SMALL_LETTERS = SMALL_LETTERS


class Imported(View):
    """The result of an import. `changed` is false if the SIM already had this code."""

    version: QrVersionView
    changed: bool
    manager: str | None
    """The address that is pre-filled for a notification (F37, F65)."""
    sent_by_itself: bool = False
    """The person for whom the code is meant, such as a number's agent, gets it by e-mail without a call."""
    ended_request: str | None = None
    """The open request that the import ended; its workflow is to be signalled."""
    replaced: int | None = None
    """The number of the version that the SIM had before."""
    dead_links: int = 0
    """How many links to the replaced version no longer work."""
    warnings: tuple[str, ...] = ()
    """Sentences such as those of `Caution`."""


class QrHistory(View):
    """Everything about the QR code of one SIM, newest versions and requests first, events oldest first."""

    sim_id: int
    versions: tuple[QrVersionView, ...] = ()
    requests: tuple[QrRequestView, ...] = ()
    notifications: tuple[NotificationView, ...] = ()
    links: tuple[LinkView, ...] = ()
    events: tuple[EventView, ...] = ()
