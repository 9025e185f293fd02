"""Requests for QR codes, notifications, links and histories as the API answers them; never a code."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from models.codes.links import LINK
from models.codes.requests import (
    Imported,
    LinkView,
    NotificationView,
    QrHistory,
    QrRequestView,
    QrVersionView,
    RequestStatus,
)
from models.identifiers import named, reference
from models.language import Language
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.people.callers import Caller, Permission
from portal.api.events import EventResource, events_of
from portal.api.fields import Resource
from portal.api.orders.resources import NextCall
from portal.api.problems import RefusalProblem, worded
from portal.api.waiting import HoldResource, NotSentResource, holds_of, not_sent_of
from wording.warnings import warning

_STATUSES = "More values may be added: `requested`, `imported`, `withdrawn`, `sim_discarded`, `refused`."
_STATES = "More values may be added: `waiting`, `sent`, `held`, `revoked`, `given_up`."
_LINK_STATES = "More values may be added: `open`, `expired`, `revoked`, `request_over`."
_FILE_TYPES = "More values may be added: `png`, `jpeg`, `svg`, `tiff`, `pdf`; `typed` for a code as text."


class QrRoundResource(Resource):
    """One sending of a request."""

    number: int
    at: datetime
    cc: list[str]


class QrRequestResource(Resource):
    """A request for a QR code as it is now."""

    id: str = Field(examples=["qr-request-abcdefghijklmnop"])
    sim: str = Field(examples=["S-12"])
    status: str = Field(description=_STATUSES)
    status_since: datetime
    requested_at: datetime
    requested_by: str
    round: int = Field(description="How often it was sent.")
    recipients: list[str] = Field(description="Of the last round: `C-7`; `cc:1` is the first copy.")
    held: bool
    holds: list[HoldResource]
    not_sent: list[NotSentResource]
    refusals: list[RefusalProblem]
    rounds: list[QrRoundResource] | None = Field(default=None, description="In the history of the SIM.")
    next: list[NextCall]


class QrNotificationResource(Resource):
    """An e-mail with a link that shows the code, until the link expires."""

    id: str = Field(examples=["qr-notification-abcdefghijklmnop"])
    sim: str
    version: int = Field(description="The number of the code's version.")
    address: str
    created_at: datetime
    state: str = Field(description=_STATES)
    link_expires_at: datetime | None
    held: bool
    holds: list[HoldResource]
    not_sent: list[NotSentResource]
    next: list[NextCall]


class QrLinkResource(Resource):
    """A link that was e-mailed; never its token."""

    id: str = Field(examples=["link:7"])
    sim: str
    purpose: str = Field(description="More values may be added: `upload`, `download`.")
    recipient: str | None = Field(description="The contact to whom an upload link was sent.")
    request: str | None
    notification: str | None
    created_at: datetime
    expires_at: datetime
    state: str = Field(description=_LINK_STATES)

    @classmethod
    def of(cls, link: LinkView) -> "QrLinkResource":
        """The link as it is answered."""
        return cls(
            id=f"{LINK}{link.id}",
            sim=reference("S", link.sim_id),
            purpose=link.purpose,
            recipient=None if link.recipient is None else named(link.recipient),
            request=link.request_id,
            notification=link.notification_id,
            created_at=link.created_at,
            expires_at=link.expires_at,
            state=link.state.replace(" ", "_"),
        )


class QrVersionResource(Resource):
    """A current or earlier version of a SIM's code; never the code."""

    number: int
    current: bool
    file_type: str = Field(description=_FILE_TYPES)
    imported_at: datetime
    imported_by: str = Field(description="`U-3`, or `C-7` who used the link of a request.")
    request: str | None

    @classmethod
    def of(cls, version: QrVersionView) -> "QrVersionResource":
        """The version as it is answered."""
        return cls(
            **version.model_dump(include={"number", "current", "file_type", "imported_at"}),
            imported_by=named(version.imported_by),
            request=version.request_id,
        )


