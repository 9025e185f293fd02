"""The notes of orders: why one is cancelled, and what is written with one."""

import pytest

from models.errors import NotFound, Refused
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance
from models.people.callers import AllAccounts, By
from starter.people.erasure import erase
from store.orders import notes, steps, views
from store.session import Database
from tests.builders import (
    ANA,
    OPERATOR,
    acknowledge,
    line,
    place,
    run,
    world,
)
from tests.store.orders.test_order_steps import Step, take, timeline


def cancelled_for(note_id: int) -> Step:
    """The cancel with this note."""
    return lambda connection, order: steps.cancel(connection, order, By("contact:1"), note_id)


async def note(database: Database, order: Acceptance, text: str) -> int:
    """The id of a note about the order."""
    async with database.transaction() as connection:
        return await notes.add_note(connection, order.order_id, text)


@pytest.mark.covers("F43")
@pytest.mark.parametrize("acknowledged", [True, False])
async def test_a_note_of_another_order_is_no_reason_to_cancel(database: Database, acknowledged: bool) -> None:
    desks = await world(database, line(1), line(2))
    order, other = await place(database, 1), await place(database, 2)
    if acknowledged:
        await acknowledge(database, order)
    theirs = await note(database, other, "Their secret.")
    before = await desks.fleet.line(OPERATOR, "L-1"), await timeline(database, order)
    for wrong in (theirs, 10**6):
        answer = await take(database, cancelled_for(wrong), order)
        assert answer.refusal is not None
        assert answer.refusal.code == "unknown_note"
        assert answer.refusal.sentence == "There is no such note of this order."
        assert answer.state.status is not OrderStatus.CANCELLED
        assert (await desks.fleet.line(OPERATOR, "L-1"), await timeline(database, order)) == before
    ours = await note(database, order, "Ours.")
    assert (await take(database, cancelled_for(ours), order)).refusal is None
    async with database.reading() as connection:
        assert (await views.order(connection, AllAccounts(), order.order_id)).cancel_reason == "Ours."


@pytest.mark.parametrize("text", ["\0", "sold\0", "\ud800", "x" * 2001])
async def test_a_note_that_cannot_be_kept_is_refused_in_one_sentence(database: Database, text: str) -> None:
    await world(database)
    order = await place(database)
    with pytest.raises(Refused) as refused:
        await note(database, order, text)
    (refusal,) = refused.value.refusals
    assert refusal.code == "note_invalid"
    assert (
        refusal.sentence == "A note has at most 2,000 characters, all of them text: no NUL and no surrogates."
    )
    assert await run(database, "SELECT text FROM order_notes") == []


async def test_a_note_as_long_as_can_be_is_kept_as_it_is(database: Database) -> None:
    await world(database)
    order = await place(database)
    for text in ("\U0001f4f1" * 2000, "Line\n\tbreaks \u2028 and all."):
        kept = await note(database, order, text)
        (found,) = await run(database, "SELECT text FROM order_notes WHERE id = :id", id=kept)
        assert found.text == text
    with pytest.raises(NotFound):
        await note(database, order.model_copy(update={"order_id": "order-aaaaaaaaaaaaaaaa"}), "x")


@pytest.mark.covers("W6")
async def test_a_note_that_came_with_an_order_is_kept_with_it_and_erased_with_who_wrote_it(
    database: Database,
) -> None:
    await world(database)
    order = "order-aaaaaaaaaaaaaaaa"
    async with database.transaction() as connection:
        written = await notes.write_note(connection, 1, order, "Please before noon.")
        of_other = await notes.write_note(connection, 1, "order-bbbbbbbbbbbbbbbb", "Not of this order.")
    (refusal,) = (await place(database, order_id=order, note_id=of_other)).refusals
    assert refusal.code == "unknown_note"
    assert (await place(database, order_id=order, note_id=written)).accepted
    async with database.reading() as connection:
        assert (await views.order(connection, AllAccounts(), order)).note == "Please before noon."
    await run(database, "UPDATE orders SET status = 'cancelled'")
    await erase(OPERATOR, database, ANA)
    texts = await run(database, "SELECT text FROM order_notes ORDER BY id")
    assert [text for (text,) in texts] == ["erased", "erased"]
