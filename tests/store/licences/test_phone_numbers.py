"""A deleted number leaves its phone number to others; while another number has it, it is not recovered."""

import asyncio

import pytest
from sqlalchemy import text

from models.errors import NotFound, Refused
from models.licences.changes import ChangeResult
from models.licences.numbers import Change
from models.people.callers import AllAccounts, OfAccount, Scope
from starter.licences.book import NumberBook
from store.licences.lookups import find_number
from store.session import Database
from tests.builders import OPERATOR, as_csv, empty_slot, run
from tests.licences_world import add_agent, add_number, licences_world, number_msisdn
from tests.starter.licences.files import unused
from tests.store.licences.number_ways import KEPT, change
from tests.temporal_server import eventually

BOLT = "Bolt"
WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def deleted(database: Database) -> int:
    """A number of Acme that was deleted just now; there is an account Bolt, too."""
    desks = await licences_world(database)
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(9, account=BOLT)))
    number = await add_number(database, 1, await add_agent(database))
    assert (await change(database, number, Change.DELETE)).changed
    return number


async def imported(database: Database, **row: object) -> dict[str, int]:
    return (await NumberBook(database, KEPT).import_numbers(OPERATOR, as_csv(unused(1, **row)))).created


async def named(database: Database, account: str | None = None) -> int:
    """The number that the phone number means to this account, or to the operator."""
    async with database.reading() as connection:
        scope: Scope = AllAccounts()
        if account is not None:
            (row,) = await run(database, "SELECT id FROM accounts WHERE name = :name", name=account)
            scope = OfAccount(row.id)
        return (await find_number(connection, scope, number_msisdn(1))).id


@pytest.mark.covers("L13")
async def test_another_account_has_the_phone_number_at_once(database: Database, deleted: int) -> None:
    with pytest.raises(NotFound):
        await named(database, BOLT)
    assert (await imported(database, account=BOLT))["numbers"] == 1
    other = await named(database, BOLT)
    assert (await named(database), await named(database, "Acme")) == (other, deleted)
    (refusal,) = (await change(database, deleted, Change.RECOVER)).refusals
    assert (refusal.code, refusal.parameters) == ("number_taken", {}), "it does not say whose it is"
    await run(database, "UPDATE numbers SET deleted_at = now() WHERE id = :id", id=other)
    assert (await change(database, deleted, Change.RECOVER)).changed
    assert await named(database) == deleted


@pytest.mark.covers("L13")
async def test_the_account_itself_recovers_it_or_adds_it_again_once_that_is_too_late(
    database: Database, deleted: int
) -> None:
    with pytest.raises(Refused, match="recover the number"):
        await imported(database)
    await run(database, "UPDATE numbers SET deleted_at = now() - interval '31 days'")
    assert (await imported(database))["numbers"] == 1
    new = await named(database, "Acme")
    assert new != deleted
    assert (await imported(database)) == {}, "a repeat changes nothing"
    (refusal,) = (await change(database, deleted, Change.RECOVER)).refusals
    assert refusal.code == "number_gone"
    assert (await change(database, new, Change.DELETE)).changed
    assert await named(database, "Acme") == new, "the one that was deleted last"


@pytest.mark.covers("L13")
async def test_of_two_deleted_numbers_one_is_recovered(database: Database, deleted: int) -> None:
    """Both are recovered at the same moment, behind a lock."""
    other = await add_number(database, 1, msisdn=number_msisdn(1))
    assert (await change(database, other, Change.DELETE)).changed
    async with database.transaction() as connection:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended(:phone, 0))"
        await connection.execute(text(lock), {"phone": number_msisdn(1)})
        calls = [asyncio.create_task(change(database, number, Change.RECOVER)) for number in (deleted, other)]
        await eventually(lambda: run(database, WAITING), lambda rows: rows[0].waiting == 2)
    answers: list[ChangeResult] = await asyncio.gather(*calls)
    assert sorted(answer.changed for answer in answers) == [False, True]
    (lost,) = [answer for answer in answers if answer.refusals]
    assert [refusal.code for refusal in lost.refusals] == ["number_taken"]
