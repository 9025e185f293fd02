"""The steps of an order: what is refused changes nothing, and what is asked again is answered alike."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound

from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Acceptance, Placement, StepResult
from models.people.callers import AllAccounts, By
from store.locks import lock_subject
from store.operations import holds
from store.orders import acceptance, steps, views
from store.session import Database
from tests.builders import (
    OPERATOR,
    acknowledge,
    ana,
    cancel,
    iccid,
    item,
    line,
    place,
    process,
    run,
    world,
)

WRONG_DIGIT = iccid(900)[:-1] + str((int(iccid(900)[-1]) + 1) % 10)


Step = Callable[[Any, str], Awaitable[StepResult]]


STEPS: dict[str, Step] = {
    "acknowledge": lambda connection, order: steps.acknowledge(connection, order, By("contact:1"), None),
    "processed": lambda connection, order: steps.complete(
        connection, order, By("contact:1"), iccid(900), "test"
    ),
    "cancel": lambda connection, order: steps.cancel(connection, order, By("contact:1")),
}


async def take(database: Database, step: Step, order: Acceptance) -> StepResult:
    """The step's answer, committed."""
    async with database.transaction() as connection:
        return await step(connection, order.order_id)


async def timeline(database: Database, order: Acceptance) -> list[tuple[str, str]]:
    """What happened to the order, and by whom."""
    async with database.reading() as connection:
        found = await views.order(connection, AllAccounts(), order.order_id)
    return [(event.type, event.actor) for event in found.events]


@pytest.mark.covers("F49")
async def test_a_call_that_is_repeated_warns_again(database: Database) -> None:
    await world(database)
    order = await place(database)
    calls: list[Step] = [
        lambda connection, id_: steps.acknowledge(connection, id_, By("operator"), WRONG_DIGIT),
        lambda connection, id_: steps.acknowledge(connection, id_, By("operator"), None),
        lambda connection, id_: steps.enter_iccid(connection, id_, By("operator"), WRONG_DIGIT),
        lambda connection, id_: steps.complete(connection, id_, By("operator"), None, "test"),
        lambda connection, id_: steps.complete(connection, id_, By("operator"), WRONG_DIGIT, "again"),
    ]
    for call in calls:
        first, again = await take(database, call, order), await take(database, call, order)
        assert first == again
        assert first.state.warnings == (
            f"The check digit of ICCID {WRONG_DIGIT} is wrong; it is kept, compare it with the card.",
        )


async def test_a_cancelled_order_warns_of_no_esim(database: Database) -> None:
    await world(database)
    order = await place(database)
    await acknowledge(database, order, WRONG_DIGIT)
    assert (await take(database, STEPS["cancel"], order)).state.warnings == ()
    assert (await take(database, STEPS["cancel"], order)).state.warnings == ()


@pytest.mark.covers("W5")
@pytest.mark.parametrize("step", STEPS)
async def test_a_hold_ends_with_the_status_it_was_in(database: Database, step: str) -> None:
    await world(database)
    order = await place(database)
    if step == "processed":
        await acknowledge(database, order)
    async with database.transaction() as connection:
        await holds.hold(connection, order.order_id, "waiting", HoldReason.NO_ACKNOWLEDGEMENT)
    assert (await take(database, STEPS[step], order)).refusal is None
    async with database.transaction() as connection:
        await holds.release(connection, order.order_id, "waiting", "operator")
    async with database.reading() as connection:
        found = await views.order(connection, AllAccounts(), order.order_id)
    assert (found.held_reason, found.held_since) == (None, None)
    events = await timeline(database, order)
    assert [actor for event, actor in events if event == "order.released"] == ["contact:1"]
    assert events.index(("order.held", "system")) < events.index(("order.released", "contact:1"))


async def test_an_order_that_was_not_held_is_not_released(database: Database) -> None:
    await world(database)
    order = await place(database)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    assert "order.released" not in [event for event, _ in await timeline(database, order)]


IGNORED = """
CREATE FUNCTION ignore() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$
"""


@pytest.mark.parametrize("write", ["UPDATE ON orders", "DELETE ON sims"])
async def test_a_write_that_does_not_happen_is_not_told_as_done(database: Database, write: str) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    before = await desks.fleet.line(OPERATOR, "L-1")
    await run(database, IGNORED)
    await run(database, f"CREATE TRIGGER ignored BEFORE {write} FOR EACH ROW EXECUTE FUNCTION ignore()")
    with pytest.raises(NoResultFound):
        await cancel(database, order)
    assert await desks.fleet.line(OPERATOR, "L-1") == before
    assert "order.cancelled" not in [event for event, _ in await timeline(database, order)]


@pytest.mark.covers("F46")
async def test_a_second_order_and_the_acknowledgement_of_the_first_do_not_block_each_other(
    database: Database,
) -> None:
    await world(database, packs=(item(),))
    first = await place(database)
    (user,) = await run(database, "SELECT id, account_id FROM users")
    wish = Placement(
        order_id="order-aaaaaaaaaaaaaaaa",
        account_id=user.account_id,
        user_id=user.id,
        what=first.what,
    )
    async with database.transaction() as connection:
        assert await lock_subject(connection, user.account_id, first.what.subject or "")
        acknowledging = asyncio.create_task(acknowledge(database, first))
        await asyncio.wait([acknowledging], timeout=0.5)
        second = await acceptance.accept(connection, wish)
    await acknowledging
    assert [refusal.code for refusal in second.refusals] == ["open_order"]
    assert "esim.temporary_created" in [event for event, _ in await timeline(database, first)]


