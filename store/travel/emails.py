"""What the confirmation of an order about a travel eSIM says, and the notification of its eSIM's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView
from models.fleet.inventory import SimState
from models.identifiers import order_notification_id
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts, By
from store.codes import codes, notifications
from store.codes.code_locks import lock_sim
from store.fleet.tables import SimRow
from store.mail_subjects import Person
from store.orders.tables import OrderRow
from store.people.tables import AccountRow
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow
from store.travel.recipients import SUBSCRIBER, NoSubscriberAddress, person, subscriber_of
from store.travel.tables import SubscriberRow, TravelPlanRow, TravelStockRow


@dataclass(frozen=True)
class ConfirmationFacts:
    """What the confirmation says: the plan as it was given."""

    order_id: str
    account_id: int
    order_kind: OrderKind
    account: str
    line_name: str
    plan: str
    countries: tuple[str, ...]
    data_bytes: int
    price: Decimal
    currency: str
    lapses_at: datetime
    subscriber: Person


def _facts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            OrderRow.id.label("order_id"),
            OrderRow.account_id,
            OrderRow.kind.label("order_kind"),
            AccountRow.name.label("account"),
            EsimLineRow.name.label("line_name"),
            TravelPlanRow.name.label("plan"),
            PlanAssignmentRow.countries,
            PlanAssignmentRow.data_bytes,
            PlanAssignmentRow.price,
            PlanAssignmentRow.currency,
            PlanAssignmentRow.lapses_at,
            *SUBSCRIBER,
        )
        .join(AccountRow, AccountRow.id == OrderRow.account_id)
        .join(PlanAssignmentRow, PlanAssignmentRow.order_id == OrderRow.id)
        .join(TravelPlanRow, TravelPlanRow.id == PlanAssignmentRow.plan_id)
        .join(EsimLineRow, EsimLineRow.id == PlanAssignmentRow.esim_line_id)
        .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
        .where(OrderRow.id == bindparam("order"))
    )


_FACTS = _facts()
_PLAIN = ("order_id", "account_id", "account", "line_name", "plan", "data_bytes", "price", "currency")
# the eSIM that the order put on its line, if it is there still
_ESIM = (
    select(TravelStockRow.sim_id, TravelStockRow.account_id)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(TravelStockRow.order_id == bindparam("order"), SimRow.state != SimState.DISCARDED)
)

_RESERVED = select(TravelStockRow.sim_id).where(TravelStockRow.order_id == bindparam("order"))
_OVER = frozenset({"sent", "revoked", "given_up"})


async def confirmation_facts(connection: AsyncConnection, order_id: str) -> ConfirmationFacts:
    """The facts and the recipient of the confirmation. Raises `NoSubscriberAddress`."""
    row = (await connection.execute(_FACTS, {"order": order_id})).one()
    to = person(row)
    if not to.email:
        raise NoSubscriberAddress
    return ConfirmationFacts(
        **{name: row._mapping[name] for name in _PLAIN},
        order_kind=OrderKind(row.order_kind),
        countries=tuple(row.countries),
        lapses_at=row.lapses_at,
        subscriber=to,
    )


async def notification_of(connection: AsyncConnection, order_id: str) -> str | None:
    """The id of the notification of the order's eSIM to the subscriber, at the present address; it is
    recorded if it is not yet. None if none is to be sent any more: the eSIM is discarded, or its notification
    was revoked because of a later one.

    An e-mail that could not be sent goes to a corrected address: the notification to the previous one is
    revoked. Raises `NoSubscriberAddress`, `NotFound` (`no_qr_code_yet`).
    """
    esim = (await connection.execute(_ESIM, {"order": order_id})).one_or_none()
    if esim is None:
        return None
    sim = await lock_sim(connection, esim.sim_id)
    to = await subscriber_of(connection, esim.sim_id)
    if to is None or sim.state is SimState.DISCARDED:
        return None
    if not to.email:
        raise NoSubscriberAddress
    made = _own(await notifications.of_sim(connection, AllAccounts(), esim.sim_id), order_id)
    live = next((one for one in made if one.state != "revoked"), None)
    if made and live is None:
        return None
    if live is not None:
        if live.state == "sent" or live.address.lower() == to.email.lower():
            return live.id
        await notifications.revoke(connection, live.id, By(notifications.OFFERED_BY))
    version = await codes.current_version(connection, AllAccounts(), esim.sim_id)
    return (
        await notifications.create(
            connection,
            notification_id=order_notification_id(esim.account_id, order_id, len(made)),
            account_id=esim.account_id,
            sim_id=esim.sim_id,
            version_id=version.id,
            address=to.email,
            by=By(notifications.OFFERED_BY),
        )
    ).id


async def unsent_notification(connection: AsyncConnection, order_id: str) -> str | None:
    """The id of the notification that the order's own step was to send and has not sent; None if there is
    none. Its SIM is locked.
    """
    sim_id = await connection.scalar(_RESERVED, {"order": order_id})
    if sim_id is None:
        return None
    await lock_sim(connection, sim_id)
    made = _own(await notifications.of_sim(connection, AllAccounts(), sim_id), order_id)
    return next((one.id for one in made if one.state not in _OVER), None)


def _own(found: Sequence[NotificationView], order_id: str) -> list[NotificationView]:
    """Those of these notifications that the order's own step sends."""
    return [
        one
        for one in found
        if one.id in {order_notification_id(one.account_id, order_id, number) for number in range(len(found))}
    ]
