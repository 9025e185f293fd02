"""All writers at one line at once, behind one that holds a lock: none waits for another in a circle.

PostgreSQL ends a circle by refusing one of those who wait, and says so in its log: `deadlock detected`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.callers import By
from models.errors import Refused
from models.lifecycle import HoldReason, OrderKind, OrderStatus
from models.orders import Acceptance
from sandbox.postgres import ThrowAwayPostgres
from starter.inventory import Inventory
from store import holds, locked_order, order_mails, order_steps
from store.session import SERIALIZATION_FAILURES, Database, sqlstate_of
from tests.builders import OPERATOR, acknowledge, as_csv, cancel, iccid, line, place, process, run
from tests.qr_world import QrWorld, hold, qr_world, release

CIRCLE = "deadlock detected"
HOLDERS = {
    "subject": "SELECT 1 FROM subjects WHERE id = 'line:' || :number FOR NO KEY UPDATE",
    "line": "SELECT 1 FROM lines WHERE id = :number FOR NO KEY UPDATE",
    "order": "SELECT 1 FROM orders WHERE subject = 'line:' || :number FOR NO KEY UPDATE",
    "SIM in place": "SELECT 1 FROM sims WHERE id = :number FOR NO KEY UPDATE",
    "temporary SIM": "SELECT 1 FROM sims WHERE state = 'temporary' FOR NO KEY UPDATE",
}
LINES = range(1, 7)
Writer = Awaitable[Any]


class Log:
    """What the server has written since the test began."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = path.stat().st_size

    def circles(self) -> int:
        with self._path.open("rb") as log:
            log.seek(self._begun)
            return log.read().decode().count(CIRCLE)


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> Log:
    return Log(postgres.log)


@pytest.fixture
async def crowd(database_url: str, database: Database) -> AsyncIterator[QrWorld]:
    """Lines with an eSIM each, and connections for all writers; a circle is seen at once."""
    name = make_url(database_url).database
    await run(database, f"ALTER DATABASE {name} SET deadlock_timeout = '100ms'")
    roomy = Database(database_url, pool_size=20)
    yield await qr_world(roomy, *(line(number, sim_type="esim") for number in LINES))
    await roomy.close()


@asynccontextmanager
async def held_by_another(database: Database, what: str, number: int) -> AsyncIterator[None]:
    """Somebody holds this lock until the end of the block."""
    async with database.transaction() as connection:
        await connection.execute(text(HOLDERS[what].replace(":number", str(int(number)))))
        yield


async def outcome(call: Writer) -> None:
    """Done, refused, or chosen by PostgreSQL to end a circle, which is found in the log."""
    try:
        await call
    except Refused:
        return
    except DBAPIError as failure:
        if sqlstate_of(failure) not in SERIALIZATION_FAILURES:
            raise


async def in_a_step(database: Database, step: Callable[[AsyncConnection], Awaitable[Any]]) -> None:
    async with database.transaction() as connection:
        await step(connection)


def writers(qr: QrWorld, number: int, order: Acceptance, request: str, turn: int) -> Iterator[Writer]:
    """Everything that writes about one line."""
    database, order_id, by = qr.database, order.order_id, By("operator")
    steps: tuple[Callable[[AsyncConnection], Awaitable[Any]], ...] = (
        lambda connection: order_steps.complete(connection, order_id, by, None, "test"),
        lambda connection: order_steps.acknowledge(connection, order_id, by, iccid(800 + number)),
        lambda connection: order_steps.enter_iccid(connection, order_id, by, iccid(900 + number)),
        lambda connection: order_steps.cancel(connection, order_id, by),
        lambda connection: order_mails.is_in(connection, order_id, [OrderStatus.SUBMITTED]),
        lambda connection: holds.hold(connection, order_id, "waiting", HoldReason.NO_PROCESSING),
        lambda connection: holds.release(connection, order_id, "waiting", "operator"),
    )
    for step in steps:
        yield in_a_step(database, step)
    yield place(database, number, OrderKind.REPLACE_ESIM)
    yield qr.take(number, 100 * turn + number)
    yield qr.ask(number, f"more {turn} {number}")
    yield qr.withdraw(request)
    yield qr.again(request)
    yield hold(qr, request, HoldReason.MAIL_UNAVAILABLE)
    yield release(qr, request)
    changed = line(number, sim_type="esim", employee_name=f"Somebody else {turn}", management_groups="New")
    yield Inventory(database).import_fleet(OPERATOR, as_csv(changed))


async def a_turn(qr: QrWorld, turn: int, number: int, holder: str) -> None:
    order = await place(qr.database, number, OrderKind.REPLACE_ESIM)
    if turn % 3:
        await acknowledge(qr.database, order, iccid(700 + number) if turn % 3 == 1 else None)
    request = await qr.asked(number, f"{turn} {number}")
    waiting = list(writers(qr, number, order, request, turn))
    first = turn * 4 % len(waiting)
    async with held_by_another(qr.database, holder, number):
        begun = [asyncio.create_task(outcome(one)) for one in (*waiting[first:], *waiting[:first])]
        await asyncio.sleep(0.3)
    await asyncio.wait_for(asyncio.gather(*begun), 30)


@pytest.mark.covers("W1", "F46")
@pytest.mark.parametrize("holder", HOLDERS)
async def test_all_writers_at_one_line_never_wait_in_a_circle(crowd: QrWorld, log: Log, holder: str) -> None:
    for turn, number in enumerate(LINES):
        await a_turn(crowd, turn, number, holder)
    assert log.circles() == 0


async def test_a_writer_that_locks_in_another_sequence_is_noticed(
    crowd: QrWorld, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SIM before the subject: what every step would do wrong if the sequence did not hold."""
    right = locked_order.lock_order

    async def wrong(connection: AsyncConnection, order_id: str) -> locked_order.LockedOrder:
        if asyncio.current_task() in backwards:
            sims = "SELECT 1 FROM sims JOIN orders ON orders.subject = sims.holder WHERE orders.id = :order"
            await connection.execute(text(f"{sims} ORDER BY sims.id FOR UPDATE OF sims"), {"order": order_id})
        return await right(connection, order_id)

    monkeypatch.setattr(order_steps, "lock_order", wrong)
    backwards: set[asyncio.Task[Any] | None] = set()
    for number in LINES:
        order = await place(crowd.database, number, OrderKind.REPLACE_ESIM)
        await acknowledge(crowd.database, order, iccid(700 + number))
        async with held_by_another(crowd.database, "subject", number):
            completing = asyncio.create_task(outcome(process(crowd.database, order, iccid(700 + number))))
            await asyncio.sleep(0.1)
            cancelling = asyncio.create_task(outcome(cancel(crowd.database, order)))
            backwards.add(cancelling)
            await asyncio.sleep(0.2)
        await asyncio.wait_for(asyncio.gather(completing, cancelling), 30)
    assert log.circles() > 0
