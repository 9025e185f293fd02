"""Imports a file of numbers and their agents: all rows or none, idempotently.

The file is the source of truth for the line type, provider and distributor of its numbers, and for what it
says about agents. It never changes who uses a number that has an agent, which ends the eSIM: a person decides
that for each number (L15). Nor does it recover a deleted number. Once that cannot be recovered any more, its
phone number is added as a new number; in another account it is at once.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.identifiers import reference
from models.imports import ImportReport, Progress, RowNote, RowNotes, counted
from models.licences.file import NumberRow
from models.people.callers import By
from store import events
from store.fleet.tables import SIM_IN_PLACE
from store.row import STATUS_OPEN
from store.staging import ids, keep_open, prepare, run, stage

_STAGED = {
    "line_no": "integer",
    "account": "text",
    "msisdn": "text",
    "line_type": "text",
    "provider": "text",
    "distributor": "text",
    "agent": "text",
    "email": "text",
    "language": "text",
    "eid": "text",
    "supports": "boolean",
}
_COLUMNS = {
    "unknown_account": "account",
    "account_closed": "account",
    "number_of_other_account": "msisdn",
    "number_not_recovered": "msisdn",
    "number_served": "msisdn",
    "number_other_agent": "agent_name",
    "agent_deactivated": "agent_name",
}
_OF_STAGED = "agents.account_id = account.id AND lower(agents.email) = lower(staged.email)"
_LOCK_NUMBERS = """
SELECT id FROM subjects WHERE id IN (SELECT subject FROM numbers JOIN staged_numbers USING (msisdn))
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_AGENTS = """
SELECT id FROM agents
WHERE id IN (SELECT agent_id FROM numbers JOIN staged_numbers USING (msisdn))
   OR (account_id, lower(email)) IN (
    SELECT account.id, lower(staged.email)
    FROM staged_numbers staged JOIN accounts account ON account.name = staged.account)
ORDER BY id FOR NO KEY UPDATE
"""
_FIND = f"""
SELECT line_no, codes FROM (
    SELECT staged.line_no, array_remove(ARRAY[
        CASE WHEN account.id IS NULL THEN 'unknown_account'
             WHEN account.closed_at IS NOT NULL THEN 'account_closed' END,
        CASE WHEN known.account_id <> account.id THEN 'number_of_other_account'
             WHEN known.deleted_at IS NOT NULL THEN 'number_not_recovered'
             WHEN (sim.id IS NOT NULL OR open_order.id IS NOT NULL)
              AND ((lower(provider.name), lower(distributor.name))
                   IS DISTINCT FROM (lower(staged.provider), lower(staged.distributor))
                   OR staged.line_type = 'shared' AND known.line_type = 'direct')
             THEN 'number_served' END,
        CASE WHEN known.account_id = account.id AND user_now.id IS NOT NULL
              AND CASE WHEN staged.email IS NULL THEN user_now.name IS DISTINCT FROM staged.agent
                       ELSE lower(user_now.email) IS DISTINCT FROM lower(staged.email) END
             THEN 'number_other_agent'
             WHEN agents.deactivated_at IS NOT NULL THEN 'agent_deactivated' END
    ], NULL) AS codes
    FROM staged_numbers staged
    LEFT JOIN accounts account ON account.name = staged.account
    LEFT JOIN LATERAL (
        SELECT * FROM numbers one
        WHERE one.msisdn = staged.msisdn
          AND (one.deleted_at IS NULL
               OR one.account_id = account.id AND one.deleted_at > esim_now() - CAST(:kept AS interval))
        ORDER BY one.deleted_at DESC LIMIT 1) AS known ON true
    LEFT JOIN providers provider ON provider.id = known.provider_id
    LEFT JOIN distributors distributor ON distributor.id = known.distributor_id
    LEFT JOIN agents user_now ON user_now.id = known.agent_id
    LEFT JOIN agents ON {_OF_STAGED}
    LEFT JOIN sims sim ON sim.holder = known.subject AND sim.{SIM_IN_PLACE}
    LEFT JOIN orders open_order ON open_order.subject = known.subject AND open_order.{STATUS_OPEN}
) AS found
WHERE codes <> '{{}}'
"""  # noqa: S608  statuses of our own
# New names get the first spelling in the file and its sequence.
_PROVIDERS = """
INSERT INTO providers (name)
SELECT (array_agg(provider ORDER BY line_no))[1] FROM staged_numbers staged
WHERE NOT EXISTS (SELECT FROM providers known WHERE lower(known.name) = lower(staged.provider))
GROUP BY lower(provider) ORDER BY min(line_no)
"""
_DISTRIBUTORS = """
INSERT INTO distributors (account_id, name)
SELECT account.id, (array_agg(distributor ORDER BY line_no))[1]
FROM staged_numbers staged JOIN accounts account ON account.name = staged.account
WHERE NOT EXISTS (
    SELECT FROM distributors known
    WHERE known.account_id = account.id AND lower(known.name) = lower(staged.distributor))
GROUP BY account.id, lower(distributor) ORDER BY min(line_no)
"""
_AGENTS = f"""
INSERT INTO agents (account_id, name, email, language, eid, phone_confirmed_at)
SELECT account.id, min(agent), min(staged.email), min(staged.language), min(staged.eid),
       CASE WHEN bool_or(staged.supports) THEN esim_now() END
FROM staged_numbers staged JOIN accounts account ON account.name = staged.account
LEFT JOIN numbers known ON known.msisdn = staged.msisdn AND known.deleted_at IS NULL
WHERE agent IS NOT NULL AND known.agent_id IS NULL
  AND NOT EXISTS (SELECT FROM agents WHERE {_OF_STAGED})
  AND NOT EXISTS (
    SELECT FROM agents WHERE staged.email IS NULL AND agents.account_id = account.id
    AND agents.email IS NULL AND agents.name = staged.agent AND agents.deactivated_at IS NULL)
GROUP BY account.id, coalesce(lower(staged.email), ''), CASE WHEN staged.email IS NULL THEN agent END
ORDER BY min(line_no)
RETURNING id
"""  # noqa: S608  conditions of our own
_WANTED = f"""
CREATE TEMPORARY TABLE wanted_numbers ON COMMIT DROP AS
SELECT staged.*, account.id AS account_id, provider.id AS provider_id, distributor.id AS distributor_id,
       coalesce(known.agent_id, agents.id, by_name.id) AS agent_id
FROM staged_numbers staged
JOIN accounts account ON account.name = staged.account
JOIN providers provider ON lower(provider.name) = lower(staged.provider)
JOIN distributors distributor
    ON distributor.account_id = account.id AND lower(distributor.name) = lower(staged.distributor)
LEFT JOIN numbers known ON known.msisdn = staged.msisdn AND known.deleted_at IS NULL
LEFT JOIN agents ON {_OF_STAGED}
LEFT JOIN LATERAL (
    SELECT min(id) AS id FROM agents one
    WHERE staged.email IS NULL AND one.account_id = account.id AND one.email IS NULL
      AND one.name = staged.agent AND one.deactivated_at IS NULL) AS by_name ON true
"""  # noqa: S608
_AGENTS_RENAMED = """
SELECT min(wanted.line_no), agents.id FROM wanted_numbers wanted JOIN agents ON agents.id = wanted.agent_id
WHERE wanted.agent IS NOT NULL
GROUP BY agents.id HAVING agents.name <> min(wanted.agent)
"""
_AGENTS_CHANGED = """
UPDATE agents SET name = said.agent, language = said.language, eid = said.eid,
       phone_confirmed_at = CASE WHEN said.supports THEN coalesce(agents.phone_confirmed_at, esim_now()) END
FROM (
    SELECT agents.id, min(wanted.agent) AS agent,
           coalesce(min(wanted.language), agents.language) AS language,
           coalesce(min(wanted.eid), agents.eid) AS eid,
           coalesce(bool_or(wanted.supports), agents.phone_confirmed_at IS NOT NULL) AS supports
    FROM wanted_numbers wanted JOIN agents ON agents.id = wanted.agent_id
    WHERE wanted.agent IS NOT NULL
    GROUP BY agents.id) AS said
WHERE agents.id = said.id
  AND (agents.name, agents.language, agents.eid, agents.phone_confirmed_at IS NOT NULL)
      IS DISTINCT FROM (said.agent, said.language, said.eid, said.supports)
RETURNING agents.id
"""
_NUMBERS_CHANGED = """
UPDATE numbers SET line_type = wanted.line_type, provider_id = wanted.provider_id,
       distributor_id = wanted.distributor_id, agent_id = wanted.agent_id
FROM wanted_numbers wanted
WHERE numbers.msisdn = wanted.msisdn AND numbers.deleted_at IS NULL
  AND (numbers.line_type, numbers.provider_id, numbers.distributor_id, numbers.agent_id)
      IS DISTINCT FROM (wanted.line_type, wanted.provider_id, wanted.distributor_id, wanted.agent_id)
RETURNING numbers.id
"""
_NUMBERS = """
INSERT INTO numbers (account_id, msisdn, line_type, provider_id, distributor_id, agent_id)
SELECT account_id, msisdn, line_type, provider_id, distributor_id, agent_id
FROM wanted_numbers wanted
WHERE NOT EXISTS (
    SELECT FROM numbers known WHERE known.msisdn = wanted.msisdn AND known.deleted_at IS NULL)
ORDER BY line_no
RETURNING id
"""
_ACCOUNTS_OF = "SELECT id, account_id FROM {table} WHERE id = ANY(:ids) ORDER BY id"


