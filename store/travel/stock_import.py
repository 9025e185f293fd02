"""Imports eSIMs into the stock: all rows or none, each once (T37). Orders that wait for stock get it (T17).

Their profiles are locked before all codes and before anything is added, in the sequence of `store.locks`.
What takes long and needs no lock, encrypting and staging, is done before that.
"""

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.fleet.inventory import SimState
from models.imports import ImportReport, Progress, RowNotes, counted
from models.people.callers import By
from models.travel.stock_file import StockRow
from store import events
from store.codes import first_codes
from store.codes.first_codes import FirstCode, HasCode
from store.key_ring import KeyRing
from store.locks import keep_account_open
from store.staging import run, stage
from store.travel import stock
from store.travel.settling import Settled

_STAGED = {
    "line_no": "integer",
    "sim_id": "bigint",
    "iccid": "text",
    "profile": "integer",
    "provider": "text",
    "ends_on": "date",
}
_COLUMNS = {
    "iccid_discarded": "iccid",
    "iccid_temporary": "iccid",
    "iccid_in_stock": "iccid",
    "iccid_elsewhere": "iccid",
    "code_in_stock": "activation_code",
    "code_elsewhere": "activation_code",
}
_NEW_IDS = "SELECT nextval(pg_get_serial_sequence('sims', 'id')) FROM generate_series(1, :rows)"
_FIND = """
SELECT staged.line_no,
       CASE WHEN known.state = 'discarded' THEN 'iccid_discarded'
            WHEN known.account_id = :account AND known.state = 'temporary' THEN 'iccid_temporary'
            WHEN known.account_id = :account AND known.state = 'in_stock' THEN 'iccid_in_stock'
            ELSE 'iccid_elsewhere' END AS code
FROM staged_stock staged JOIN sims known USING (iccid)
"""
_ENDED = "SELECT line_no FROM staged_stock WHERE ends_on < (esim_now() AT TIME ZONE 'UTC')::date"
_NAMED = """
UPDATE staged_stock SET provider = accounts.name FROM accounts
WHERE staged_stock.provider IS NULL AND accounts.id = :account
"""
_PROVIDERS = """
INSERT INTO providers (name)
SELECT (array_agg(provider ORDER BY line_no))[1] FROM staged_stock staged
WHERE NOT EXISTS (SELECT FROM providers known WHERE lower(known.name) = lower(staged.provider))
GROUP BY lower(provider) ORDER BY min(line_no)
"""
_SIMS = """
INSERT INTO sims (id, account_id, iccid, kind, state, provider_id)
SELECT staged.sim_id, :account, staged.iccid, 'esim', 'in_stock', provider.id
FROM staged_stock staged JOIN providers provider ON lower(provider.name) = lower(staged.provider)
ORDER BY staged.line_no
"""
_STOCK = """
INSERT INTO travel_stock (sim_id, account_id, profile, ends_on)
SELECT sim_id, :account, profile, ends_on FROM staged_stock ORDER BY line_no
"""


async def import_stock(
    connection: AsyncConnection,
    keys: KeyRing,
    account_id: int,
    rows: Sequence[StockRow],
    by: By,
    *,
    progress: Progress | None = None,
) -> tuple[ImportReport, Settled]:
    """Add the eSIMs of these rows; what that leads to, once it is committed. Raises `Refused` if an ICCID or
    a code is known already.
    """
    await keep_account_open(connection, account_id)
    new = list((await connection.scalars(text(_NEW_IDS), {"rows": len(rows)})).all())
    by_sim = dict(zip(new, rows, strict=True))
    plain = {sim: (row.code, row.confirmation_code) for sim, row in by_sim.items()}
    codes = await asyncio.to_thread(first_codes.encrypted, keys, plain)
    await stage(connection, "staged_stock", _STAGED, (_staged(*each) for each in by_sim.items()))
    profiles = sorted({row.profile for row in rows})
    for profile in profiles:
        await stock.lock_profile(connection, account_id, profile)
    await _refuse_known(connection, account_id, by_sim, await first_codes.taken(connection, keys, codes))
    if progress is not None:
        progress("Writing", 1, 2)
    created = {"providers": await _add(connection, account_id, codes, by)}
    settled = await _reserve(connection, account_id, profiles)
    await _record(connection, account_id, by_sim, by)
    odd = RowNotes()
    for line in (await connection.scalars(text(_ENDED))).all():
        odd.add(line, "ends_on", Refusal.of("esim_ended"))
    created |= {"eSIMs": len(rows)}
    report = ImportReport(rows=len(rows), created=counted(created), warnings=odd.warnings())
    return report, settled


async def _refuse_known(
    connection: AsyncConnection, account_id: int, rows: Mapping[int, StockRow], taken: Mapping[int, HasCode]
) -> None:
    wrong = RowNotes()
    for line, code in await connection.execute(text(_FIND), {"account": account_id}):
        wrong.add(line, _COLUMNS[code], Refusal.of(code))
    for sim_id, has in taken.items():
        in_stock = has.account_id == account_id and has.state is SimState.IN_STOCK
        code = "code_in_stock" if in_stock else "code_elsewhere"
        wrong.add(rows[sim_id].line, _COLUMNS[code], Refusal.of(code))
    wrong.refuse()


async def _add(connection: AsyncConnection, account_id: int, codes: Sequence[FirstCode], by: By) -> int:
    """Add SIMs with their codes; how many providers are new."""
    await run(connection, _NAMED, account=account_id)
    providers = await run(connection, _PROVIDERS)
    await run(connection, _SIMS, account=account_id)
    await first_codes.add(connection, account_id, codes, by.actor)
    return providers


async def _reserve(connection: AsyncConnection, account_id: int, profiles: Sequence[int]) -> Settled:
    """The eSIMs arrive in stock, for the orders that wait for them. The profiles are locked."""
    await run(connection, _STOCK, account=account_id)
    each = [await stock.changed(connection, account_id, profile) for profile in profiles]
    return Settled(
        tuple(order_id for settled in each for order_id in settled.served),
        tuple(notice_id for settled in each for notice_id in settled.alerts),
    )


async def _record(connection: AsyncConnection, account_id: int, rows: Mapping[int, StockRow], by: By) -> None:
    happenings = [
        ((f"stock:{row.profile}",), ("stock.added", {"sim": sim_id, "profile": row.profile}))
        for sim_id, row in rows.items()
    ]
    await events.append_each(connection, account_id, by.actor, happenings, origin_id=by.origin_id)


def _staged(sim_id: int, row: StockRow) -> tuple[object, ...]:
    return (row.line, sim_id, row.iccid, row.profile, row.provider, row.ends_on)
