"""Orders about travel eSIMs through all their statuses, in the database: eSIM, line, plans, stock."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from models.errors import Refusal
from models.people.callers import AllAccounts
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from providers.from_stock import FromStock
from providers.port import NoStock
from store.orders import views
from store.session import Database
from store.travel import stock, sweep
from tests.builders import iccid, run
from tests.travel_orders import accepted, asked, ordered, processed, step, submit
from tests.travel_world import (
    ASIA,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)


@pytest.fixture(autouse=True)
async def euro(database: Database) -> int:
    """The plan Euro 1 in a world with a subscriber."""
    await travel_world(database)
    await add_subscriber(database)
    return await add_travel_plan(database)


async def sims(database: Database) -> list[tuple[str, str | None]]:
    rows = await run(
        database, "SELECT state, holder FROM sims JOIN travel_stock ON sim_id = sims.id ORDER BY sims.id"
    )
    return [(row.state, row.holder) for row in rows]


async def lines(database: Database) -> list[Any]:
    return await run(database, "SELECT * FROM esim_lines ORDER BY id")


async def refusals(database: Database, what: Any) -> dict[str, dict[str, Any]]:
    answer = await accepted(database, await asked(database, what))
    assert not answer.accepted
    return {refusal.code: dict(refusal.parameters) for refusal in answer.refusals}


async def refusal(database: Database, name: str, order: str, *more: Any) -> str:
    found = (await step(database, name, order, *more)).refusal
    assert isinstance(found, Refusal)
    return found.code


@pytest.mark.covers("T9", "T10", "T36")
async def test_an_esim_from_stock_is_reserved_temporary_and_active_with_its_plan(
    database: Database, euro: int
) -> None:
    await add_stock(database, 1)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await sims(database) == [("in_stock", None)]
    assert [await submit(database, order, "add_line") for _ in range(2)] == [iccid(70_001)] * 2
    assert await sims(database) == [("in_stock", None)]
    for _ in range(2):
        assert (await step(database, "acknowledge", order, iccid(70_001))).refusal is None
        assert await sims(database) == [("temporary", "esim_line:1")]
    for _ in range(2):
        assert (await step(database, "complete", order, iccid(70_001), "test")).refusal is None
    assert await sims(database) == [("active", "esim_line:1")]
    (line,) = await lines(database)
    assert (line.name, line.profile, line.order_id, line.complimentary) == ("Euro 1", 7, order, False)
    (plan,) = await run(database, "SELECT * FROM plan_assignments")
    assert (plan.esim_line_id, plan.order_id, plan.countries) == (1, order, ["DE", "ES", "FR", "IT"])
    assert (plan.data_bytes, str(plan.price), plan.currency) == (10**9, "9.90", "USD")
    assert plan.started_at is None
    assert timedelta(364) < plan.lapses_at - plan.assigned_at < timedelta(367)


@pytest.mark.covers("T8")
@pytest.mark.parametrize(
    ("destinations", "name"), [(("FR",), "France"), (("FR", "ES"), "Euro 1"), ((), "Euro 1")]
)
async def test_a_line_is_named_after_the_only_country_else_after_the_plan(
    database: Database, euro: int, destinations: tuple[str, ...], name: str
) -> None:
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro, destinations=destinations))
    async with database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order)
    assert seen.title == f"{name} (SB-1)"
    assert "Rosa" not in seen.model_dump_json()


@pytest.mark.covers("T3", "T10")
async def test_the_plan_is_given_as_it_was_when_it_was_ordered(database: Database, euro: int) -> None:
    await add_stock(database)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro, complimentary=True))
    await run(database, "UPDATE travel_plans SET data_mb = 1, price = 99, countries = '{US}'")
    esim = await submit(database, order, "add_line")
    await step(database, "acknowledge", order, esim)
    await step(database, "complete", order, esim, "test")
    (plan,) = await run(database, "SELECT * FROM plan_assignments")
    assert (plan.data_bytes, plan.countries) == (10**9, ["DE", "ES", "FR", "IT"])
    assert str(plan.price) == "0.00", "it is complimentary"


@pytest.mark.covers("T17")
async def test_an_order_waits_for_its_own_profile_and_gets_what_arrives(database: Database) -> None:
    await add_stock(database, 1, profile=7)
    asia = await add_travel_plan(database, "Asia", countries=ASIA, profile=2)
    first, second = [await ordered(database, AddLine(subscriber_id=1, plan_id=asia)) for _ in range(2)]
    assert [await submit(database, order, "add_line") for order in (first, second)] == [None, None]
    assert await refusal(database, "acknowledge", first) == "no_esim_reserved"
    notices = await run(database, "SELECT notice, profile FROM travel_notices")
    assert [tuple(notice) for notice in notices] == [("order_waits", 2)], "the staff is alerted once"
    await add_stock(database, 2, profile=2)
    assert await submit(database, second, "add_line") is None, "it passes no earlier one"
    assert await submit(database, first, "add_line") == iccid(70_002)
    await step(database, "cancel", first)
    (due,) = await run(database, "SELECT target FROM follow_ups WHERE kind = 'stock_arrived'")
    assert due.target == second
    assert await submit(database, second, "add_line") == iccid(70_002)
    (profile,) = await run(database, "SELECT * FROM travel_profiles WHERE profile = 2")
    assert profile.waiting_since is None


@pytest.mark.covers("T17")
@pytest.mark.parametrize("until", ["accepted", "reserved", "acknowledged"])
async def test_the_esim_of_a_cancelled_order_is_in_stock_again(
    database: Database, euro: int, until: str
) -> None:
    await add_stock(database)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro, complimentary=True))
    if until != "accepted":
        assert await submit(database, order, "add_line") is not None
    if until == "acknowledged":
        await step(database, "acknowledge", order, iccid(70_001))
    for _ in range(2):
        assert (await step(database, "cancel", order)).refusal is None
    assert await sims(database) == [("in_stock", None)]
    async with database.reading() as connection:
        seen = await views.order(connection, AllAccounts(), order)
    assert seen.iccid is None, "another order may have the eSIM by now"
    assert await submit(database, order, "add_line") is None, "a cancelled order gets none"
    again = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, again, "add_line") == iccid(70_001)


@pytest.mark.covers("T36")
async def test_the_esim_that_ends_first_goes_first_and_one_that_has_ended_never(
    database: Database, euro: int
) -> None:
    (row,) = await run(database, "SELECT (esim_now() AT TIME ZONE 'UTC')::date AS today")
    day = timedelta(days=1)
    ends = [None, row.today + 2 * day, row.today, row.today - day]
    for number, ends_on in enumerate(ends):
        await add_stock(database, number, ends_on=ends_on)
    what = AddLine(subscriber_id=1, plan_id=euro)
    got = [await submit(database, await ordered(database, what), "add_line") for _ in range(4)]
    assert got == [iccid(70_002), iccid(70_001), iccid(70_000), None]


@pytest.mark.covers("T36")
async def test_an_esim_that_ends_while_it_is_reserved_is_not_handed_out(
    database: Database, euro: int
) -> None:
    await add_stock(database, 1)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, order, "add_line") == iccid(70_001)
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    assert await refusal(database, "acknowledge", order, iccid(70_001)) == "no_esim_reserved"
    await add_stock(database, 2)
    assert await submit(database, order, "add_line") == iccid(70_002)
    assert (await step(database, "acknowledge", order, iccid(70_002))).refusal is None


@pytest.mark.covers("T17", "T36")
@pytest.mark.parametrize("asks_again", [False, True])
async def test_an_order_whose_reserved_esim_ends_keeps_its_place_among_those_that_wait(
    database: Database, euro: int, *, asks_again: bool
) -> None:
    await add_stock(database, 1)
    what = AddLine(subscriber_id=1, plan_id=euro)
    first, second = await ordered(database, what), await ordered(database, what)
    assert [await submit(database, order, what.kind) for order in (first, second)] == [iccid(70_001), None]
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    if asks_again:
        assert await submit(database, first, what.kind) is None
    await add_stock(database, 2)
    async with database.transaction() as connection:
        settled = await stock.changed(connection, 1, 7)
    assert settled.served == (first,), "it asked first, and passes none that asked later"
    assert await submit(database, second, what.kind) is None
    assert await submit(database, first, what.kind) == iccid(70_002)


@pytest.mark.covers("T17", "T36")
async def test_the_end_of_stock_has_an_order_wait_again_that_has_not_taken_its_esim(
    database: Database, euro: int
) -> None:
    await add_stock(database, 1)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    await submit(database, order, "add_line")
    await run(database, "UPDATE travel_stock SET ends_on = (esim_now() AT TIME ZONE 'UTC')::date - 1")
    async with database.transaction() as connection:
        done = await sweep.discard_ended(connection)
    assert done.esims == 1
    assert await sims(database) == [("discarded", None)]
    told = await run(database, "SELECT id, notice FROM travel_notices")
    assert [(row.id, row.notice) for row in told] == [(*done.settled.alerts, "order_waits")]
    (row,) = await run(database, "SELECT waiting_since FROM travel_orders")
    assert row.waiting_since is not None


@pytest.mark.covers("T26")
async def test_stock_below_its_threshold_alerts_once_and_again_after_it_recovered(
    database: Database, euro: int
) -> None:
    for number in range(3):
        await add_stock(database, number)
    await run(database, "UPDATE travel_profiles SET threshold = 2")
    what = AddLine(subscriber_id=1, plan_id=euro)

    async def alerts() -> int:
        rows = await run(database, "SELECT 1 FROM travel_notices WHERE notice = 'stock_low'")
        return len(rows)

    orders, seen = [], []
    for _ in range(3):
        orders.append(await ordered(database, what))
        await submit(database, orders[-1], "add_line")
        seen.append(await alerts())
    assert seen == [0, 1, 1]
    for order in orders:
        await step(database, "cancel", order)
    for _ in range(2):
        await submit(database, await ordered(database, what), "add_line")
    assert await alerts() == 2


@pytest.mark.covers("T2", "T18", "T19", "T20")
async def test_complimentary_esims_are_counted_against_bundles(database: Database, euro: int) -> None:
    await run(database, "UPDATE subscribers SET plan = 'basic', bundles = 1")
    await add_stock(database)
    what = AddLine(subscriber_id=1, plan_id=euro, complimentary=True)
    first = await ordered(database, what)
    none_left = {"complimentary_not_allowed": {"bundles": 1, "given": 1}}
    assert await refusals(database, what) == none_left, "an open order counts"
    esim = await submit(database, first, "add_line")
    await step(database, "acknowledge", first, esim)
    assert await refusals(database, what) == none_left, "once"
    await step(database, "complete", first, esim, "test")
    assert await refusals(database, what) == none_left, "a line counts"
    await ordered(database, what.model_copy(update={"complimentary": False}))
    await run(database, "UPDATE esim_lines SET ended_at = esim_now()")
    assert await refusals(database, what) == none_left, "one that was discarded counts"
    await run(database, "UPDATE esim_lines SET returned = true")
    await run(database, "UPDATE plan_assignments SET revoked_at = esim_now()")
    second = await ordered(database, what)
    await step(database, "cancel", second)
    await ordered(database, what)


@pytest.mark.covers("T6", "T14")
async def test_a_plan_is_added_to_a_line_without_another_esim(database: Database, euro: int) -> None:
    await add_stock(database, 2)
    line = await add_esim_line(database, 1)
    for _ in range(2):
        await processed(database, AddPlan(esim_line_id=line, plan_id=euro))
    plans = await run(database, "SELECT esim_line_id FROM plan_assignments")
    assert [plan.esim_line_id for plan in plans] == [line, line]
    assert sorted(await sims(database)) == [("active", f"esim_line:{line}"), ("in_stock", None)]


@pytest.mark.covers("T16", "T24", "T27")
async def test_a_plan_that_does_not_fit_the_line_is_refused(database: Database, euro: int) -> None:
    line = await add_esim_line(database, 1, profile=7)
    asia = await add_travel_plan(database, "Asia", countries=ASIA, profile=2)
    none = await add_travel_plan(database, "Mars", countries=("AQ",), profile=None)
    assert await refusals(database, AddPlan(esim_line_id=line, plan_id=asia)) == {
        "profile_differs": {"plan": 2, "line": 7}
    }
    assert await refusals(database, AddPlan(esim_line_id=line, plan_id=none)) == {"plan_without_profile": {}}
    assert await refusals(database, AddLine(subscriber_id=1, plan_id=none)) == {"plan_without_profile": {}}
    order = await ordered(database, AddPlan(esim_line_id=line, plan_id=euro))
    assert list(await refusals(database, AddPlan(esim_line_id=line, plan_id=euro))) == [
        "esim_line_open_order"
    ]
    await run(
        database,
        "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = esim_now() WHERE holder = :line",
        line=f"esim_line:{line}",
    )
    await step(database, "acknowledge", order)
    assert await refusal(database, "complete", order, None, "test") == "line_without_esim"
    await step(database, "cancel", order)
    assert list(await refusals(database, AddPlan(esim_line_id=line, plan_id=euro))) == ["line_without_esim"]


@pytest.mark.covers("T34")
@pytest.mark.parametrize("suspended", [False, True])
async def test_a_replacement_takes_over_the_plans_and_the_old_esim_is_discarded(
    database: Database, euro: int, *, suspended: bool
) -> None:
    line = await add_esim_line(database, 1)
    await assign_plan(database, line, euro)
    before = await run(database, "SELECT * FROM plan_assignments")
    if suspended:
        await run(database, "UPDATE esim_lines SET suspended_at = esim_now()")
        await run(database, "UPDATE sims SET state = 'suspended' WHERE state = 'active'")
    await run(database, "UPDATE esim_lines SET installed_at = esim_now()")
    await add_stock(database, 2, profile=2)
    await add_stock(database, 3)
    await processed(database, ReplaceLineEsim(esim_line_id=line, reason=EsimReason.NEW_PHONE))
    state = "suspended" if suspended else "active"
    assert await sims(database) == [("discarded", None), ("in_stock", None), (state, f"esim_line:{line}")]
    assert await run(database, "SELECT * FROM plan_assignments") == before
    (row,) = await lines(database)
    assert row.installed_at is None


@pytest.mark.covers("T34")
async def test_a_cancelled_replacement_leaves_the_line_as_it_is(database: Database) -> None:
    line = await add_esim_line(database, 1)
    await add_stock(database, 2)
    order = await ordered(database, ReplaceLineEsim(esim_line_id=line, reason=EsimReason.DELETED))
    await step(database, "acknowledge", order, await submit(database, order, "replace_line_esim"))
    assert await sims(database) == [("active", "esim_line:1"), ("temporary", "esim_line:1")]
    await step(database, "cancel", order)
    assert await sims(database) == [("active", "esim_line:1"), ("in_stock", None)]
    (row,) = await lines(database)
    assert row.ended_at is None


@pytest.mark.covers("T17", "T26")
async def test_what_the_staff_is_to_be_alerted_of_is_sent_at_once(database: Database, euro: int) -> None:
    await add_stock(database)
    await run(database, "UPDATE travel_profiles SET threshold = 1")
    sent: list[str] = []

    async def alert(notices: Sequence[str]) -> None:
        sent.extend(notices)

    provider = FromStock(database, None, alert)  # type: ignore[arg-type]
    for _ in range(3):
        order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
        with contextlib.suppress(NoStock):
            await provider.submit(order, "add_line", 0)
    notices = await run(database, "SELECT id, notice FROM travel_notices ORDER BY notice DESC")
    assert [(notice.id, notice.notice) for notice in notices] == list(
        zip(sent, ("stock_low", "order_waits"), strict=True)
    )


@pytest.mark.covers("T17")
@pytest.mark.parametrize("acknowledged", [False, True])
async def test_a_cancelled_order_leaves_no_esim_whose_code_was_revealed(
    database: Database, euro: int, *, acknowledged: bool
) -> None:
    await add_stock(database)
    order = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    esim = await submit(database, order, "add_line")
    if acknowledged:
        await step(database, "acknowledge", order, esim)
    await run(database, "UPDATE travel_stock SET revealed_at = esim_now()")
    assert (await step(database, "cancel", order)).refusal is None
    assert await sims(database) == [("discarded", None)]
    again = await ordered(database, AddLine(subscriber_id=1, plan_id=euro))
    assert await submit(database, again, "add_line") is None
