"""Makes lines and their SIMs members of the groups that an imported file names, and of no others."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from store.staging import ids, prepare

# A table with one row for each name, before the groups are looked up: within one statement the planner does
# not know how many names a row has, and reads all groups of the account for each row.
_NAMED = """
CREATE TEMPORARY TABLE named_groups ON COMMIT DROP AS
SELECT wanted.line_id, wanted.subject, wanted.account_id, group_name
FROM wanted_fleet wanted
JOIN staged_fleet staged USING (line_no)
CROSS JOIN unnest(string_to_array(staged.group_names, ';')) AS group_name
"""
_MEMBERSHIPS = """
CREATE TEMPORARY TABLE wanted_groups ON COMMIT DROP AS
SELECT named.line_id, sim.id AS sim_id, management_groups.id AS group_id, named.account_id
FROM named_groups named
LEFT JOIN sims sim ON sim.holder = named.subject AND sim.state IN ('active', 'suspended')
JOIN management_groups
    ON management_groups.account_id = named.account_id AND management_groups.name = named.group_name
"""
_LINES_OUT = """
DELETE FROM line_groups member USING wanted_fleet wanted
WHERE member.line_id = wanted.line_id AND NOT EXISTS (
    SELECT FROM wanted_groups stay WHERE (stay.line_id, stay.group_id) = (member.line_id, member.group_id))
RETURNING member.line_id
"""
_LINES_IN = """
INSERT INTO line_groups (line_id, group_id, account_id)
SELECT line_id, group_id, account_id FROM wanted_groups
ON CONFLICT DO NOTHING RETURNING line_id
"""
_SIMS_OUT = """
DELETE FROM sim_groups member USING wanted_fleet wanted, sims sim
WHERE sim.holder = wanted.subject AND sim.state IN ('active', 'suspended') AND member.sim_id = sim.id
  AND NOT EXISTS (
    SELECT FROM wanted_groups stay WHERE (stay.sim_id, stay.group_id) = (member.sim_id, member.group_id))
RETURNING wanted.line_id
"""
_SIMS_IN = """
WITH added AS (
    INSERT INTO sim_groups (sim_id, group_id, account_id)
    SELECT sim_id, group_id, account_id FROM wanted_groups WHERE sim_id IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING sim_id)
SELECT lines.id FROM added JOIN sims ON sims.id = added.sim_id JOIN lines ON lines.subject = sims.holder
"""


async def become_members(connection: AsyncConnection, advance: Callable[[], None]) -> set[int]:
    """Set the groups of the lines in `wanted_fleet`, and of their SIMs; the ids of the lines that changed."""
    await prepare(connection, "named_groups", _NAMED)
    await prepare(connection, "wanted_groups", _MEMBERSHIPS)
    changed: set[int] = set()
    for statement in (_LINES_OUT, _LINES_IN, _SIMS_OUT, _SIMS_IN):
        changed |= await ids(connection, statement)
        advance()
    return changed
