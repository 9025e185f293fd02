"""All writers at one line at once, behind one that holds a lock: none waits for another in a circle.

PostgreSQL ends a circle by refusing one of those who wait, and says so in its log: `deadlock detected`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from models.orders.placement import Acceptance
from models.people.callers import By
from sandbox.postgres import ThrowAwayPostgres
from starter.catalogue.desk import CatalogueDesk
from starter.fleet.desk import FleetDesk
from starter.fleet.edits import FleetEditDesk
from starter.people.erasure import erase
from store import mails
from store.mail_subjects import AboutOrder
from store.mails import EmailRecord
from store.operations import holds
from store.orders import locked_order
from store.orders import steps as order_steps
from store.people import accounts
from store.session import SERIALIZATION_FAILURES, Database, sqlstate_of
from tests.builders import (
    ACCOUNT,
    OPERATOR,
    acknowledge,
    as_csv,
    iccid,
    item,
    line,
    place,
    run,
)
from tests.qr_world import QrWorld, hold, qr_world, release
from tests.server_log import ServerLog

HOLDERS = {
    "subject": "SELECT 1 FROM subjects WHERE id = 'line:' || :number FOR NO KEY UPDATE",
    "line": "SELECT 1 FROM lines WHERE id = :number FOR NO KEY UPDATE",
    "order": "SELECT 1 FROM orders WHERE subject = 'line:' || :number FOR NO KEY UPDATE",
    "SIM in place": "SELECT 1 FROM sims WHERE id = :number FOR NO KEY UPDATE",
    "temporary SIM": "SELECT 1 FROM sims WHERE state = 'temporary' FOR NO KEY UPDATE",
    "contact": "SELECT 1 FROM contacts WHERE email LIKE 'employee%' FOR NO KEY UPDATE",
    "new group": "INSERT INTO management_groups (account_id, name) VALUES (1, 'M' || :number)",
}
LINES = range(1, 7)
SECOND, THIRD = 6, 12
"""So much higher are the numbers of a line's second line, which has an order and is edited together with it,
and of its third, whose employee nothing needs and is a contact, too.
"""
Writer = Awaitable[Any]


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> ServerLog:
    return ServerLog(postgres)


@pytest.fixture
async def crowd(database_url: str, database: Database) -> AsyncIterator[QrWorld]:
    """Lines with an eSIM each, and connections for all writers; a circle is seen at once."""
    name = make_url(database_url).database
    await run(database, f"ALTER DATABASE {name} SET deadlock_timeout = '100ms'")
    roomy = Database(database_url, pool_size=40)
    world = await qr_world(roomy, *(line(n, sim_type="esim") for n in range(1, LINES.stop + THIRD)))
    await run(
        roomy,
        "INSERT INTO contacts (distributor_id, name, email) "
        "SELECT distributor_id, e.name, e.email FROM employees e JOIN sims ON sims.employee_id = e.id "
        "WHERE sims.id > :second",
        second=SECOND + LINES.stop - 1,
    )
    yield world
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


async def notified(qr: QrWorld, number: int, turn: int) -> None:
    """A notification of the line's code, if it has one, and its release."""
    codes = await run(qr.database, "SELECT id FROM qr_versions WHERE sim_id = :sim AND current", sim=number)
    for code in codes:
        made = await qr.notify(code.id, number, f"told {turn} {number}", f"employee{number}@acme.example")
        await hold(qr, made.id, HoldReason.MAIL_UNAVAILABLE)
        await release(qr, made.id)


def imported(database: Database, number: int, turn: int) -> Writer:
    """A file that renames the employee of the third line and brings new groups, at odd turns also of the
    line itself; or one that renames a contact: one import runs at a time.
    """
    if turn % 3 == 2:
        contact = {"order_contact_name": f"Orders {turn}", "order_contact_email": "codes@telvia.example"}
        return CatalogueDesk(database).import_catalogue(OPERATOR, as_csv(item() | contact))
    somebody = {"sim_type": "esim", "employee_name": f"Somebody else {turn}"}
    rows = [
        line(number + THIRD, **somebody, management_groups=f"Z{number}"),
        line(number + 100, management_groups=f"A{number}"),
    ]
    if turn % 2:
        rows.append(line(number, **somebody, management_groups="New"))
    return FleetDesk(database).import_fleet(OPERATOR, as_csv(*rows))


def editors(qr: QrWorld, number: int, second: Acceptance, turn: int) -> Iterator[Writer]:
    """Everything else that locks the line, its SIM, its people or its account; with the second line."""
    database, by, edits = qr.database, By("operator"), FleetEditDesk(qr.database)
    both, other = [f"L-{number}", f"L-{number + SECOND}"], f"employee{number + SECOND}@acme.example"
    yield imported(database, number, turn)
    yield edits.set_groups(OPERATOR, both[1:], [f"A{number}", f"M{number}", f"Z{number}"], create=True)
    yield erase(OPERATOR, database, f"employee{number + THIRD}@acme.example")
    yield edits.set_employee(OPERATOR, both, other)
    yield edits.set_employee(OPERATOR, both[::-1], f"new{turn}@acme.example", name="New")
    yield edits.set_groups(OPERATOR, both, ["New", f"Newer {turn}", "Sales"], create=True)
    yield edits.set_groups(OPERATOR, both[::-1], [f"Newer {turn}", "Lyon", "New"], create=True)
    yield erase(OPERATOR, database, other)
    yield erase(OPERATOR, database, f"employee{number}@acme.example")
    yield notified(qr, number, turn)
    yield notified(qr, number + SECOND, turn)
    discard = iccid(600 + number)
    yield in_a_step(database, lambda c: order_steps.complete(c, second.order_id, by, discard, "test"))
    if turn % 2 == 0:
        return
    for change in (accounts.close, accounts.reopen):
        yield in_a_step(database, partial(change, account_id=qr.account_id, by=by))
    for name in (f"Acme {turn}", ACCOUNT):
        yield in_a_step(database, partial(accounts.rename, account_id=qr.account_id, name=name, by=by))


