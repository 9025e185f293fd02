"""Travel plans: read, created, edited, pinned to a profile, withdrawn. Plans that were given stay as they
were: an order freezes the terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refusal, Refused
from models.identifiers import parse_reference, storable
from models.imports import RowNotes, counted
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, Scope
from models.travel.plan_file import PlanFileRow
from models.travel.plan_views import PlanDetails, PlanView, ProfileChange, RatesReport
from store import events
from store.locks import keep_account_open
from store.made_keys import Made
from store.paging import built_once, by_account
from store.people.tables import AccountRow
from store.row import now
from store.scopes import require_travel, shaped, within
from store.session import constraint_of
from store.travel import rates
from store.travel.tables import TravelPlanRow

_BY_NAME = (func.lower(TravelPlanRow.name, type_=String), TravelPlanRow.id)
_ONE_NAME = "uq_travel_plans_name"
IN_FORCE: ColumnElement[int | None] = func.coalesce(
    TravelPlanRow.pinned_profile, TravelPlanRow.computed_profile
)
"""The profile of a plan: the pinned one, else the computed one (T15)."""


@dataclass(frozen=True)
class PlanKey:
    """A plan that was found."""

    id: int
    account_id: int


async def find_plan(connection: AsyncConnection, scope: Scope, text: str) -> PlanKey:
    """The travel plan with this name, case-insensitive, or id (`TP-3`, `3`), also a withdrawn one.

    Raises `NotFound` (`unknown_travel_plan`), also where several accounts in the scope have a plan of the
    name: then only the id names one.
    """
    require_travel(scope)
    number = parse_reference("TP", text)
    if number is None and not (storable(text) and text.strip()):
        raise NotFound.because("unknown_travel_plan")
    named = func.lower(TravelPlanRow.name) == func.lower(text.strip())
    chosen = named if number is None else TravelPlanRow.id == number
    statement = select(TravelPlanRow.id, TravelPlanRow.account_id)
    rows = (await connection.execute(statement.where(chosen, within(scope, TravelPlanRow.account_id)))).all()
    if len(rows) != 1:
        raise NotFound.because("unknown_travel_plan")
    return PlanKey(*rows[0])


async def plans(
    connection: AsyncConnection,
    scope: Scope,
    *,
    chosen: tuple[ColumnElement[bool], ...] = (),
    wanted: Wanted = WHOLE,
) -> Page[PlanView]:
    """Travel plans, sorted by account and name."""
    shape, known = shaped(scope)
    statement = _listed(shape).where(*chosen) if chosen else _listed(shape)
    page = await by_account(scope, *_BY_NAME).page(connection, statement, wanted, known)
    return page.of(lambda row: PlanView(**row._mapping))


@built_once
def _listed(scope: Scope) -> Select[Any]:
    return select_plans().where(within(scope, TravelPlanRow.account_id))


async def plan(connection: AsyncConnection, key: PlanKey) -> PlanDetails:
    """One plan, with what it costs with each profile."""
    row = (await connection.execute(select_plans().where(TravelPlanRow.id == key.id))).one()
    costs = await rates.costs(connection, key.account_id, row.countries)
    return PlanDetails(**row._mapping, costs=costs)


async def create(
    connection: AsyncConnection, account_id: int, by: By, fields: Mapping[str, Any], key: str | None = None
) -> PlanDetails:
    """Create a plan with these `fields` of its row, once per key: a repeat gets the plan as it is now.

    Raises `Refused` (`travel_plan_exists`, `account_closed`, `key_reused`).
    """
    await rates.lock(connection, account_id)
    made = Made.of(account_id, key, fields)
    known = await made.find(connection, TravelPlanRow, TravelPlanRow.account_id == account_id)
    if known is not None:
        return (await plan(connection, PlanKey(known, account_id))).model_copy(update={"replayed": True})
    plan_id = await _insert(connection, account_id, by, {**fields, **made.columns})
    await rates.compute(connection, account_id, await rates.rates(connection, account_id), by, (plan_id,))
    return await plan(connection, PlanKey(plan_id, account_id))


async def edit(connection: AsyncConnection, key: PlanKey, by: By, fields: Mapping[str, Any]) -> PlanDetails:
    """Change these `fields` where they differ. Raises `Refused` (`travel_plan_exists`)."""
    await rates.lock(connection, key.account_id)
    if await _change(connection, key, by, fields):
        known = await rates.rates(connection, key.account_id)
        await rates.compute(connection, key.account_id, known, by, (key.id,))
    return await plan(connection, key)


async def pin(connection: AsyncConnection, key: PlanKey, by: By, profile: int | None) -> PlanDetails:
    """Pin a plan to this profile; None: the computed one is in force again (T15)."""
    await rates.lock(connection, key.account_id)
    before = (await connection.execute(_locked(key.id))).one()
    if before.pinned_profile != profile:
        values = {"pinned_profile": profile}
        await connection.execute(update(TravelPlanRow).where(TravelPlanRow.id == key.id).values(values))
        happened = "travel_plan.pinned" if profile is not None else "travel_plan.unpinned"
        await _record(connection, key, by, (happened, {"profile": profile}))
        was, is_now = before.pinned_profile or before.computed_profile, profile or before.computed_profile
        if was != is_now:
            change = ProfileChange(plan_id=key.id, before=was, after=is_now)
            await rates.record_profile(connection, key.account_id, change, by)
    return await plan(connection, key)


async def set_withdrawn(connection: AsyncConnection, key: PlanKey, by: By, *, withdrawn: bool) -> PlanDetails:
    """Withdraw a plan, so that it cannot be sold any more, or offer it again; idempotent."""
    before = (await connection.execute(_locked(key.id))).one()
    if withdrawn is not (before.withdrawn_at is not None):
        values = {"withdrawn_at": now() if withdrawn else None}
        await connection.execute(update(TravelPlanRow).where(TravelPlanRow.id == key.id).values(values))
        happened = "travel_plan.withdrawn" if withdrawn else "travel_plan.offered_again"
        await _record(connection, key, by, (happened, {}))
    return await plan(connection, key)


async def import_plans(
    connection: AsyncConnection, account_id: int, rows: Sequence[PlanFileRow], by: By
) -> RatesReport:
    """Create the plans of the file that are new, and change those that differ; plans that the file does not
    name stay. A withdrawn plan stays withdrawn, with a warning.
    """
    await rates.lock(connection, account_id)
    await keep_account_open(connection, account_id)
    warnings = RowNotes()
    statement = select(TravelPlanRow.id, func.lower(TravelPlanRow.name), TravelPlanRow.withdrawn_at)
    found = await connection.execute(statement.where(TravelPlanRow.account_id == account_id))
    known = {name: (plan_id, withdrawn) for plan_id, name, withdrawn in found}
    new, changed = [], []
    for row in rows:
        plan_id, withdrawn = known.get(row.name.lower(), (None, None))
        if plan_id is None:
            new.append(await _insert(connection, account_id, by, _fields(row)))
            continue
        if withdrawn is not None:
            warnings.add(row.line, "name", Refusal.of("plan_stays_withdrawn"))
        if await _change(connection, PlanKey(plan_id, account_id), by, _fields(row)):
            changed.append(plan_id)
    moved: tuple[ProfileChange, ...] = ()
    if new or changed:
        all_rates = await rates.rates(connection, account_id)
        moved = await rates.compute(connection, account_id, all_rates, by, [*new, *changed])
    return RatesReport(
        rows=len(rows),
        created=counted({"travel_plans": len(new)}),
        changed=counted({"travel_plans": len(changed)}),
        warnings=warnings.warnings(),
        profiles=moved,
    )


def _fields(row: PlanFileRow) -> dict[str, Any]:
    given = {
        "name": row.name,
        "countries": list(row.countries),
        "data_mb": row.data_mb,
        "price": row.price,
        "currency": row.currency,
        "shelf_life_months": row.shelf_life_months,
        "complimentary": row.complimentary,
    }
    return {name: value for name, value in given.items() if value is not None}


async def _insert(connection: AsyncConnection, account_id: int, by: By, fields: Mapping[str, Any]) -> int:
    await keep_account_open(connection, account_id)
    made = insert(TravelPlanRow).values(account_id=account_id, **fields).returning(TravelPlanRow.id)
    try:
        plan_id = int((await connection.execute(made)).scalar_one())
    except IntegrityError as twice:
        raise _exists(twice) from None
    await _record(connection, PlanKey(plan_id, account_id), by, ("travel_plan.created", {}))
    return plan_id


async def _change(connection: AsyncConnection, key: PlanKey, by: By, fields: Mapping[str, Any]) -> bool:
    """Change what differs; whether anything did."""
    before = (await connection.execute(_locked(key.id))).one()
    values = {name: value for name, value in fields.items() if getattr(before, name) != value}
    if not values:
        return False
    try:
        await connection.execute(update(TravelPlanRow).where(TravelPlanRow.id == key.id).values(values))
    except IntegrityError as twice:
        raise _exists(twice) from None
    await _record(connection, key, by, ("travel_plan.changed", {"fields": sorted(values)}))
    return True


def _exists(failure: IntegrityError) -> Exception:
    return Refused.because("travel_plan_exists") if constraint_of(failure) == _ONE_NAME else failure


def _locked(plan_id: int) -> Select[Any]:
    return select(TravelPlanRow).where(TravelPlanRow.id == plan_id).with_for_update(key_share=True)


async def _record(connection: AsyncConnection, key: PlanKey, by: By, happened: events.Happening) -> None:
    kind, data = happened
    about = (f"travel_plan:{key.id}",)
    happened = (kind, {"plan": key.id, **data})
    await events.append(connection, key.account_id, about, by.actor, happened, origin_id=by.origin_id)


def select_plans() -> Select[*tuple[Any, ...]]:
    """Select plans with the fields of `PlanView`; the caller adds conditions."""
    return select(
        TravelPlanRow.id,
        AccountRow.name.label("account"),
        TravelPlanRow.name,
        TravelPlanRow.countries,
        TravelPlanRow.data_mb,
        TravelPlanRow.price,
        TravelPlanRow.currency,
        TravelPlanRow.shelf_life_months,
        TravelPlanRow.complimentary,
        IN_FORCE.label("profile"),
        TravelPlanRow.pinned_profile,
        TravelPlanRow.computed_profile,
        TravelPlanRow.withdrawn_at,
    ).join(AccountRow, AccountRow.id == TravelPlanRow.account_id)
