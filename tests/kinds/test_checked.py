"""Whether an order would be accepted: asked for every kind, as placing asks, and nothing is kept of it."""

from collections.abc import Awaitable

import pytest

from models.errors import Refused
from models.identifiers import order_id
from models.orders.lifecycle import OrderKind
from models.orders.ordered import Ordered
from models.orders.placement import Placement
from models.people.callers import Caller
from settings import Settings
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from starter.people.users import UserDesk
from store.orders import acceptance
from store.session import Database
from temporal.connection import connect
from tests.builders import ANA, OPERATOR, ana, run, world
from tests.kinds import gadget_rows, instant
from tests.kinds.gadget import Gadget
from tests.kinds.gadget_rows import add_gadgets

KEPT = """
SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM events), (SELECT count(*) FROM subjects),
    (SELECT count(*) FROM gadget_orders)
"""
LINE = "+33639980001"


@pytest.fixture
async def desk(database: Database, database_url: str) -> OrderDesk:
    """A desk whose Temporal is away: checking an order needs none."""
    await world(database)
    await instant.prepare(database)
    await gadget_rows.prepare(database)
    settings = Settings(database_url=database_url, temporal_address="127.0.0.1:9")
    return OrderDesk(await connect(settings, lazy=True), database, settings)


async def _codes(checked: Awaitable[None]) -> list[str]:
    try:
        await checked
    except Refused as refused:
        return [reason.code for reason in refused.refusals]
    return []


async def _accepted(database: Database, caller: Caller, what: Ordered, key: str) -> None:
    placement = Placement(
        order_id=order_id(caller.account, key), account_id=caller.account, user_id=caller.user, what=what
    )
    async with database.transaction() as connection:
        assert (await acceptance.accept(connection, placement)).accepted


@pytest.mark.covers("F5", "F46")
async def test_an_order_of_any_kind_is_checked_and_nothing_is_kept(
    desk: OrderDesk, database: Database
) -> None:
    caller = await ana(database)
    (good, broken) = await add_gadgets(database, "Meter", "Lamp")
    await run(database, "UPDATE gadgets SET broken = true WHERE id = :lamp", lamp=broken)
    before = await run(database, KEPT)
    for _ in range(2):
        assert await _codes(desk.check_order(caller, Gadget(gadget_id=good))) == []
        assert await _codes(desk.check_order(caller, Gadget(gadget_id=broken))) == ["gadget_broken"]
        draft = OrderDraft(kind=OrderKind.SWITCH_TO_ESIM, line=LINE, discard_confirmed=True)
        assert await _codes(desk.check(caller, draft)) == []
        unconfirmed = draft.model_copy(update={"discard_confirmed": False})
        assert await _codes(desk.check(caller, unconfirmed)) == ["discard_not_confirmed"]
    assert await run(database, KEPT) == before


@pytest.mark.covers("F5", "F46")
async def test_a_check_knows_the_keys_that_were_used(desk: OrderDesk, database: Database) -> None:
    caller = await ana(database)
    (one, other) = await add_gadgets(database, "Meter", "Lamp")
    await _accepted(database, caller, Gadget(gadget_id=one), "a")
    assert await _codes(desk.check_order(caller, Gadget(gadget_id=one), "a")) == []
    assert await _codes(desk.check_order(caller, Gadget(gadget_id=other), "a")) == ["key_used"]
    assert await _codes(desk.check_order(caller, Gadget(gadget_id=one), "b")) == ["open_order"]


@pytest.mark.covers("F53", "S5")
async def test_a_check_asks_who_acts_now(desk: OrderDesk, database: Database) -> None:
    caller = await ana(database)
    (one,) = await add_gadgets(database, "Meter")
    await UserDesk(database).deactivate_user(OPERATOR, ANA)
    draft = OrderDraft(kind=OrderKind.SWITCH_TO_ESIM, line=LINE, discard_confirmed=True)
    assert await _codes(desk.check_order(caller, Gadget(gadget_id=one))) == ["user_deactivated"]
    assert await _codes(desk.check(caller, draft)) == ["user_deactivated"]
