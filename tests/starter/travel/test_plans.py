"""Travel plans, and the profiles that follow from the rates of the account."""

from decimal import Decimal
from pathlib import Path

import pytest

from models.errors import NotFound, Refused
from models.people.callers import Caller
from models.travel.plan_views import PlanView, ProfileChange
from starter.travel.plans import PlanDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, ana, run
from tests.qr_world import codes_of
from tests.travel_world import ADAM, SUE, add_esim_line, add_subscriber, assign_plan, travel_world

PLANS = (
    "name,countries,data,price,currency,shelf_life_months,complimentary\n"
    "Euro 1,France;Spain;Germany,1 GB,9.90,USD,12,yes\n"
    "Asia,Japan;Thailand,2 GB,19.90,USD,6,no\n"
)
RATES = "Country,Network,IMSI,Data\n"
EUROPE = ("France", "Spain", "Germany")


def rates(**prices: str) -> bytes:
    """The rates of Europe by profile, such as `p7="$0.004"`."""
    rows = [f"{country},Telco,{name[1:]},{price}\n" for name, price in prices.items() for country in EUROPE]
    return (RATES + "".join(rows)).encode()


async def shop(database: Database) -> tuple[PlanDesk, Caller]:
    """The desk, with both plans and rates of Europe, and Adam."""
    await travel_world(database)
    desk, adam = PlanDesk(database), await ana(database, ADAM)
    await desk.import_plans(adam, None, PLANS.encode())
    await desk.import_rates(adam, None, rates(p2="$0.010", p7="$0.004", p10="$1.2"))
    return desk, adam


async def profiles(desk: PlanDesk, caller: Caller) -> dict[str, int | None]:
    return {plan.name: plan.profile for plan in await desk.plans(caller)}


@pytest.mark.covers("T15", "T27")
async def test_rates_choose_the_cheapest_profile_of_each_plan_and_say_why(database: Database) -> None:
    desk, adam = await shop(database)
    assert await profiles(desk, adam) == {"Asia": None, "Euro 1": 7}
    euro = await desk.plan(adam, "euro 1")
    assert (euro.computed_profile, euro.pinned_profile, euro.days) == (7, None, 30)
    assert [(cost.profile, cost.per_mb, cost.covers) for cost in euro.costs] == [
        (7, Decimal("0.004"), True),
        (2, Decimal("0.01"), True),
        (10, Decimal("1.2"), True),
    ]
    asia = await desk.plan(adam, "Asia")
    assert [(cost.profile, cost.missing) for cost in asia.costs] == [
        (2, ("JP", "TH")),
        (7, ("JP", "TH")),
        (10, ("JP", "TH")),
    ]


@pytest.mark.covers("T15")
async def test_other_rates_move_the_plans_and_the_report_says_which(database: Database) -> None:
    desk, adam = await shop(database)
    dearer = rates(p2="$0.010", p7="$0.020")
    tried = await desk.import_rates(adam, None, dearer, dry_run=True)
    assert await profiles(desk, adam) == {"Asia": None, "Euro 1": 7}
    report = await desk.import_rates(adam, None, dearer)
    euro = (await desk.plan(adam, "Euro 1")).id
    assert report.profiles == tried.profiles == (ProfileChange(plan_id=euro, before=7, after=2),)
    assert (report.rows, report.created, report.changed) == (6, {}, {"rates": 3, "rates_removed": 3})
    again = await desk.import_rates(adam, None, dearer)
    assert (again.changes, again.profiles) == (0, ())
    only = (RATES + "France,Telco,7,$0.1\n").encode()
    assert (await desk.import_rates(adam, None, only)).profiles == (
        ProfileChange(plan_id=euro, before=2, after=None),
    )
    events = await run(database, "SELECT data FROM events WHERE type = 'travel_plan.profile_changed'")
    assert [event.data["after"] for event in events] == [7, 2, None]


@pytest.mark.covers("T15")
async def test_a_pinned_profile_stays_whatever_the_rates_say(database: Database) -> None:
    desk, adam = await shop(database)
    pinned = await desk.pin_plan(adam, "Euro 1", 10)
    assert (pinned.profile, pinned.computed_profile) == (10, 7)
    report = await desk.import_rates(adam, None, rates(p2="$0.001", p7="$0.004"))
    assert report.profiles == ()
    euro = await desk.plan(adam, "Euro 1")
    assert (euro.profile, euro.computed_profile) == (10, 2)
    assert (await desk.pin_plan(adam, "Euro 1", None)).profile == 2
    assert (await desk.pin_plan(adam, "Asia", 10)).profile == 10, "without any rate"
    for wrong in (0, 100):
        with pytest.raises(Refused) as refused:
            await desk.pin_plan(adam, "Euro 1", wrong)
        assert codes_of(refused) == ["profile_invalid"]


@pytest.mark.covers("T15")
async def test_the_price_list_of_an_operator_is_imported_as_it_is(database: Database) -> None:
    await travel_world(database)
    desk, adam = PlanDesk(database), await ana(database, ADAM)
    await desk.create_plan(
        adam, None, "World", countries=["usa", "France", "Kosovo", "Korea, South"], data="1 GB",
        price="9.90", currency="USD",
    )  # fmt: skip
    report = await desk.import_rates(adam, None, LIST.read_bytes())
    assert (report.rows, report.created) == (15, {"rates": 15})
    world = await desk.plan(adam, "World")
    assert (world.countries, world.profile) == (("FR", "KR", "US", "XK"), 7)


