"""The rates of an account, and the profile of each plan that follows from them (T15, T27).

Rates and plans are written under one lock per account, so that the computed profile of a plan always follows
from the rates that are stored.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports import counted
from models.people.callers import By
from models.travel.plan_views import ProfileChange, RatesReport
from models.travel.rates import ProfileCost, Rate, cheapest_networks, cheapest_profile, profile_costs
from store import events
from store.locks import keep_account_open
from store.travel.tables import TravelPlanRow, TravelRateRow

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("rates"), 0)))
_RATES = select(
    TravelRateRow.profile,
    TravelRateRow.country,
    TravelRateRow.network,
    TravelRateRow.per_mb,
    TravelRateRow.currency,
).where(TravelRateRow.account_id == bindparam("account"))
_PLANS = (
    select(
        TravelPlanRow.id,
        TravelPlanRow.countries,
        TravelPlanRow.pinned_profile,
        TravelPlanRow.computed_profile,
    )
    .where(TravelPlanRow.account_id == bindparam("account"))
    .order_by(TravelPlanRow.id)
    .with_for_update(key_share=True)
)


async def lock(connection: AsyncConnection, account_id: int) -> None:
    """Lock the rates and plans of an account until the end of the transaction, before any other lock."""
    await connection.execute(_LOCK, {"rates": f"travel rates of account {account_id}"})


async def rates(connection: AsyncConnection, account_id: int) -> list[Rate]:
    """All rates of an account."""
    found = await connection.execute(_RATES, {"account": account_id})
    return [Rate(**row._mapping) for row in found]


async def replace(
    connection: AsyncConnection, account_id: int, wanted: Sequence[Rate], by: By
) -> RatesReport:
    """Replace all rates of an account, and compute the profile of each of its plans anew."""
    await lock(connection, account_id)
    await keep_account_open(connection, account_id)
    before = {_key(rate): rate for rate in await rates(connection, account_id)}
    after = {_key(rate): rate for rate in wanted}
    new = [rate for key, rate in after.items() if key not in before]
    changed = [rate for key, rate in after.items() if key in before and before[key] != rate]
    gone = [key for key in before if key not in after]
    if not (new or changed or gone):
        return RatesReport(rows=len(wanted))
    await connection.execute(delete(TravelRateRow).where(TravelRateRow.account_id == account_id))
    values = [{"account_id": account_id, **rate.model_dump()} for rate in wanted]
    await connection.execute(insert(TravelRateRow).inline(), values)
    counts = {"new": len(new), "changed": len(changed), "removed": len(gone)}
    about = (f"account:{account_id}",)
    happened = ("travel_rates.imported", counts)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    moved = await compute(connection, account_id, wanted, by)
    return RatesReport(
        rows=len(wanted),
        created=counted({"rates": len(new)}),
        changed=counted({"rates": len(changed), "rates_removed": len(gone)}),
        profiles=moved,
    )


async def compute(
    connection: AsyncConnection, account_id: int, known: Sequence[Rate], by: By, plans: Sequence[int] = ()
) -> tuple[ProfileChange, ...]:
    """Compute the profile of these plans of an account, else of all, from its rates under `lock`; the plans
    that have another profile in force now. A pinned profile stays.
    """
    statement = _PLANS.where(TravelPlanRow.id.in_(plans)) if plans else _PLANS
    reduced = cheapest_networks(known)
    moved = []
    for plan in (await connection.execute(statement, {"account": account_id})).all():
        computed = cheapest_profile(profile_costs(plan.countries, reduced))
        if computed == plan.computed_profile:
            continue
        changed = update(TravelPlanRow).where(TravelPlanRow.id == plan.id).values(computed_profile=computed)
        await connection.execute(changed)
        if plan.pinned_profile is None:
            moved.append(ProfileChange(plan_id=plan.id, before=plan.computed_profile, after=computed))
    for change in moved:
        await record_profile(connection, account_id, change, by)
    return tuple(moved)


async def record_profile(connection: AsyncConnection, account_id: int, change: ProfileChange, by: By) -> None:
    """Append the event that a plan has another profile in force."""
    data: dict[str, Any] = {"plan": change.plan_id, "before": change.before, "after": change.after}
    about = (f"travel_plan:{change.plan_id}",)
    happened = ("travel_plan.profile_changed", data)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)


async def costs(
    connection: AsyncConnection, account_id: int, countries: Sequence[str]
) -> tuple[ProfileCost, ...]:
    """What a plan for these countries costs the account with each profile."""
    statement = _RATES.where(TravelRateRow.country.in_(countries))
    profiles = select(TravelRateRow.profile).where(TravelRateRow.account_id == account_id).distinct()
    found = [Rate(**row._mapping) for row in await connection.execute(statement, {"account": account_id})]
    reached = profile_costs(countries, found)
    known = {cost.profile for cost in reached}
    none = tuple(sorted(countries))
    nowhere = sorted(set(await connection.scalars(profiles)) - known)
    return (*reached, *(ProfileCost(profile=profile, missing=none) for profile in nowhere))


def _key(rate: Rate) -> tuple[int, str, str]:
    return rate.profile, rate.country, rate.network
