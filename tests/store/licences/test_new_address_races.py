"""An agent's address changes while a number changes hands or its order is processed: one after the other, and
no circle. In the end nothing that is valid was sent to the address before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import make_url, text

from models.identifiers import qr_notification_id
from models.licences.numbers import Change
from models.people.callers import By
from sandbox.postgres import ThrowAwayPostgres
from store.codes import notifications
from store.codes.code_locks import lock_sim
from store.codes.new_address import move
from store.codes.recipients import address_for
from store.key_ring import KeyRing
from store.licences import agents, new_address
from store.licences.resend import resend
from store.session import Database
from tests.builders import run
from tests.licences_world import GINA, accepted, add_agent, add_number, licences_world, replacement
from tests.qr_world import QrWorld
from tests.server_log import ServerLog
from tests.store.licences.number_ways import account, change
from tests.store.licences.order_ways import NEW, OLD, assigned, step
from tests.temporal_server import eventually

RIGHT = "gina.right@acme.example"
ADAM = By("operator")
WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
VALID_BEFORE = """
SELECT notifications.id FROM qr_notifications notifications
WHERE lower(address) = :gina AND revoked_at IS NULL
"""
HOLDERS = {
    "number": "SELECT 1 FROM subjects WHERE id = 'number:1' FOR NO KEY UPDATE",
    "eSIM": "SELECT 1 FROM sims WHERE holder = 'number:1' FOR NO KEY UPDATE",
    "agent": "SELECT 1 FROM agents FOR NO KEY UPDATE",
}


@pytest.fixture(autouse=True)
def no_circle(postgres: ThrowAwayPostgres) -> Iterator[None]:
    log = ServerLog(postgres)
    yield
    assert log.circles() == 0


@pytest.fixture
async def number(database_url: str, database: Database) -> int:
    """Gina's number with an eSIM and a code of which she is notified."""
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")
    await licences_world(database)
    number = await add_number(database, 1, await add_agent(database))
    await assigned(database, number)
    qr = QrWorld(database, KeyRing(KeyRing.new_key()), await account(database), 1, (0, 0), 0)
    (sim,) = await run(database, "SELECT id FROM sims WHERE iccid = :iccid", iccid=OLD)
    version = (await qr.take(sim.id, actor="operator")).version.id
    await qr.notify(version, sim.id, "first", GINA)
    return number


async def edited(database: Database) -> None:
    """The agent's address is corrected."""
    async with database.transaction() as connection:
        served = await new_address.lock(connection, 1, 1)
        await agents.edit(connection, 1, ADAM, {"email": RIGHT})
        await move(connection, served, RIGHT, ADAM)


async def user_changes(database: Database, number: int) -> None:
    theo = await add_agent(database, "Theo", "theo@acme.example")
    await change(database, number, Change.CHANGE_USER, agent_id=theo)


async def gets_another_number(database: Database, _: int) -> None:
    other = await add_number(database, 2)
    await change(database, other, Change.CHANGE_USER, agent_id=1)


async def replaced(database: Database, number: int) -> None:
    order = await accepted(database, await replacement(database, number))
    await step(database, "acknowledge", order)
    await step(database, "complete", order, NEW, "test")


async def resent(database: Database, number: int) -> None:
    async with database.transaction() as connection:
        await resend(connection, 1, number, ADAM, "again")


async def notified(database: Database, _: int) -> None:
    """An operator sends one more e-mail to the agent."""
    async with database.transaction() as connection:
        (row,) = (
            await connection.execute(text("SELECT id, sim_id, account_id FROM qr_versions WHERE current"))
        ).all()
        await lock_sim(connection, row.sim_id)
        await notifications.create(
            connection,
            notification_id=qr_notification_id(row.account_id, "more"),
            account_id=row.account_id,
            sim_id=row.sim_id,
            version_id=row.id,
            address=await address_for(connection, row.sim_id, "other@acme.example"),
            by=ADAM,
        )


OTHERS: dict[str, Callable[[Database, int], Awaitable[Any]]] = {
    other.__name__: other for other in (user_changes, gets_another_number, replaced, resent, notified)
}


@pytest.mark.covers("L25", "L31")
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("other", OTHERS)
async def test_nothing_valid_stays_at_the_address_before(
    database: Database, number: int, other: str, holder: str
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(HOLDERS[holder]))
        both = [asyncio.ensure_future(call) for call in (edited(database), OTHERS[other](database, number))]
        await eventually(lambda: run(database, WAITING), lambda rows: rows[0].waiting > 0)
    await asyncio.gather(*both)
    assert await run(database, VALID_BEFORE, gina=GINA) == []
    (agent,) = await run(database, "SELECT email FROM agents WHERE id = 1")
    assert agent.email == RIGHT
