"""Finds the rows of a fleet file that conflict with the inventory.

An import never moves a phone number or a SIM, never removes or replaces a SIM, and never reactivates a
discarded one (F21): only orders do that.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.imports import RowNotes
from store.fleet.tables import SIM_IN_PLACE
from store.row import STATUS_OPEN
from store.staging import keep_open

_COLUMNS = {
    "account_closed": "account",
    "number_elsewhere": "msisdn",
    "slot_taken": "slot",
    "iccid_discarded": "iccid",
    "iccid_temporary": "iccid",
    "iccid_elsewhere": "iccid",
    "kind_differs": "sim_type",
    "sim_open_order": "iccid",
    "sim_removed": "iccid",
    "sim_replaced": "iccid",
    "provider_open_order": "provider",
}

# FOR NO KEY UPDATE, so that rows with a foreign key to the lines can be written concurrently
_LOCK_LINES = """
SELECT id FROM subjects WHERE id IN (SELECT subject FROM lines JOIN staged_fleet USING (msisdn))
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_SIMS = """
SELECT sims.id FROM sims
WHERE iccid IN (SELECT iccid FROM staged_fleet)
   OR holder IN (SELECT subject FROM lines JOIN staged_fleet USING (msisdn))
ORDER BY sims.id FOR NO KEY UPDATE
"""
_FIND = f"""
SELECT line_no, codes FROM (
    SELECT staged.line_no, array_remove(ARRAY[
        CASE WHEN account.closed_at IS NOT NULL THEN 'account_closed' END,
        CASE WHEN (line.device_id, line.slot) IS DISTINCT FROM (device.id, staged.slot)
              AND line.id IS NOT NULL THEN 'number_elsewhere' END,
        CASE WHEN occupant.msisdn <> staged.msisdn THEN 'slot_taken' END,
        CASE WHEN known.state = 'discarded' THEN 'iccid_discarded'
             WHEN known.state = 'temporary' THEN 'iccid_temporary'
             WHEN known.account_id IS DISTINCT FROM account.id AND known.id IS NOT NULL
               OR travel.sim_id IS NOT NULL
               OR known.holder IS DISTINCT FROM line.subject AND known.holder IS NOT NULL
             THEN 'iccid_elsewhere'
             WHEN known.kind <> staged.kind THEN 'kind_differs' END,
        CASE WHEN staged.iccid IS NOT DISTINCT FROM in_place.iccid OR in_place.id IS NULL THEN NULL
             WHEN open_order.id IS NOT NULL THEN 'sim_open_order'
             WHEN staged.iccid IS NULL THEN 'sim_removed'
             ELSE 'sim_replaced' END,
        CASE WHEN open_order.id IS NOT NULL AND provider.id IS DISTINCT FROM line.provider_id
             THEN 'provider_open_order' END
    ], NULL) AS codes
    FROM staged_fleet staged
    LEFT JOIN accounts account ON account.name = staged.account
    LEFT JOIN devices device ON device.account_id = account.id AND device.name = staged.device
    LEFT JOIN providers provider ON lower(provider.name) = lower(staged.provider)
    LEFT JOIN lines line ON line.msisdn = staged.msisdn
    LEFT JOIN lines occupant ON occupant.device_id = device.id AND occupant.slot = staged.slot
    LEFT JOIN sims in_place ON in_place.holder = line.subject AND in_place.{SIM_IN_PLACE}
    LEFT JOIN sims known ON known.iccid = staged.iccid
    LEFT JOIN travel_stock travel ON travel.sim_id = known.id
    LEFT JOIN orders open_order ON open_order.subject = line.subject AND open_order.{STATUS_OPEN}
) AS found
WHERE codes <> '{{}}'
"""  # noqa: S608  statuses of our own


async def refuse_conflicts(connection: AsyncConnection) -> None:
    """Lock the lines and SIMs that the staged rows name, and raise `Refused` with every conflict."""
    await connection.execute(text(keep_open("staged_fleet")))
    await connection.execute(text(_LOCK_LINES))
    await connection.execute(text(_LOCK_SIMS))
    wrong = RowNotes()
    for line, codes in await connection.execute(text(_FIND)):
        for code in codes:
            wrong.add(line, _COLUMNS[code], Refusal.of(code))
    wrong.refuse()
