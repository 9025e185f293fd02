"""What a caller is shown of what happened: an account no diagnostics, and nothing of another account."""

import pytest

from models.people.callers import AllAccounts, OfAccount, OfDistributor, OfLink, Scope
from store import events
from store.codes import codes
from store.orders import views
from store.session import Database
from tests.builders import acknowledge, place, world

SCOPES = (OfAccount(1), OfDistributor(1, 1))
DIAGNOSTICS = ("order.held", "mail.failed", "mail.uncertain")


async def _scene(database: Database) -> str:
    """An order under way, with diagnostics about it and its eSIM, and another account's events about both."""
    await world(database)
    order = await place(database)
    await acknowledge(database, order)
    async with database.transaction() as connection:
        for name in DIAGNOSTICS:
            about = (order.order_id,) if name == "order.held" else (order.order_id, "sim:2")
            await events.append(connection, 1, about, "system", (name, {"error": "550 no such user"}))
        await events.append(connection, 1, ("sim:2",), "system", ("mail.uncertain", {"error": "421"}))
        await events.append(connection, 1, ("sim:2",), "user:1", ("qr.shown", {"version": 1}))
        await events.append(connection, 2, ("sim:2", order.order_id), "user:9", ("qr.shown", {"version": 9}))
    return order.order_id


@pytest.mark.covers("S5")
@pytest.mark.parametrize("scope", SCOPES, ids=["account", "provider desk"])
async def test_an_order_shows_an_account_no_diagnostics(database: Database, scope: Scope) -> None:
    order_id = await _scene(database)
    async with database.reading() as connection:
        seen = [event.type for event in (await views.order(connection, scope, order_id)).events]
        everything = [event.type for event in (await views.order(connection, AllAccounts(), order_id)).events]
    assert seen == ["order.submitted", "order.provider_processing", "esim.temporary_created"]
    assert everything == [*seen, *DIAGNOSTICS, "qr.shown"]


@pytest.mark.covers("S5")
@pytest.mark.parametrize("scope", [OfAccount(1), OfLink(1, 1, 2)], ids=["account", "link"])
async def test_the_history_of_a_code_shows_an_account_no_diagnostics(
    database: Database, scope: Scope
) -> None:
    await _scene(database)
    async with database.reading() as connection:
        seen = [event.data for event in (await codes.history(connection, scope, 2)).events]
        everything = [event.type for event in (await codes.history(connection, AllAccounts(), 2)).events]
    assert seen == [{"version": 1}]
    assert everything == ["mail.uncertain", "qr.shown", "qr.shown"]
