"""Travel plans and the rates that choose their profiles.

    desk = PlanDesk(Database(settings.database_url))
    await desk.import_rates(caller, "Acme", content)
    await desk.plan(caller, "Euro 1")                        # with its profile, and why
    await desk.find(caller, ["France", "Spain"], subscriber="SB-4")

A plan is named by its name or its id (`TP-3`), a country by its name in English or French or by its code.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from models.errors import Refused
from models.files.table import SentFile
from models.imports import Progress
from models.money import parse_amount, parse_currency
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from models.people.profiles import parse_name
from models.travel.countries import parse_countries
from models.travel.entered import parse_data, parse_months, parse_profile
from models.travel.plan_file import parse_plans
from models.travel.plan_views import PlanDetails, PlanOffer, PlanView, RatesReport
from models.travel.rate_file import parse_rates
from starter.imports import FileImport, Record
from starter.keys import checked_key
from store import lookups
from store.session import Database
from store.staging import importing
from store.travel import offers, plans, rates
from store.travel.plans import find_plan
from store.travel.subscribers import find_subscriber
from store.travel.tables import TravelPlanRow


class PlanDesk:
    """Reads, imports and edits the travel plans in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plans(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        withdrawn: bool | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[PlanView]:
        """List plans; `withdrawn`: only those that are, or are not, withdrawn."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            gone = TravelPlanRow.withdrawn_at.is_not(None)
            chosen = () if withdrawn is None else (gone if withdrawn else ~gone,)
            return await plans.plans(connection, scope, chosen=chosen, wanted=Wanted(limit, after))

    async def plan(self, caller: Caller, plan: str) -> PlanDetails:
        """One plan, with the cost of each profile: why it has its profile (T15)."""
        async with self._database.reading() as connection:
            found = await find_plan(connection, caller.scope, plan)
            caller.require(Permission.VIEW_TRAVEL)
            return await plans.plan(connection, found)

    async def find(
        self,
        caller: Caller,
        countries: Sequence[str],
        subscriber: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[PlanOffer]:
        """The plans on sale that cover all of these countries, cheapest first; each with the eSIM line of the
        subscriber that it can be added to, or the stock of its profile (T42). Raises `Refused` with every
        name that is no country (`country_unknown`, `country_ambiguous`), or `no_countries`.
        """
        async with self._database.reading() as connection:
            scope, person = caller.scope, None
            if subscriber is not None:
                person = await find_subscriber(connection, caller.scope, subscriber)
                scope = OfAccount(person.account_id)
            caller.require(Permission.VIEW_TRAVEL)
            if not countries:
                raise Refused.because("no_countries")
            wanted = parse_countries(countries)
            return await offers.offers(connection, scope, wanted, person, Wanted(limit, after))

    async def import_rates(
        self,
        caller: Caller,
        account: str | None,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
    ) -> RatesReport:
        """Replace all rates of an account by those of a file (`models.travel.rate_file`), and compute the
        profiles of its plans anew, in one transaction; the report names the plans that change profile.
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        file_import = FileImport(caller, "import_travel_rates", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        wanted = await asyncio.to_thread(parse_rates, table, progress)
        async with importing(self._database, dry_run) as connection:
            report = await rates.replace(connection, found.id, wanted, caller.by)
            return await file_import.done(connection, table, report)

    async def import_plans(
        self,
        caller: Caller,
        account: str | None,
        content: bytes | SentFile,
        dry_run: bool = False,
        progress: Progress | None = None,
        *,
        record: Record | None = None,
    ) -> RatesReport:
        """Create and change plans by a file (`models.travel.plan_file`): all rows or none. Plans that the
        file does not name stay.
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_TRAVEL)
        file_import = FileImport(caller, "import_travel_plans", account, content, dry_run, record)
        table = await file_import.begun(self._database)
        rows = await asyncio.to_thread(parse_plans, table, progress)
        async with importing(self._database, dry_run) as connection:
            report = await plans.import_plans(connection, found.id, rows, caller.by)
            return await file_import.done(connection, table, report)

    async def create_plan(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        *,
        countries: Sequence[str],
        data: str,
        price: str,
        currency: str,
        shelf_life_months: int | None = None,
        complimentary: bool | None = None,
        key: str | None = None,
    ) -> PlanDetails:
        """Create a plan, such as `Euro 1` with `1 GB` for `9.90` `EUR`, once per key. Raises `Refused`
        (`travel_plan_exists`, `country_unknown`, `data_invalid`, `price_invalid`, `key_reused`, ...).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_TRAVEL)
            fields = _fields(
                name=name,
                countries=countries,
                data=data,
                price=price,
                currency=currency,
                shelf_life_months=shelf_life_months,
                complimentary=complimentary,
            )
            checked = None if key is None else checked_key(key)
            return await plans.create(connection, found.id, caller.by, fields, checked)

    async def edit_plan(
        self,
        caller: Caller,
        plan: str,
        *,
        name: str | None = None,
        countries: Sequence[str] | None = None,
        data: str | None = None,
        price: str | None = None,
        currency: str | None = None,
        shelf_life_months: int | None = None,
        complimentary: bool | None = None,
    ) -> PlanDetails:
        """Edit a plan; None leaves a field as it is. Orders that were placed keep the terms before."""
        async with self._database.transaction() as connection:
            found = await find_plan(connection, caller.scope, plan)
            caller.require(Permission.MANAGE_TRAVEL)
            fields = _fields(
                name=name,
                countries=countries,
                data=data,
                price=price,
                currency=currency,
                shelf_life_months=shelf_life_months,
                complimentary=complimentary,
            )
            return await plans.edit(connection, found, caller.by, fields)

    async def pin_plan(self, caller: Caller, plan: str, profile: int | None) -> PlanDetails:
        """Pin a plan to an IMSI profile, whatever the rates say; None: the cheapest one is in force again.
        eSIM lines keep the profile that they have.
        """
        async with self._database.transaction() as connection:
            found = await find_plan(connection, caller.scope, plan)
            caller.require(Permission.MANAGE_TRAVEL)
            wanted = None if profile is None else parse_profile(str(profile))
            return await plans.pin(connection, found, caller.by, wanted)

    async def withdraw_plan(self, caller: Caller, plan: str, *, again: bool = False) -> PlanDetails:
        """Withdraw a plan, so that it is not sold any more; `again`: offer it again. Plans that were sold
        stay as they are.
        """
        async with self._database.transaction() as connection:
            found = await find_plan(connection, caller.scope, plan)
            caller.require(Permission.MANAGE_TRAVEL)
            return await plans.set_withdrawn(connection, found, caller.by, withdrawn=not again)


def _fields(
    *,
    name: str | None,
    countries: Sequence[str] | None,
    data: str | None,
    price: str | None,
    currency: str | None,
    shelf_life_months: int | None,
    complimentary: bool | None,
) -> dict[str, Any]:
    """What was entered, as it is stored; what is None is left out."""
    if countries is not None and not countries:
        raise Refused.because("no_countries")
    given = {
        "name": None if name is None else parse_name(name),
        "countries": None if countries is None else list(parse_countries(countries)),
        "data_mb": None if data is None else parse_data(data),
        "price": None if price is None else parse_amount(price),
        "currency": None if currency is None else parse_currency(currency),
        "shelf_life_months": None if shelf_life_months is None else parse_months(str(shelf_life_months)),
        "complimentary": complimentary,
    }
    return {field: value for field, value in given.items() if value is not None}