LIST = Path(__file__).parent / "price_list.csv"


@pytest.mark.covers("T15")
async def test_a_second_import_of_plans_changes_what_differs_and_nothing_that_was_given(
    database: Database,
) -> None:
    desk, adam = await shop(database)
    assert (await desk.import_plans(adam, None, PLANS.encode())).changes == 0
    euro = await desk.plan(adam, "Euro 1")
    await desk.withdraw_plan(adam, "Asia")
    line = await add_esim_line(database, await add_subscriber(database))
    await assign_plan(database, line, euro.id)
    edited = PLANS.replace("1 GB,9.90", "3 GB,8.50").replace("Euro 1,France;", "EURO 1,France;Japan;")
    report = await desk.import_plans(adam, None, edited.encode())
    assert (report.created, report.changed) == ({}, {"travel_plans": 1})
    assert report.profiles == (ProfileChange(plan_id=euro.id, before=7, after=None),)
    assert [problem.reason.code for note in report.warnings for problem in note.problems] == [
        "plan_stays_withdrawn"
    ]
    after = await desk.plan(adam, f"TP-{euro.id}")
    assert (after.name, after.data_mb, after.price, after.shelf_life_months) == (
        "EURO 1",
        3000,
        Decimal("8.50"),
        12,
    )
    ((given),) = await run(database, "SELECT data_bytes, price, countries FROM plan_assignments")
    assert (given.data_bytes, given.price, given.countries) == (10**9, Decimal("9.90"), ["DE", "ES", "FR"])


async def test_plans_are_created_edited_withdrawn_and_offered_again(database: Database) -> None:
    desk, adam = await shop(database)
    made = await desk.create_plan(
        adam, None, "Italy", countries=["Italie"], data="500 MB", price="4.50", currency="eur"
    )
    assert (made.countries, made.shelf_life_months, made.complimentary, made.profile) == (
        ("IT",),
        12,
        False,
        None,
    )
    edited = await desk.edit_plan(
        adam, "Italy", name="France", countries=["FR"], data="1 GB", shelf_life_months=3, complimentary=True
    )
    assert (edited.id, edited.name, edited.profile, edited.price) == (made.id, "France", 7, Decimal("4.50"))
    for name in ("Euro 1", "EURO 1"):
        with pytest.raises(Refused) as refused:
            await desk.edit_plan(adam, "France", name=name)
        assert codes_of(refused) == ["travel_plan_exists"]
    with pytest.raises(Refused) as refused:
        await desk.edit_plan(adam, "France", countries=["Narnia", "Congo"])
    assert codes_of(refused) == ["country_unknown", "country_ambiguous"]
    with pytest.raises(Refused) as refused:
        await desk.edit_plan(adam, "France", countries=[])
    assert codes_of(refused) == ["no_countries"]
    gone = await desk.withdraw_plan(adam, "France")
    assert (await desk.withdraw_plan(adam, "France")).withdrawn_at == gone.withdrawn_at is not None
    assert names(await desk.plans(adam, withdrawn=True)) == ["France"]
    assert names(await desk.plans(adam, withdrawn=False)) == ["Asia", "Euro 1"]
    assert (await desk.withdraw_plan(adam, "France", again=True)).withdrawn_at is None
    events = await run(
        database,
        "SELECT type FROM events WHERE :plan = ANY(about) ORDER BY id",
        plan=f"travel_plan:{made.id}",
    )
    assert [event.type for event in events] == [
        "travel_plan.created",
        "travel_plan.changed",
        "travel_plan.profile_changed",
        "travel_plan.withdrawn",
        "travel_plan.offered_again",
    ]


def names(plans: list[PlanView]) -> list[str]:
    return [plan.name for plan in plans]


@pytest.mark.covers("T1")
async def test_support_staff_look_and_administrators_change(database: Database) -> None:
    desk, _ = await shop(database)
    sue, viewer = await ana(database, SUE), await ana(database)
    assert len(await desk.plans(sue)) == 2
    for call in (
        desk.import_rates(sue, ACCOUNT, rates(p7="$1")),
        desk.import_plans(sue, ACCOUNT, PLANS.encode()),
        desk.edit_plan(sue, "Asia", name="A"),
        desk.pin_plan(sue, "Asia", 7),
        desk.withdraw_plan(sue, "Asia"),
        desk.plans(viewer),
        desk.plan(viewer, "Asia"),
        desk.find(viewer, ["France"]),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["not_permitted"]


async def test_a_closed_account_imports_nothing_and_an_unknown_plan_is_not_found(database: Database) -> None:
    desk, adam = await shop(database)
    for text in ("TP-99999", "Europe", "", "\0", "L-1"):
        with pytest.raises(NotFound) as unknown:
            await desk.plan(adam, text)
        assert codes_of(unknown) == ["unknown_travel_plan"]
    await run(database, "UPDATE accounts SET closed_at = esim_now()")
    for call in (
        desk.import_rates(OPERATOR, ACCOUNT, rates(p7="$1")),
        desk.import_plans(OPERATOR, ACCOUNT, PLANS.encode()),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["account_closed"]