async def import_numbers(
    connection: AsyncConnection,
    rows: Sequence[NumberRow],
    by: By,
    kept: timedelta,
    progress: Progress | None = None,
) -> ImportReport:
    """Make the numbers match the rows. Raises `Refused` if they conflict with what is known. `kept`: how long
    a deleted number can be recovered.
    """
    await stage(connection, "staged_numbers", _STAGED, map(_staged, rows))
    await _refuse_conflicts(connection, kept)
    if progress is not None:
        progress("Writing", 1, 2)
    created = {
        "providers": await run(connection, _PROVIDERS),
        "distributors": await run(connection, _DISTRIBUTORS),
    }
    new_agents = await ids(connection, _AGENTS)
    await prepare(connection, "wanted_numbers", _WANTED)
    renamed = (await connection.execute(text(_AGENTS_RENAMED))).all()
    agents = await ids(connection, _AGENTS_CHANGED)
    changed = await ids(connection, _NUMBERS_CHANGED)
    new = await ids(connection, _NUMBERS)
    for table, kind, found in (
        ("agents", "agent.created", new_agents),
        ("agents", "agent.changed", agents),
        ("numbers", "number.added", new),
        ("numbers", "number.edited", changed),
    ):
        await _record(connection, table, kind, found, by)
    created |= {"numbers": len(new), "agents": len(new_agents)}
    changes = {"numbers": len(changed), "agents": len(agents) - len(renamed), "renamed_agents": len(renamed)}
    return ImportReport(
        rows=len(rows), created=counted(created), changed=counted(changes), warnings=_warnings(renamed)
    )


