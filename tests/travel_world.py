"""Worlds with travel eSIMs in the account of `tests.builders`: rows as imports and processed orders leave
them, an administrator and a member of the support staff.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from models.identifiers import order_id
from models.people.callers import Role
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, DataDesks, iccid, run, world

ADAM = "adam@acme.example"
"""The administrator: manages plans, rates, stock."""
SUE = "sue@acme.example"
"""The support staff: sells travel eSIMs."""
EURO = ("DE", "ES", "FR", "IT")
ASIA = ("JP", "KR", "TH")
_keys = count()


async def travel_world(database: Database) -> DataDesks:
    """The world of `tests.builders` with an administrator and support staff; nothing of travel yet."""
    desks = await world(database)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Sue", SUE, role=Role.SUPPORT)
    return desks


async def add_subscriber(
    database: Database,
    number: int = 1,
    *,
    plan: str = "unlimited_all",
    bundles: int = 0,
    email: str | None = "rosa@home.example",
    msisdn: str | None = None,
) -> int:
    """A subscriber with an American phone number; its id."""
    rows = await run(
        database,
        "INSERT INTO subscribers (account_id, name, msisdn, email, plan, bundles)"
        " SELECT id, :name, :msisdn, :email, :plan, :bundles FROM accounts WHERE name = :account"
        " RETURNING id",
        name=f"Rosa {number}",
        msisdn=msisdn or f"+1212555{number:04d}",
        email=email,
        plan=plan,
        bundles=bundles,
        account=ACCOUNT,
    )
    return int(rows[0].id)


async def add_travel_plan(
    database: Database,
    name: str = "Euro 1",
    *,
    countries: Sequence[str] = EURO,
    profile: int | None = 7,
    data_mb: int = 1000,
    months: int = 12,
    complimentary: bool = True,
) -> int:
    """A travel plan with this computed profile; its id."""
    rows = await run(
        database,
        "INSERT INTO travel_plans (account_id, name, countries, data_mb, price, currency, shelf_life_months,"
        " complimentary, computed_profile) SELECT id, :name, :countries, :data_mb, 9.90, 'USD', :months,"
        " :complimentary, :profile FROM accounts WHERE name = :account RETURNING id",
        name=name,
        countries=list(countries),
        data_mb=data_mb,
        months=months,
        complimentary=complimentary,
        profile=profile,
        account=ACCOUNT,
    )
    return int(rows[0].id)


async def add_stock(
    database: Database, number: int = 1, *, profile: int = 7, ends_on: date | None = None
) -> int:
    """A free eSIM in stock, without a code; the id of its SIM."""
    rows = await run(
        database,
        "WITH profile AS (INSERT INTO travel_profiles (account_id, profile) SELECT id, :profile FROM accounts"
        " WHERE name = :account ON CONFLICT DO NOTHING), sim AS (INSERT INTO sims (account_id, iccid, kind,"
        " state, provider_id) SELECT a.id, :iccid, 'esim', 'in_stock', p.id FROM accounts a, providers p"
        " WHERE a.name = :account AND p.name = 'Orange' RETURNING id, account_id)"
        " INSERT INTO travel_stock (sim_id, account_id, profile, ends_on)"
        " SELECT id, account_id, :profile, :ends_on FROM sim RETURNING sim_id",
        profile=profile,
        iccid=iccid(70_000 + number),
        ends_on=ends_on,
        account=ACCOUNT,
    )
    return int(rows[0].sim_id)


async def add_esim_line(
    database: Database, subscriber: int, number: int = 1, *, profile: int = 7, by: str = SUE
) -> int:
    """An eSIM line with an active eSIM and no plans, as a processed order leaves it; its id."""
    sim = await add_stock(database, number, profile=profile)
    order = await _processed(database, "add_line", by)
    rows = await run(
        database,
        "INSERT INTO esim_lines (account_id, subscriber_id, name, profile, complimentary, order_id)"
        " SELECT account_id, id, 'France', :profile, false, :order FROM subscribers WHERE id = :subscriber"
        " RETURNING id",
        profile=profile,
        order=order,
        subscriber=subscriber,
    )
    line = int(rows[0].id)
    await run(
        database,
        "UPDATE sims SET state = 'active', holder = :holder, order_id = :order WHERE id = :sim",
        holder=f"esim_line:{line}",
        order=order,
        sim=sim,
    )
    await run(database, "UPDATE travel_stock SET order_id = :order WHERE sim_id = :sim", order=order, sim=sim)
    return line


async def assign_plan(
    database: Database, line: int, plan: int, *, ago: timedelta = timedelta(), order: str | None = None
) -> int:
    """A queued plan on this eSIM line, assigned some time ago; its id."""
    rows = await run(
        database,
        "INSERT INTO plan_assignments (account_id, esim_line_id, plan_id, order_id, countries, data_bytes,"
        " price, currency, assigned_at, lapses_at) SELECT account_id, :line, id, :order, countries,"
        " data_mb * 1000000, price, currency, esim_now() - CAST(:ago AS interval),"
        " esim_now() - CAST(:ago AS interval) + make_interval(months => shelf_life_months::int)"
        " FROM travel_plans WHERE id = :plan RETURNING id",
        line=line,
        order=order or await _processed(database, "add_plan"),
        ago=ago,
        plan=plan,
    )
    return int(rows[0].id)


async def _processed(database: Database, kind: str, by: str = SUE) -> str:
    """An order of this kind that is processed, without its details; its id."""
    order = order_id(1, f"travel world {next(_keys)}")
    await run(
        database,
        "INSERT INTO orders (id, account_id, kind, status, placed_by, what) SELECT :order, u.account_id,"
        " :kind, 'processed', u.id, '{}' FROM users u WHERE u.email = :by",
        order=order,
        kind=kind,
        by=by,
    )
    return order