def writers(qr: QrWorld, number: int, order: Acceptance, request: str, turn: int) -> Iterator[Writer]:
    """Everything that writes about one line."""
    database, order_id, by = qr.database, order.order_id, By("operator")
    order_mail = EmailRecord(
        f"{order_id}/{turn}", AboutOrder(order_id, qr.account_id), "provider_order", "contact:1", "<1@test>"
    )
    steps: tuple[Callable[[AsyncConnection], Awaitable[Any]], ...] = (
        lambda connection: order_steps.complete(connection, order_id, by, None, "test"),
        lambda connection: order_steps.acknowledge(connection, order_id, by, iccid(800 + number)),
        lambda connection: order_steps.enter_iccid(connection, order_id, by, iccid(900 + number)),
        lambda connection: order_steps.cancel(connection, order_id, by),
        lambda connection: mails.claim(connection, [order_mail], 0, statuses=[OrderStatus.SUBMITTED]),
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


async def a_turn(qr: QrWorld, turn: int, number: int, holder: str) -> None:
    order = await place(qr.database, number, OrderKind.REPLACE_ESIM)
    second = await place(qr.database, number + SECOND, OrderKind.REPLACE_ESIM)
    await acknowledge(qr.database, second)
    if turn % 3:
        await acknowledge(qr.database, order, iccid(700 + number) if turn % 3 == 1 else None)
    request = await qr.asked(number, f"{turn} {number}")
    of_line = list(writers(qr, number, order, request, turn))
    others = list(editors(qr, number, second, turn))
    waiting = [*of_line, *others] if turn % 2 else [*others, *of_line]
    first = turn // 2 * 5 % len(waiting)
    async with held_by_another(qr.database, holder, number):
        begun = [asyncio.create_task(outcome(one)) for one in (*waiting[first:], *waiting[:first])]
        await asyncio.sleep(0.3)
    await asyncio.wait_for(asyncio.gather(*begun), 30)
    for change in (accounts.reopen, partial(accounts.rename, name=ACCOUNT)):
        await in_a_step(qr.database, partial(change, account_id=qr.account_id, by=By("operator")))


@pytest.mark.covers("W1", "F46")
@pytest.mark.parametrize("turns", [2, pytest.param(len(LINES), marks=pytest.mark.night)])
@pytest.mark.parametrize("holder", HOLDERS)
async def test_all_writers_at_one_line_never_wait_in_a_circle(
    crowd: QrWorld, log: ServerLog, holder: str, turns: int
) -> None:
    """By day each holder has two turns on end, the next one the next two, so that each turn is at some."""
    first = 2 * list(HOLDERS).index(holder)
    for turn in range(first, first + turns):
        turn %= len(LINES)  # noqa: PLW2901
        await a_turn(crowd, turn, LINES[turn], holder)
    assert log.circles() == 0


async def test_a_writer_that_locks_in_another_sequence_is_noticed(
    crowd: QrWorld, log: ServerLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SIM before the subject: what every step would do wrong if the sequence did not hold."""
    right = locked_order.lock_order

    async def wrong(connection: AsyncConnection, order_id: str, by: By) -> locked_order.LockedOrder:
        if asyncio.current_task() in backwards:
            sims = "SELECT 1 FROM sims JOIN orders ON orders.subject = sims.holder WHERE orders.id = :order"
            await connection.execute(text(f"{sims} ORDER BY sims.id FOR UPDATE OF sims"), {"order": order_id})
        return await right(connection, order_id, by)

    monkeypatch.setattr(order_steps, "lock_order", wrong)
    backwards: set[asyncio.Task[Any] | None] = set()
    for number in LINES:
        order = await place(crowd.database, number, OrderKind.REPLACE_ESIM)
        await acknowledge(crowd.database, order, iccid(700 + number))
        order_id, by, esim = order.order_id, By("operator"), iccid(700 + number)
        complete = partial(order_steps.complete, order_id=order_id, by=by, iccid=esim, request="test")
        undo = partial(order_steps.cancel, order_id=order_id, by=by)
        async with held_by_another(crowd.database, "subject", number):
            completing = asyncio.create_task(outcome(in_a_step(crowd.database, complete)))
            await asyncio.sleep(0.1)
            cancelling = asyncio.create_task(outcome(in_a_step(crowd.database, undo)))
            backwards.add(cancelling)
            await asyncio.sleep(0.2)
        await asyncio.wait_for(asyncio.gather(completing, cancelling), 30)
    assert log.circles() > 0
