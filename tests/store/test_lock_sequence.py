"""Two transactions that each need what the other has locked: the one sequence of `store.locks` prevents it.

Each test stops them in the middle, where another transaction holds the next lock, so that the circle would
close for certain and PostgreSQL would refuse one of the two: `deadlock detected`.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from sandbox.postgres import ThrowAwayPostgres
from starter.fleet.desk import FleetDesk
from starter.fleet.edits import FleetEditDesk
from starter.people.erasure import erase
from store.session import Database
from tests.builders import OPERATOR, DataDesks, as_csv, item, line, run, world
from tests.server_log import ServerLog

ADDRESS = "employee1@acme.example"
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(autouse=True)
def no_circle(postgres: ThrowAwayPostgres) -> Iterator[None]:
    """Also an import that PostgreSQL chose to end a circle is only refused, as if it had come second."""
    log = ServerLog(postgres)
    yield
    assert log.circles() == 0


@asynccontextmanager
async def locked(database: Database, statement: str) -> AsyncIterator[AsyncConnection]:
    """What the statement locks or adds stays so until the end of the block, and is taken back."""
    async with database.transaction() as connection:
        attempt = await connection.begin_nested()
        await connection.execute(text(statement))
        yield connection
        if attempt.is_active:
            await attempt.rollback()


async def begun(database: Database, call: Coroutine[Any, Any, Any], waiting: int) -> asyncio.Task[Any]:
    """The call, now that this many transactions wait for a lock."""
    task = asyncio.create_task(call)
    async with asyncio.timeout(10):
        while (await run(database, WAITING))[0][0] < waiting and not task.done():
            pass
    return task


async def test_an_import_and_an_edit_that_add_the_same_groups(database: Database) -> None:
    await world(database, line(1), line(2), line(3))
    edits = FleetEditDesk(database)
    file = as_csv(line(1, management_groups="C"), line(3, management_groups="A"))
    async with locked(database, "INSERT INTO management_groups (account_id, name) VALUES (1, 'B')"):
        edit = await begun(database, edits.set_groups(OPERATOR, ["L-2"], ["A", "B", "C"], create=True), 1)
        importing = await begun(database, FleetDesk(database).import_fleet(OPERATOR, file), 2)
    assert (await edit).created == {"groups": 3}
    with pytest.raises(Refused) as refused:
        await importing
    assert refused.value.refusals[0].code == "inventory_changed", "the edit added them first"
    await FleetDesk(database).import_fleet(OPERATOR, file)


async def person(database: Database) -> DataDesks:
    """An employee with a SIM who is a user and a contact, too."""
    desks = await world(database, line(1), line(2), packs=(item(order_contact_email=ADDRESS),))
    await desks.users.create_user(OPERATOR, "Acme", "Employee 1", ADDRESS)
    return desks


async def test_an_erasure_and_an_import_that_renames_the_person(database: Database) -> None:
    desks = await person(database)
    renamed = as_csv(line(1, employee_name="Another name"))
    async with locked(database, f"SELECT FROM contacts WHERE email = '{ADDRESS}' FOR UPDATE"):
        erasing = await begun(database, erase(OPERATOR, database, ADDRESS), 1)
        importing = await begun(database, desks.fleet.import_fleet(OPERATOR, renamed), 2)
    assert (await erasing)["employees"] == 1
    await importing


async def test_an_erasure_of_a_person_who_is_given_another_sim_meanwhile(database: Database) -> None:
    desks = await person(database)
    edits = FleetEditDesk(database)
    renamed = as_csv(line(2, employee_name="Another name", employee_email=ADDRESS))
    async with locked(database, f"SELECT FROM contacts WHERE email = '{ADDRESS}' FOR UPDATE"):
        async with locked(database, f"SELECT FROM users WHERE email = '{ADDRESS}' FOR UPDATE"):
            erasing = await begun(database, erase(OPERATOR, database, ADDRESS), 1)
            await edits.set_employee(OPERATOR, ["L-2"], ADDRESS)
        importing = await begun(database, desks.fleet.import_fleet(OPERATOR, renamed), 2)
    await importing
    counts = await erasing
    assert (counts["employees"], counts["sims"]) == (1, 2)


async def test_an_erasure_and_an_edit_that_gives_the_person_their_sim(database: Database) -> None:
    await person(database)
    async with locked(database, f"SELECT FROM users WHERE email = '{ADDRESS}' FOR UPDATE"):
        erasing = await begun(database, erase(OPERATOR, database, ADDRESS), 1)
        editing = await begun(database, FleetEditDesk(database).set_employee(OPERATOR, ["L-1"], ADDRESS), 2)
    await erasing
    with pytest.raises(Refused, match="employee"):
        await editing


async def test_an_erasure_of_two_contacts_and_a_catalogue_that_renames_them(database: Database) -> None:
    """The last contact first in the file: its row would be changed first."""
    desks = await person(database)
    other = item("Other pack", distributor="Another", order_contact_email=ADDRESS)
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(other))
    file = as_csv(
        other | {"order_contact_name": "Renamed"},
        item(order_contact_email=ADDRESS, order_contact_name="Renamed"),
    )
    async with locked(database, "SELECT FROM contacts WHERE id = 1 FOR UPDATE"):
        erasing = await begun(database, erase(OPERATOR, database, ADDRESS), 1)
        importing = await begun(database, desks.catalogue.import_catalogue(OPERATOR, file), 2)
    assert (await erasing)["contacts"] == 2
    await importing


async def test_an_erasure_and_a_change_of_the_contacts_roles(database: Database) -> None:
    desks = await person(database)
    roles = "SELECT FROM contact_roles FOR UPDATE"
    async with locked(database, roles):
        editing = await begun(
            database,
            desks.contacts.edit_contact(
                OPERATOR, None, "C-1", add_roles=["esim_qr_code"], remove_roles=["order"]
            ),
            1,
        )
        erasing = await begun(database, erase(OPERATOR, database, ADDRESS), 2)
    await editing
    assert (await erasing)["contacts"] == 1
