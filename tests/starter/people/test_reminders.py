"""An account's own reminder schedule and sender: from when on they hold, and for what."""

from datetime import timedelta

import pytest

from models.people.callers import AllAccounts
from models.people.reminders import AccountReminders
from settings import Settings
from starter.operations.restart_kinds import RESTARTS, order_timeouts, request_timeouts
from starter.orders.waits_for import waits_for
from starter.people.accounts import AccountDesk
from store.orders import views
from store.people import reminder_schedules
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, line, place, run, world
from tests.starter.people.test_profiles import refusal

DAYS = {"acknowledgement_days": 5, "processing_days": None, "reminders": 1, "qr_code_days": 4}


async def _in_the_past(database: Database) -> None:
    """What was placed and chosen so far was so a day ago."""
    for table, column in (("orders", "placed_at"), ("reminder_schedules", "since")):
        await run(database, f"UPDATE {table} SET {column} = {column} - interval '1 day' RETURNING 1")


@pytest.mark.covers("P11")
async def test_a_schedule_holds_for_what_is_placed_from_then_on(database: Database) -> None:
    await world(database, line(1), line(2), line(3))
    accounts, settings = AccountDesk(database), Settings()
    before = await place(database, 1)
    await _in_the_past(database)
    assert await accounts.reminders(OPERATOR, ACCOUNT) == AccountReminders()
    chosen = await accounts.set_reminders(OPERATOR, ACCOUNT, DAYS)
    await accounts.set_reminders(OPERATOR, ACCOUNT, DAYS)
    assert await accounts.reminders(OPERATOR, ACCOUNT) == chosen
    assert len(await run(database, "SELECT 1 FROM reminder_schedules")) == 1, "the same is chosen once"
    since = await place(database, 2)
    await _in_the_past(database)
    await accounts.set_reminders(OPERATOR, ACCOUNT, {})
    after = await place(database, 3)
    restarted = {}
    for order in (before, since, after):
        async with database.reading() as connection:
            start = await RESTARTS["order"].message(connection, order.order_id, settings)
            shown = await views.order(connection, AllAccounts(), order.order_id)
        assert start is not None
        waits = waits_for(shown, settings)
        assert waits is not None
        assert waits.until is not None
        restarted[order.order_id] = (start.timeouts, waits.until - shown.status_since)
    usual = order_timeouts(settings)
    held = usual.acknowledgement_reminder_after * (usual.reminders + 1)
    assert restarted[before.order_id] == restarted[after.order_id] == (usual, held)
    timeouts, until = restarted[since.order_id]
    assert timeouts.acknowledgement_reminder_after == timedelta(days=5)
    assert (timeouts.processing_reminder_after, timeouts.reminders) == (usual.processing_reminder_after, 1)
    assert until == timedelta(days=10)


async def test_requests_for_codes_have_their_part_of_it(database: Database) -> None:
    await world(database)
    await AccountDesk(database).set_reminders(OPERATOR, ACCOUNT, DAYS)
    async with database.reading() as connection:
        chosen = await reminder_schedules.read(connection, 1)
    asked = request_timeouts(Settings(), chosen)
    assert asked.reminder_after == timedelta(days=4)
    assert asked.reminders == Settings().qr_reminders


async def test_a_schedule_that_makes_no_sense_is_refused(database: Database) -> None:
    await world(database)
    accounts = AccountDesk(database)
    for wrong in ({"qr_code_days": 0}, {"qr_code_days": 61}, {"reminders": 21}, {"reminders": -1}):
        assert await refusal(accounts.set_reminders(OPERATOR, ACCOUNT, wrong)) == "reminders_invalid"
    for name in ("Acme <a@b.example>", "boss@bank.example"):
        assert await refusal(accounts.edit(OPERATOR, ACCOUNT, sender_name=name)) == "sender_name_invalid"
    assert await refusal(accounts.edit(OPERATOR, ACCOUNT, sender_name="a\nb")) == "name_invalid"
    assert await accounts.reminders(OPERATOR, ACCOUNT) == AccountReminders()