def _warnings(renamed: Iterable[Any]) -> tuple[RowNote, ...]:
    """The agents who are known by another name from now on, each at the first row of the new name."""
    notes = RowNotes()
    for line, agent_id in renamed:
        notes.add(line, "agent_name", Refusal.of("agent_renamed", agent=reference("AG", agent_id)))
    return notes.warnings()


async def _refuse_conflicts(connection: AsyncConnection, kept: timedelta) -> None:
    """Lock the accounts, numbers and agents of the staged rows; raise `Refused` with every conflict. Deleted
    numbers are locked, too: none of them is recovered meanwhile.
    """
    await connection.execute(text(keep_open("staged_numbers")))
    await connection.execute(text(_LOCK_NUMBERS))
    await connection.execute(text(_LOCK_AGENTS))  # none of them is deactivated meanwhile
    wrong = RowNotes()
    for line, codes in await connection.execute(text(_FIND), {"kept": kept}):
        for code in codes:
            wrong.add(line, _COLUMNS[code], Refusal.of(code))
    wrong.refuse()


async def _record(connection: AsyncConnection, table: str, kind: str, found: Iterable[int], by: By) -> None:
    """Append an event for each record, within its account."""
    statement = text(_ACCOUNTS_OF.format(table=table))
    one = table.removesuffix("s")
    each: dict[int, list[tuple[tuple[str, ...], events.Happening]]] = {}
    for record_id, account_id in await connection.execute(statement, {"ids": sorted(found)}):
        each.setdefault(account_id, []).append(((f"{one}:{record_id}",), (kind, {one: record_id})))
    for account_id, happenings in each.items():
        await events.append_each(connection, account_id, by.actor, happenings, origin_id=by.origin_id)


def _staged(row: NumberRow) -> tuple[object, ...]:
    return (
        row.line,
        row.account,
        row.msisdn,
        row.line_type,
        row.provider,
        row.distributor,
        row.agent_name,
        row.agent_email,
        row.agent_language,
        row.agent_eid,
        row.phone_supports_esim,
    )
