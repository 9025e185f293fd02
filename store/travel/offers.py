"""The plans that cover a journey, and which eSIM each would use (T42)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Label, Select, String, bindparam, cast
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import IN_PLACE
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.travel.plan_views import PlanOffer
from store.paging import built_once, by_account
from store.scopes import shaped, within
from store.travel.plans import IN_FORCE, select_plans
from store.travel.stock_views import free_counts, free_of
from store.travel.subscriber_lines import lines_of
from store.travel.subscribers import SubscriberKey
from store.travel.tables import TravelPlanRow

_CHEAPEST = (
    TravelPlanRow.currency,
    cast(TravelPlanRow.price * 100, BigInteger),
    -TravelPlanRow.data_mb,
    TravelPlanRow.id,
)
"""In cents, as a position has no decimals."""


async def offers(
    connection: AsyncConnection,
    scope: Scope,
    countries: Sequence[str],
    subscriber: SubscriberKey | None = None,
    paging: Wanted = WHOLE,
) -> Page[PlanOffer]:
    """The plans on sale that cover all of these countries, cheapest first, then the one with more data.

    Prices in several currencies are not compared: each currency has its own sequence. A plan without a
    profile cannot be sold and is left out (T27).
    """
    shape, known = shaped(scope)
    known |= {"countries": list(countries)}
    lines = await _lines(connection, subscriber)
    rows = await by_account(scope, *_CHEAPEST).page(connection, _for_sale(shape), paging, known)
    free = await free_counts(connection, scope, {row.profile for row in rows})

    def offer(row: Any) -> PlanOffer:
        in_stock = free.get((row.account_id, row.profile), 0)
        return PlanOffer(**row._mapping, esim_line_id=lines.get(row.profile), in_stock=in_stock)

    return rows.of(offer)


@built_once
def _for_sale(scope: Scope) -> Select[Any]:
    wanted = bindparam("countries", type_=ARRAY(String))
    return (
        select_plans()
        .add_columns(TravelPlanRow.account_id)
        .where(
            within(scope, TravelPlanRow.account_id),
            TravelPlanRow.countries.bool_op("@>")(wanted),
            TravelPlanRow.withdrawn_at.is_(None),
            IN_FORCE.is_not(None),
        )
    )


async def _lines(connection: AsyncConnection, subscriber: SubscriberKey | None) -> dict[int, int]:
    """By profile the eSIM line of the subscriber that a plan can be added to now: the oldest one whose eSIM
    is in use and that has no open order (T16, T24).
    """
    found: dict[int, int] = {}
    if subscriber is None:
        return found
    for line in await lines_of(connection, subscriber.account_id, subscriber.id):
        if line.sim_state in IN_PLACE and line.open_order is None:
            found.setdefault(line.profile, line.id)
    return found


def in_stock() -> Label[int]:
    """How many eSIMs of the plan's profile can be handed out (T36)."""
    return in_stock_of(TravelPlanRow.account_id, IN_FORCE)


def in_stock_of(account_id: Any, profile: Any) -> Label[int]:
    """How many eSIMs of this profile of the account can be handed out, as a column of a statement."""
    return free_of(account_id, profile).label("in_stock")
