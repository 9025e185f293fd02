"""Orders about travel eSIMs, as Sue of `tests.travel_world` places them, through their steps."""

from itertools import count
from typing import Any

from models.identifiers import order_id
from models.orders.ordered import Ordered
from models.orders.placement import Acceptance, Placement, StepResult
from models.people.callers import By
from providers.from_stock import FromStock
from providers.port import NoStock
from store.orders import acceptance, steps
from store.session import Database
from tests.builders import run
from tests.travel_world import SUE

STOCK = By("provider")
_keys = count()


async def asked(database: Database, what: Ordered, *, user: str = SUE) -> Placement:
    """Sue's order, before it is accepted."""
    (row,) = await run(database, "SELECT id, account_id FROM users WHERE email = :user", user=user)
    return Placement(
        order_id=order_id(row.account_id, f"travel order {next(_keys)}"),
        account_id=row.account_id,
        user_id=row.id,
        what=what,
    )


async def accepted(database: Database, placement: Placement) -> Acceptance:
    """The answer to this order."""
    async with database.transaction() as connection:
        return await acceptance.accept(connection, placement)


async def ordered(database: Database, what: Ordered) -> str:
    """Sue's accepted order; its id."""
    answer = await accepted(database, await asked(database, what))
    assert answer.accepted, answer.refusals
    return answer.order_id


async def submit(database: Database, order: str, kind: str) -> str | None:
    """The order is handed to the stock: the ICCID of the eSIM that it gets; None if it waits."""
    try:
        answer = await FromStock(database, None, None).submit(order, kind, 0)  # type: ignore[arg-type]
    except NoStock:
        return None
    return answer.iccid


async def step(database: Database, name: str, order: str, *more: Any) -> StepResult:
    """A step of the order, as the stock or an operator calls it."""
    by = By("operator") if name == "cancel" else STOCK
    async with database.transaction() as connection:
        return await getattr(steps, name)(connection, order, by, *more)  # type: ignore[no-any-return]


async def processed(database: Database, what: Ordered) -> str:
    """An order that went all the way with an eSIM from stock; its id."""
    order = await ordered(database, what)
    iccid = await submit(database, order, what.kind)
    assert (await step(database, "acknowledge", order, iccid)).refusal is None
    assert (await step(database, "complete", order, iccid, "test")).refusal is None
    return order
