"""What happened to a number: its own events, and those of the QR codes of the eSIMs that it has had."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import EventView
from models.people.callers import Scope
from store import events
from store.codes.tables import QrNotificationRow
from store.fleet.tables import SimRow
from store.orders.tables import OrderRow
from store.people import references
from store.scopes import travel_esim, within

_OF_CODES = ("qr.", "notification.", "mail.", "link.revoked")
"""The beginnings of the types of events about an eSIM that belong to the number's history."""
_SIMS: CompoundSelect[Any] = union(
    select(SimRow.id).where(SimRow.holder == bindparam("subject")),
    select(OrderRow.esim_id).where(OrderRow.subject == bindparam("subject"), OrderRow.esim_id.is_not(None)),
)
_NOTIFICATION = "qr-notification-"


async def of_number(connection: AsyncConnection, scope: Scope, number_id: int) -> tuple[EventView, ...]:
    """Everything that happened to the number, oldest first; the caller has found it in the scope."""
    subject = f"number:{number_id}"
    sims = [f"sim:{sim_id}" for sim_id in await connection.scalars(_SIMS, {"subject": subject})]
    return await events.of(connection, scope, subject, besides=sims, of_types=_OF_CODES)


async def people(connection: AsyncConnection, scope: Scope, happened: Iterable[EventView]) -> dict[str, str]:
    """Names and addresses by reference: of the people in the events, and the address of each notification of
    a QR code by its id.
    """
    wanted, sent = set(), set()
    for event in happened:
        wanted |= {event.actor, str(event.data.get("to", ""))}
        sent |= {name for name in event.about if name.startswith(_NOTIFICATION)}
    addresses = select(QrNotificationRow.id, QrNotificationRow.address).where(
        QrNotificationRow.id.in_(sent),
        within(scope, QrNotificationRow.account_id, travel=travel_esim(QrNotificationRow.sim_id)),
    )
    found = await references.names(connection, scope, wanted)
    return found | {row.id: row.address for row in await connection.execute(addresses)}
