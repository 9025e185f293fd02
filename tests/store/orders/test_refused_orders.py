"""A refused order has no row, and people can still be told what happened to it."""

import pytest

from models.errors import NotFound
from models.feed import START, FeedFilter
from models.orders.kinds import Swap
from models.orders.lifecycle import OrderStatus
from models.orders.views import OrderView
from models.paging import Wanted
from models.people.callers import AllAccounts, OfAccount, OfDistributor
from starter.orders.book import OrderBook
from store import feed
from store.orders import views
from store.session import Database
from tests.builders import OPERATOR, item, line, place, run, world


async def refused_ones(database: Database, subject: str | None = None, limit: int = 100) -> list[OrderView]:
    async with database.reading() as connection:
        return await views.orders(
            connection, AllAccounts(), status=OrderStatus.REFUSED, subject=subject, wanted=Wanted(limit)
        )


@pytest.mark.covers("F9", "F11")
async def test_a_refused_order_is_shown_with_every_reason(database: Database) -> None:
    await world(database)
    refused = await place(database, discard_confirmed=False, quantity=2)
    book = OrderBook(database)
    found = await book.order(OPERATOR, refused.order_id)
    assert (found.status, found.kind, found.subject) == (OrderStatus.REFUSED, "switch_to_esim", "line:1")
    assert found.refusals == refused.refusals
    assert {reason.code for reason in found.refusals} == {"quantity_locked", "discard_not_confirmed"}
    assert isinstance(found.what, Swap)
    assert found.what.quantity == 2
    assert [event.type for event in found.events] == ["order.refused"]
    assert await book.people(OPERATOR, found) == {"user:1": "Ana <ana@acme.example>"}
    assert [order.id async for order in book.watch(OPERATOR, refused.order_id)] == [refused.order_id]


@pytest.mark.covers("A10", "A11")
async def test_the_feed_says_why_an_order_was_refused_and_not_what_it_named(database: Database) -> None:
    """A pack that is not eligible is refused with the names of those that are, which the history keeps."""
    await world(database, packs=(item(), item("Sosh pack", provider="Sosh")))
    refused = await place(database, pack_id=2, quantity=2)
    (reason,) = [each for each in refused.refusals if each.code == "pack_not_eligible"]
    assert "Orange pack" in str(reason.parameters["packs"])
    wanted = FeedFilter(OfAccount(1), frozenset({"order.refused"}))
    async with database.reading() as connection:
        (news,) = (await feed.page(connection, wanted, START, limit=10)).news
    said = news.item.data
    assert said.pop("codes") == ["pack_not_eligible", "quantity_locked"]
    assert said.pop("about") == [refused.order_id, "L-1"]
    assert said.keys() == {"kind", "sequence"}


async def test_lists_leave_refused_orders_out_unless_they_are_asked_for(database: Database) -> None:
    await world(database, line(1), line(2))
    first = await place(database, 1, discard_confirmed=False)
    second = await place(database, 2, quantity=3)
    accepted = await place(database, 1)
    async with database.reading() as connection:
        assert [order.id for order in await views.orders(connection, AllAccounts())] == [accepted.order_id]
    assert [order.id for order in await refused_ones(database)] == [second.order_id, first.order_id]
    assert [order.id for order in await refused_ones(database, limit=1)] == [second.order_id]
    assert [order.id for order in await refused_ones(database, "line:1")] == [first.order_id]


@pytest.mark.covers("F46")
async def test_an_order_refused_twice_is_one_and_once_accepted_it_is_not_refused(database: Database) -> None:
    await world(database)
    first = await place(database, quantity=2)
    again = await place(database, order_id=first.order_id, discard_confirmed=False)
    (listed,) = await refused_ones(database)
    assert listed.refusals == again.refusals
    placed = await place(database, order_id=first.order_id)
    assert placed.accepted
    assert await refused_ones(database) == []
    found = await OrderBook(database).order(OPERATOR, first.order_id)
    assert (found.status, found.refusals) == (OrderStatus.SUBMITTED, ())
    types = [event.type for event in found.events]
    assert types == ["order.refused", "order.refused", "order.submitted"]


async def test_who_is_out_of_scope_is_told_that_there_is_no_such_order(database: Database) -> None:
    await world(database)
    refused = await place(database, quantity=2)
    (account,) = (await run(database, "SELECT id FROM accounts"))[0]
    async with database.reading() as connection:
        mine = await views.order(connection, OfAccount(account), refused.order_id)
        assert mine.id == refused.order_id
        for scope in (OfAccount(account + 1), OfDistributor(account, 1)):
            with pytest.raises(NotFound) as unknown:
                await views.order(connection, scope, refused.order_id)
            assert unknown.value.refusals[0].code == "unknown_order"
            assert await views.orders(connection, scope, status=OrderStatus.REFUSED) == []