async def test_an_order_of_another_account_is_not_answered_and_nothing_of_it_is_told(
    database: Database,
) -> None:
    await world(database, line(1), line(2, account="Other"), packs=(item(),))
    theirs = await place(database)
    (other,) = await run(database, "SELECT id FROM accounts WHERE name = 'Other'")
    answer = await place(database, order_id=theirs.order_id, account_id=other.id, line_id=2)
    assert [refusal.code for refusal in answer.refusals] == ["key_used"]
    assert not answer.accepted
    assert (answer.what.subject, answer.shown) == ("line:2", Shown())
    same = await place(database, order_id=theirs.order_id, account_id=other.id)
    assert [refusal.code for refusal in same.refusals] == ["key_used"]
    assert await timeline(database, theirs) == [("order.submitted", f"user:{(await ana(database)).user}")]


@pytest.mark.covers("F15")
async def test_a_provider_that_is_asked_again_does_not_overwrite_what_a_person_entered(
    database: Database,
) -> None:
    await world(database)
    order = await place(database)
    async with database.transaction() as connection:
        answered = await steps.acknowledge(connection, order.order_id, By("provider"), iccid(901))
        assert answered.state.iccid == iccid(901)
        corrected = await steps.enter_iccid(connection, order.order_id, By("contact:1"), iccid(902))
        assert corrected.refusal is None
        again = await steps.acknowledge(connection, order.order_id, By("provider"), iccid(901))
        assert (again.refusal, again.state.iccid) == (None, iccid(902))
        said = await steps.acknowledge(connection, order.order_id, By("contact:1"), iccid(901))
        assert said.state.iccid == iccid(901), "a person's word counts"


@pytest.mark.covers("F15", "W5")
async def test_a_provider_that_repeats_a_refused_answer_processes_the_iccid_that_a_person_entered(
    database: Database,
) -> None:
    await world(database, line(1), line(2))
    order, taken, entered = await place(database), iccid(2), iccid(902)
    answer: list[Step] = [
        lambda connection, id_: steps.acknowledge(connection, id_, By("provider"), taken),
        lambda connection, id_: steps.complete(connection, id_, By("provider"), taken, "answer"),
    ]
    refusals = [(await take(database, step, order)).refusal for step in answer]
    assert [refusal and refusal.code for refusal in refusals] == ["iccid_in_use", "not_acknowledged"]
    await acknowledge(database, order, entered)
    for _ in range(2):
        repeated = [await take(database, step, order) for step in answer]
        assert [(result.refusal, result.state.iccid) for result in repeated] == [(None, entered)] * 2
    assert repeated[-1].state.status is OrderStatus.PROCESSED


async def test_a_person_who_reports_another_iccid_as_processed_corrects_it(database: Database) -> None:
    await world(database)
    order = await place(database)
    await acknowledge(database, order, iccid(901))
    await process(database, order, iccid(902))
    async with database.reading() as connection:
        assert (await views.order(connection, AllAccounts(), order.order_id)).iccid == iccid(902)


@pytest.mark.covers("F49", "F50")
async def test_an_acknowledgement_of_a_processed_order_with_another_iccid_is_refused(
    database: Database,
) -> None:
    await world(database)
    order = await place(database)
    await acknowledge(database, order, iccid(901))
    await process(database, order, iccid(901))

    def saying(said: str | None) -> Step:
        return lambda connection, id_: steps.acknowledge(connection, id_, By("operator"), said)

    late = await take(database, saying(iccid(902)), order)
    assert late.refusal is not None
    assert late.refusal.code == "already_processed"
    for known in (iccid(901), None):
        answer = await take(database, saying(known), order)
        assert (answer.refusal, answer.state.iccid) == (None, iccid(901))


@pytest.mark.covers("S5")
@pytest.mark.parametrize("actor", ["user:999999", "contact:999999", "anyone"])
async def test_what_is_done_is_not_confirmed_to_an_actor_who_may_not_do_it(
    database: Database, actor: str
) -> None:
    await world(database, line(1), line(2))
    order, cancelled = await place(database), await place(database, 2)
    await acknowledge(database, order, iccid(901))
    await cancel(database, cancelled)
    by = By(actor)
    repeated: list[tuple[Acceptance, Step]] = [
        (order, lambda connection, id_: steps.acknowledge(connection, id_, by, iccid(901))),
        (order, lambda connection, id_: steps.enter_iccid(connection, id_, by, iccid(901))),
        (cancelled, lambda connection, id_: steps.cancel(connection, id_, by)),
    ]
    for about, step in repeated:
        refusal = (await take(database, step, about)).refusal
        assert refusal is not None
        assert refusal.code == "unknown_actor"
    await process(database, order, iccid(901))
    done = await take(
        database, lambda connection, id_: steps.complete(connection, id_, by, None, "again"), order
    )
    assert done.refusal is not None
    assert done.refusal.code == "unknown_actor"