class QrImportResource(Resource):
    """The outcome of an import."""

    sim: str
    version: QrVersionResource
    changed: bool = Field(description="False if the SIM had this very code already.")
    replaced: int | None = Field(description="The number of the version that the SIM had before.")
    dead_links: int = Field(description="How many links to the replaced version show nothing any more.")
    request: str | None = Field(description="The open request that the import ended.")
    manager: str | None = Field(description="The address that a notification without `to` goes to.")
    sent_by_itself: bool = Field(description="A number's agent gets the code by e-mail without a call.")
    warnings: list[str]

    @classmethod
    def of(cls, imported: Imported, caller: Caller) -> "QrImportResource":
        """The outcome as it is answered."""
        return cls(
            **imported.model_dump(include={"changed", "replaced", "dead_links", "manager", "sent_by_itself"}),
            sim=reference("S", imported.version.sim_id),
            version=QrVersionResource.of(imported.version),
            request=imported.ended_request,
            warnings=[warning(each, Language(caller.language)) for each in imported.warnings],
        )


class QrHistoryResource(Resource):
    """Everything about the QR code of one SIM, newest first, its events oldest first; never the code."""

    sim: str
    versions: list[QrVersionResource]
    requests: list[QrRequestResource]
    notifications: list[QrNotificationResource]
    links: list[QrLinkResource]
    events: list[EventResource]
    people: dict[str, str] | None = Field(
        default=None, description="With `expand=people`: names and addresses by id, such as `C-7`."
    )


def history_resource(
    history: QrHistory, caller: Caller, people: Mapping[str, str] | None
) -> QrHistoryResource:
    """The history as this caller sees it."""
    return QrHistoryResource(
        sim=reference("S", history.sim_id),
        versions=[QrVersionResource.of(version) for version in history.versions],
        requests=[request_resource(request, caller, rounds=True) for request in history.requests],
        notifications=[notification_resource(each, caller) for each in history.notifications],
        links=[QrLinkResource.of(link) for link in history.links],
        events=events_of(history.events),
        people=None if people is None else {named(each): name for each, name in people.items()},
    )


def request_resource(request: QrRequestView, caller: Caller, *, rounds: bool = False) -> QrRequestResource:
    """A request as this caller sees it."""
    language = Language(caller.language)
    is_open = request.status is RequestStatus.REQUESTED
    asks = is_open and caller.may(Permission.REQUEST_QR_CODES)
    sent = [QrRoundResource(number=each.number, at=each.at, cc=list(each.cc)) for each in request.rounds]
    return QrRequestResource(
        **request.model_dump(include={"id", "status", "status_since", "requested_at", "round"}),
        sim=reference("S", request.sim_id),
        requested_by=reference("U", request.requested_by),
        recipients=[named(each) for each in request.recipients],
        **_waiting(request.holds, request.not_sent, language),
        refusals=worded(request.refusals, language),
        rounds=sent if rounds else None,
        next=_next(
            f"/api/v1/qr-requests/{request.id}",
            {"send-again": asks, "withdraw": asks, "retry": _retriable(request.holds, caller)},
        ),
    )


def notification_resource(notification: NotificationView, caller: Caller) -> QrNotificationResource:
    """A notification as this caller sees it."""
    revocable = notification.state != "revoked" and caller.may(Permission.NOTIFY_QR_CODES)
    return QrNotificationResource(
        **notification.model_dump(
            include={"id", "version", "address", "created_at", "state", "link_expires_at"}
        ),
        sim=reference("S", notification.sim_id),
        **_waiting(notification.holds, notification.not_sent, Language(caller.language)),
        next=_next(
            f"/api/v1/qr-notifications/{notification.id}",
            {"revoke": revocable, "retry": _retriable(notification.holds, caller)},
        ),
    )


def _waiting(holds: Iterable[HoldView], not_sent: Iterable[NotSentView], language: Language) -> Any:
    """The fields about what waits for a person or for a mail server."""
    held = holds_of(holds, language)
    return {"held": bool(held), "holds": held, "not_sent": not_sent_of(not_sent, language)}


def _retriable(holds: tuple[HoldView, ...], caller: Caller) -> bool:
    return bool(holds) and caller.may(Permission.RETRY_WORK)


def _next(path: str, possible: Mapping[str, bool]) -> list[NextCall]:
    return [
        NextCall(name=name, method="POST", href=f"{path}/{name}") for name, is_so in possible.items() if is_so
    ]
