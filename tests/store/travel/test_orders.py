"""Orders about travel eSIMs through all their statuses, in the database: eSIM, line, plans."""

from datetime import timedelta

import pytest

from models.orders.ordered import Ordered
from models.orders.placement import mark_of
from models.people.callers import AllAccounts
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from store.orders import views
from store.session import Database
from store.travel import line_previews
from tests.builders import iccid, run
from tests.store.travel.order_views import lines, refusal, refusals, sims
from tests.travel_orders import accepted, asked, ordered, processed, step, submit
from tests.travel_world import ASIA, add_esim_line, add_stock, add_travel_plan, assign_plan

pytestmark = pytest.mark.usefixtures("euro")


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


@pytest.mark.covers("T39")
@pytest.mark.parametrize("kind", ["add_line", "add_plan"])
async def test_an_order_is_accepted_only_as_it_was_shown(database: Database, euro: int, kind: str) -> None:
    line = await add_esim_line(database, 1)
    what: Ordered = AddLine(subscriber_id=1, plan_id=euro)
    async with database.reading() as connection:
        if isinstance(what, AddLine) and kind == "add_line":
            preview = await line_previews.of_line(connection, what)
        else:
            what = AddPlan(esim_line_id=line, plan_id=euro)
            preview = await line_previews.of_plan(connection, what)
    shown = {"shown": mark_of(preview.shown)}
    placement = (await asked(database, what)).model_copy(update=shown)
    await run(database, "UPDATE travel_plans SET price = 12.50")
    answer = await accepted(database, placement)
    assert [refusal.code for refusal in answer.refusals] == ["offer_changed"]
    await run(database, "UPDATE travel_plans SET price = 9.90")
    assert (await accepted(database, placement)).accepted, "as it was shown, under the same key"
    await run(database, "UPDATE travel_plans SET price = 12.50")
    assert (await accepted(database, placement)).accepted, "it was accepted before"
