"""Watches a database while orders ask for eSIMs: none passes an earlier one, none waits beside free stock."""

import asyncio

from store.session import Database
from tests.builders import run

_NOTE_PASSED = """
CREATE FUNCTION note_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO passed
    SELECT was.order_id, waits.order_id
    FROM old_rows was JOIN new_rows served USING (order_id)
    JOIN travel_stock ON travel_stock.order_id = served.order_id
    JOIN travel_orders waits ON waits.account_id = was.account_id AND waits.profile = was.profile
    WHERE was.waiting_since IS NOT NULL AND served.waiting_since IS NULL
      AND waits.waiting_since IS NOT NULL AND (waits.asked_at, waits.order_id) < (was.asked_at, was.order_id);
    RETURN NULL;
END $$
"""
_ON_EACH = """
CREATE TRIGGER none_is_passed AFTER UPDATE ON travel_orders
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_passed()
"""
BESIDE = """
SELECT (SELECT count(*) FROM travel_orders WHERE waiting_since IS NOT NULL) AS waiting,
       (SELECT count(*) FROM travel_stock WHERE order_id IS NULL) AS free
"""
PASSED = "SELECT * FROM passed"
GIVEN = """
SELECT sims.id, lines.order_id FROM sims JOIN esim_lines lines ON lines.subject = sims.holder
JOIN travel_stock stock ON stock.sim_id = sims.id AND stock.order_id = lines.order_id
JOIN plan_assignments plans ON plans.esim_line_id = lines.id AND plans.order_id = lines.order_id
WHERE sims.state = 'active'
"""
"""The eSIMs on lines, with the orders that they were reserved for and whose plans they carry."""


async def watch_passing(database: Database) -> None:
    """Have the database note every order that is served before one that asked earlier."""
    await run(database, "CREATE TABLE passed (served varchar, waits varchar)")
    await run(database, _NOTE_PASSED)
    await run(database, _ON_EACH)


async def never_beside(database: Database, over: asyncio.Event, pause: float = 0) -> int:
    """How often the stock was looked at; fails if an order waits beside a free eSIM."""
    looks = 0
    while not over.is_set():
        (seen,) = await run(database, BESIDE)
        assert 0 in (seen.waiting, seen.free), (seen.waiting, seen.free)
        looks += 1
        await asyncio.sleep(pause)
    return looks
