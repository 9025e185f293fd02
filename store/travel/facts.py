"""The facts that the rules of travel eSIMs check, each read in one statement to be consistent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import IN_PLACE
from models.language import Language
from models.orders.lifecycle import OPEN
from models.travel.countries import country_name
from models.travel.rules import EsimLineFacts, PlanFacts, SubscriberFacts
from store.fleet.tables import SimRow
from store.orders.tables import OrderRow
from store.people.tables import AccountRow
from store.row import now
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelOrderRow
from store.travel.plans import IN_FORCE
from store.travel.tables import SubscriberRow, TravelPlanRow

_LOCK_SUBSCRIBER = (
    select(SubscriberRow.id)
    .where(SubscriberRow.id == bindparam("subscriber"), SubscriberRow.account_id == bindparam("account"))
    .with_for_update(key_share=True)
)
_plans_left = (
    exists()
    .where(
        PlanAssignmentRow.esim_line_id == EsimLineRow.id,
        PlanAssignmentRow.revoked_at.is_(None),
        PlanAssignmentRow.depleted_at.is_(None),
        func.coalesce(PlanAssignmentRow.ends_at, PlanAssignmentRow.lapses_at) > now(),
    )
    .correlate(EsimLineRow)
)
"""Whether a plan on the line is queued or active."""
_lines = (
    select(func.count())
    .where(
        EsimLineRow.subscriber_id == SubscriberRow.id,
        EsimLineRow.complimentary,
        or_(~EsimLineRow.returned, _plans_left),
    )
    .correlate(SubscriberRow)
    .scalar_subquery()
)
_orders = (
    select(func.count())
    .select_from(TravelOrderRow)
    .join(OrderRow, OrderRow.id == TravelOrderRow.order_id)
    .where(
        TravelOrderRow.subscriber_id == SubscriberRow.id,
        TravelOrderRow.complimentary,
        TravelOrderRow.esim_line_id.is_(None),
        OrderRow.status.in_(OPEN),
    )
    .correlate(SubscriberRow)
    .scalar_subquery()
)
complimentary_esims = _lines + _orders
"""How many complimentary eSIMs a subscriber has or is being given, as a column of a statement with
`SubscriberRow`: what is taken back into stock counts no more, unless plans wait on its line for another eSIM
(T19, T40).
"""
_SUBSCRIBER = select(
    SubscriberRow.email.is_not(None).label("has_address"),
    SubscriberRow.plan,
    SubscriberRow.bundles,
    complimentary_esims.label("complimentary"),
).where(SubscriberRow.id == bindparam("subscriber"), SubscriberRow.account_id == bindparam("account"))
_PLAN = (
    select(
        TravelPlanRow.id,
        TravelPlanRow.name,
        TravelPlanRow.countries,
        TravelPlanRow.data_mb,
        TravelPlanRow.price,
        TravelPlanRow.currency,
        TravelPlanRow.shelf_life_months,
        TravelPlanRow.complimentary,
        IN_FORCE.label("profile"),
        TravelPlanRow.withdrawn_at.is_not(None).label("withdrawn"),
        AccountRow.language,
    )
    .join(AccountRow, AccountRow.id == TravelPlanRow.account_id)
    .where(TravelPlanRow.id == bindparam("plan"), TravelPlanRow.account_id == bindparam("account"))
)
_open_order = (
    select(OrderRow.id)
    .where(OrderRow.subject == EsimLineRow.subject, OrderRow.status.in_(OPEN))
    .correlate(EsimLineRow)
    .scalar_subquery()
)
_LINE = (
    select(
        EsimLineRow.id,
        EsimLineRow.name,
        EsimLineRow.subscriber_id,
        EsimLineRow.profile,
        SimRow.id.label("sim_id"),
        and_(SimRow.id.is_not(None), EsimLineRow.ended_at.is_(None)).label("has_esim"),
        _open_order.label("open_order"),
        _plans_left.label("plans_left"),
        SubscriberRow.email.is_not(None).label("has_address"),
    )
    .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
    .outerjoin(SimRow, and_(SimRow.holder == EsimLineRow.subject, SimRow.state.in_(IN_PLACE)))
    .where(EsimLineRow.id == bindparam("line"), EsimLineRow.account_id == bindparam("account"))
)


@dataclass(frozen=True)
class KnownPlan:
    """A travel plan as it is now, with its facts for the rules."""

    row: Any
    facts: PlanFacts

    @property
    def language(self) -> Language:
        """That of the account."""
        return Language(self.row.language)

    def line_name(self, destinations: Sequence[str]) -> str:
        """How a line is named: after the only country that the subscriber goes to, else after the plan
        (T8).
        """
        if len(set(destinations)) == 1:
            return country_name(destinations[0], self.language)
        return str(self.row.name)

    def terms(self, *, complimentary: bool) -> dict[str, Any]:
        """What is kept with an order: the plan may change or be withdrawn afterwards."""
        return {
            "countries": list(self.row.countries),
            "data_mb": self.row.data_mb,
            "price": "0.00" if complimentary else str(self.row.price),
            "currency": self.row.currency,
            "shelf_life_months": self.row.shelf_life_months,
        }


@dataclass(frozen=True)
class KnownLine:
    """An eSIM line as it is now, with its facts for the rules."""

    id: int
    name: str
    subscriber_id: int
    sim_id: int | None
    facts: EsimLineFacts


async def subscriber(
    connection: AsyncConnection, account_id: int, subscriber_id: int, *, lock: bool = False
) -> SubscriberFacts | None:
    """The facts about a subscriber of the account; None if there is none. `lock`: until the end of the
    transaction no other one counts the complimentary eSIMs.
    """
    which = {"subscriber": subscriber_id, "account": account_id}
    if lock:  # a statement of its own: one that waits for a lock counts what was there when it began
        await connection.execute(_LOCK_SUBSCRIBER, which)
    row = (await connection.execute(_SUBSCRIBER, which)).one_or_none()
    return None if row is None else SubscriberFacts(**row._mapping)


async def plan(connection: AsyncConnection, account_id: int, plan_id: int) -> KnownPlan | None:
    """A travel plan of the account; None if there is none."""
    row = (await connection.execute(_PLAN, {"plan": plan_id, "account": account_id})).one_or_none()
    if row is None:
        return None
    facts = PlanFacts(
        profile=row.profile,
        countries=frozenset(row.countries),
        complimentary=row.complimentary,
        withdrawn=row.withdrawn,
    )
    return KnownPlan(row, facts)


async def esim_line(connection: AsyncConnection, account_id: int, line_id: int) -> KnownLine | None:
    """An eSIM line of the account; None if there is none."""
    row = (await connection.execute(_LINE, {"line": line_id, "account": account_id})).one_or_none()
    if row is None:
        return None
    facts = EsimLineFacts(
        profile=row.profile,
        has_esim=row.has_esim,
        open_order=row.open_order,
        plans_left=row.plans_left,
        subscriber_has_address=row.has_address,
    )
    return KnownLine(row.id, row.name, row.subscriber_id, row.sim_id, facts)
