"""The log of e-mails of an account, page by page: never their texts, links or codes (P11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.operations.mail_log import OF_TRAVEL, MailState, MailView
from models.paging import Page, Wanted
from models.people.callers import Scope
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.licences.tables import AgentRow
from store.mail_table import MailRow
from store.orders.tables import OrderRow
from store.paging import Keys
from store.people import references
from store.people.tables import ContactRow, DistributorRow, EmployeeRow, UserRow
from store.scopes import travel_esim, travel_order, within
from store.travel.tables import SubscriberRow

_STATES = {
    MailState.SENT: ("sent",),
    MailState.WAITING: ("unsent", "sending"),
    MailState.FAILED: ("failed",),
}
_STATE_OF = {stored: state for state, several in _STATES.items() for stored in several}
_SIM = func.coalesce(QrRequestRow.sim_id, QrNotificationRow.sim_id)
_NEWEST_FIRST = Keys(MailRow.updated_at, MailRow.id, descending=True)
_TRAVEL = or_(
    *(MailRow.template.startswith(beginning, autoescape=True) for beginning in OF_TRAVEL),
    func.coalesce(travel_order(OrderRow.kind), False),
    travel_esim(_SIM),
)
_MAILS: Select[*tuple[Any, ...]] = (
    select(
        MailRow.id,
        MailRow.template.label("kind"),
        MailRow.recipient,
        func.coalesce(
            MailRow.order_id, MailRow.qr_request_id, MailRow.qr_notification_id, MailRow.work_id
        ).label("about"),
        _SIM.label("sim_id"),
        QrNotificationRow.address,
        MailRow.state,
        MailRow.attempts,
        MailRow.reason,
        MailRow.message_id,
        MailRow.updated_at.label("at"),
    )
    .outerjoin(OrderRow, OrderRow.id == MailRow.order_id)
    .outerjoin(QrRequestRow, QrRequestRow.id == MailRow.qr_request_id)
    .outerjoin(QrNotificationRow, QrNotificationRow.id == MailRow.qr_notification_id)
)
_PEOPLE = (
    ("user", UserRow, UserRow.account_id),
    ("employee", EmployeeRow, EmployeeRow.account_id),
    ("agent", AgentRow, AgentRow.account_id),
    ("subscriber", SubscriberRow, SubscriberRow.account_id),
)
"""By how a recipient is named, but contacts, whose distributor has the account."""


@dataclass(frozen=True)
class MailFilter:
    """Which e-mails are wanted; None: any."""

    to: str | None = None
    """An address, as it is now."""
    about: str | None = None
    """The id of an order or of other work."""
    state: MailState | None = None


async def mails(
    connection: AsyncConnection, scope: Scope, chosen: MailFilter, wanted: Wanted
) -> Page[MailView]:
    """The e-mails of the scope, those first whose state changed last."""
    mine = _MAILS.where(within(scope, MailRow.account_id, travel=_TRAVEL), *_conditions(scope, chosen))
    rows = await _NEWEST_FIRST.page(connection, mine, wanted)
    people = await _names(connection, scope, {row.recipient for row in rows})
    return rows.of(lambda row: _view(row, people))


def _conditions(scope: Scope, chosen: MailFilter) -> Iterable[ColumnElement[bool]]:
    if chosen.state is not None:
        yield MailRow.state.in_(_STATES[chosen.state])
    if chosen.about is not None:
        columns = (MailRow.order_id, MailRow.qr_request_id, MailRow.qr_notification_id, MailRow.work_id)
        yield or_(*(column == chosen.about for column in columns))
    if chosen.to is not None:
        yield _to(scope, chosen.to.lower())


def _to(scope: Scope, address: str) -> ColumnElement[bool]:
    """Whether the recipient has this address now, or a notification was sent to it."""
    known = [
        select(func.concat(f"{kind}:", row.id)).where(
            within(scope, account), func.lower(row.email) == address
        )
        for kind, row, account in _PEOPLE
    ]
    contacts = select(func.concat("contact:", ContactRow.id)).join(
        DistributorRow, DistributorRow.id == ContactRow.distributor_id
    )
    known.append(
        contacts.where(within(scope, DistributorRow.account_id), func.lower(ContactRow.email) == address)
    )
    return or_(
        *(MailRow.recipient.in_(several) for several in known),
        func.lower(QrNotificationRow.address) == address,
    )


async def _names(connection: AsyncConnection, scope: Scope, recipients: set[str]) -> dict[str, str]:
    """Names and addresses of recipients, as they are now."""
    found = await references.names(connection, scope, recipients)
    for kind, row, account in _PEOPLE[2:]:
        ids = [int(one.partition(":")[2]) for one in recipients if one.startswith(f"{kind}:")]
        if ids:
            named = select(row.id, row.name, row.email).where(within(scope, account), row.id.in_(ids))
            for person in await connection.execute(named):
                address = f" <{person.email}>" if person.email else ""
                found[f"{kind}:{person.id}"] = f"{person.name}{address}"
    return found


def _view(row: Any, people: dict[str, str]) -> MailView:
    return MailView(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient,
        to=row.address if row.recipient == "manager" else people.get(row.recipient),
        about=row.about,
        sim_id=row.sim_id,
        state=_STATE_OF[row.state],
        attempts=row.attempts,
        reason=row.reason,
        message_id=row.message_id,
        at=row.at,
    )
