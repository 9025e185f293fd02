"""Whose turn it is to be delivered to: slow receivers of some accounts do not delay the others (A11)."""

from collections import Counter
from itertools import pairwise

import pytest

from store.operations import webhook_deliveries, webhook_relay
from store.operations.webhook_relay import DueWebhook
from store.session import Database
from tests.builders import run, world

pytestmark = pytest.mark.covers("A11")
MOST = 30
_WEBHOOKS = """
INSERT INTO webhooks (account_id, url, types, secret, epoch, xid, event_id, created_by, served_at)
SELECT account, 'https://shop.example/', '{}', '', 0, '0', 0, 'operator', esim_now() - interval '1 hour'
FROM generate_series(1, :accounts) account, generate_series(1, :each) n ORDER BY account
"""
_EVENTS = """
INSERT INTO events (account_id, about, type, actor, audience, data)
SELECT account, ARRAY['line:1'], 'line.groups_changed', 'operator', 'account', '{}'
FROM generate_series(1, :accounts) account
"""


async def _accounts(database: Database, accounts: int, each: int) -> None:
    """So many accounts with so many endpoints each, with something due for all."""
    await world(database)
    await run(
        database, "INSERT INTO accounts (name) SELECT 'Firm ' || n FROM generate_series(2, :n) n", n=accounts
    )
    await run(database, _WEBHOOKS, accounts=accounts, each=each)
    await run(database, _EVENTS, accounts=accounts)


async def _claim(database: Database) -> list[DueWebhook]:
    async with database.transaction() as connection:
        return await webhook_relay.claim(connection, MOST)


async def _minute(database: Database, which: str = "true") -> None:
    """Let a minute pass, after which the receivers still do not answer."""
    await run(
        database,
        "UPDATE webhooks SET woken_until = woken_until - interval '61 s',"
        f" served_at = served_at - interval '61 s' WHERE {which}",
    )


def _turns(claimed: list[DueWebhook]) -> Counter[int]:
    return Counter(one.account_id for one in claimed)


async def test_two_accounts_with_many_slow_receivers_do_not_delay_a_third(database: Database) -> None:
    await _accounts(database, 3, 20)
    await run(
        database,
        "UPDATE webhooks SET disabled_at = esim_now(), disabled_for = 'asked',"
        " notified_at = esim_now() WHERE account_id = 3",
    )
    assert _turns(await _claim(database)) == {1: 10, 2: 10}
    assert await _claim(database) == [], "as many stay free as each of them has"

    await run(database, "UPDATE webhooks SET disabled_at = NULL, disabled_for = NULL WHERE account_id = 3")
    assert _turns(await _claim(database)) == {3: 5}


async def test_an_account_alone_leaves_half_of_all_turns_free(database: Database) -> None:
    await _accounts(database, 1, 40)
    assert _turns(await _claim(database)) == {1: 15}


async def test_an_account_without_a_turn_waits_for_one_that_ends_and_not_longer(database: Database) -> None:
    await _accounts(database, 31, 20)
    first = _turns(await _claim(database))
    assert first == dict.fromkeys(first, 1), "30 accounts have one each"
    (last,) = set(range(1, 32)) - set(first)
    assert await _claim(database) == []

    await _minute(database, "account_id = 7")
    assert _turns(await _claim(database)) == {last: 1}, "though the other has 19 that were never served"


async def test_all_of_many_accounts_and_all_endpoints_of_each_have_their_turn(database: Database) -> None:
    await _accounts(database, 45, 3)
    rounds = []
    for _ in range(9):
        rounds.append(await _claim(database))
        await _minute(database)
    for first, second in pairwise(rounds):
        assert set(_turns(first + second)) == set(range(1, 46)), "each within two turns"
    assert len({one.id for each in rounds for one in each}) == 45 * 3


async def test_a_turn_is_counted_until_it_ends_and_nothing_prolongs_it(database: Database) -> None:
    await _accounts(database, 1, 1)
    assert await _claim(database)
    await _minute(database)
    async with database.transaction() as connection:
        found = await webhook_deliveries.find_endpoint(connection, 1)
    assert found is not None
    assert found.turn is None, "a step that is retried has no turn"
    assert _turns(await _claim(database)) == {1: 1}


async def test_what_is_disabled_takes_no_turn_from_others(database: Database) -> None:
    await _accounts(database, 31, 1)
    await run(
        database,
        "UPDATE webhooks SET disabled_at = esim_now(), disabled_for = 'gone',"
        " woken_until = esim_now() + interval '10 min' WHERE account_id > 1",
    )
    assert _turns(await _claim(database)) == {1: 1}


async def test_a_row_that_is_being_changed_delays_no_other_endpoint(database: Database) -> None:
    await _accounts(database, 2, 1)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("SELECT 1 FROM webhooks WHERE account_id = 1 FOR UPDATE")
        assert _turns(await _claim(database)) == {2: 1}
    assert _turns(await _claim(database)) == {1: 1}
