"""Edits the management groups of lines and their SIMs in place, in the caller's transaction (F63)."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.fleet.edits import GroupsMode
from models.people.callers import By
from store.fleet.edits import Chosen, record
from store.locks import keep_account_open

_CREATE = """
INSERT INTO management_groups (account_id, name)
SELECT :account, name FROM unnest(CAST(:names AS text[])) AS name
ORDER BY name
ON CONFLICT DO NOTHING RETURNING id
"""
# FOR KEY SHARE, as the memberships will have foreign keys to them
_FIND = """
SELECT id, name FROM management_groups
WHERE account_id = :account AND name = ANY(CAST(:names AS text[])) ORDER BY id FOR KEY SHARE
"""
_OUT = """
DELETE FROM {table} WHERE account_id = :account AND {member} = ANY(CAST(:members AS bigint[]))
  AND (group_id = ANY(CAST(:groups AS bigint[]))) <> :others
RETURNING {member}
"""
_IN = """
INSERT INTO {table} ({member}, group_id, account_id)
SELECT member, group_id, :account
FROM unnest(CAST(:members AS bigint[])) AS member CROSS JOIN unnest(CAST(:groups AS bigint[])) AS group_id
ON CONFLICT DO NOTHING RETURNING {member}
"""
_OF_LINES = {"table": "line_groups", "member": "line_id"}
_OF_SIMS = {"table": "sim_groups", "member": "sim_id"}


async def find_groups(
    connection: AsyncConnection, account_id: int, names: Sequence[str], *, create: bool
) -> tuple[list[int], int]:
    """The ids of the account's groups with these names, and how many of them were created.

    Raises `Refused`: `unknown_group` with the position of each that does not exist, unless `create`;
    `account_closed` if they would be created in a closed account.
    """
    known = {"account": account_id, "names": list(names)}
    made = len((await connection.execute(text(_CREATE), known)).all()) if create and names else 0
    if made:
        await keep_account_open(connection, account_id)
    found = {row.name: row.id for row in await connection.execute(text(_FIND), known)}
    unknown = [str(place) for place, name in enumerate(names, 1) if name not in found]
    if unknown:
        raise Refused.because("unknown_group", places=", ".join(unknown))
    return [found[name] for name in names], made


async def set_groups(
    connection: AsyncConnection, chosen: Chosen, group_ids: Sequence[int], mode: GroupsMode, by: By
) -> list[int]:
    """Change the groups of lines and their SIMs in place; return the lines that changed, or whose SIM did."""
    line_of = chosen.line_of
    values = {"account": chosen.account_id, "groups": list(group_ids), "others": mode is GroupsMode.SET}
    changed: set[int] = set()
    for names, members in ((_OF_LINES, chosen.line_ids), (_OF_SIMS, tuple(line_of))):
        touched: set[int] = set()
        known = {**values, "members": list(members)}
        if mode is not GroupsMode.ADD:
            touched |= set(await connection.scalars(text(_OUT.format(**names)), known))
        if mode is not GroupsMode.REMOVE:
            touched |= set(await connection.scalars(text(_IN.format(**names)), known))
        changed |= touched if names is _OF_LINES else {line_of[sim] for sim in touched}
    lines = sorted(changed)
    happened = ("line.groups_changed", {"mode": mode.value, "groups": list(group_ids)})
    await record(connection, chosen, lines, happened, by)
    return lines
