"""Imports a fleet file (devices, lines, SIMs, employees and groups): all rows or none, idempotently.

The file is the source of truth for its lines: their provider, and the distributor, employee and groups of
their SIMs become those of the file. Rows that are equal already are not written, so a second import of the
file changes nothing.
"""

from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.file import GROUP_SEPARATOR, FleetFile, FleetRow
from models.imports import ImportReport, Progress, counted
from models.language import Language
from models.people.api_keys import Mode
from models.people.callers import OPERATOR, By
from store.fleet import grid_later
from store.fleet.conflicts import refuse_conflicts
from store.fleet.file_groups import become_members
from store.people.accounts import record
from store.people.profiles import add_default_profiles
from store.staging import ids, prepare, run, stage

_STAGED = {
    "line_no": "integer",
    "account": "text",
    "device": "text",
    "slot": "bigint",
    "msisdn": "text",
    "provider": "text",
    "kind": "text",
    "iccid": "text",
    "distributor": "text",
    "employee": "text",
    "email": "text",
    "group_names": "text",
    "language": "text",
}

# New names get the first spelling in the file and its sequence; groups are added by name, see store.locks.
_ACCOUNTS = """
INSERT INTO accounts (name, language, mode)
SELECT account, :language, :mode FROM staged_fleet staged
WHERE NOT EXISTS (SELECT FROM accounts known WHERE known.name = staged.account)
GROUP BY account ORDER BY min(line_no)
RETURNING id
"""
_PROVIDERS = """
INSERT INTO providers (name)
SELECT (array_agg(provider ORDER BY line_no))[1] FROM staged_fleet staged
WHERE NOT EXISTS (SELECT FROM providers known WHERE lower(known.name) = lower(staged.provider))
GROUP BY lower(provider) ORDER BY min(line_no)
"""
_DISTRIBUTORS = """
INSERT INTO distributors (account_id, name)
SELECT account.id, (array_agg(distributor ORDER BY line_no))[1]
FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
WHERE distributor IS NOT NULL AND iccid IS NOT NULL AND NOT EXISTS (
    SELECT FROM distributors known
    WHERE known.account_id = account.id AND lower(known.name) = lower(staged.distributor))
GROUP BY account.id, lower(distributor) ORDER BY min(line_no)
"""
_DEVICES = """
INSERT INTO devices (account_id, name)
SELECT account.id, device FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
WHERE NOT EXISTS (
    SELECT FROM devices known WHERE known.account_id = account.id AND known.name = staged.device)
GROUP BY account.id, device ORDER BY min(line_no)
"""
_GROUPS = """
INSERT INTO management_groups (account_id, name)
SELECT account.id, group_name
FROM staged_fleet staged
JOIN accounts account ON account.name = staged.account
CROSS JOIN unnest(string_to_array(group_names, ';')) AS group_name
WHERE NOT EXISTS (
    SELECT FROM management_groups known WHERE known.account_id = account.id AND known.name = group_name)
GROUP BY account.id, group_name ORDER BY account.id, group_name
"""
# by id, as an erasure does: the updates would lock them in an arbitrary sequence
_LOCK_EMPLOYEES = """
SELECT employees.id FROM employees
WHERE (account_id, lower(email)) IN (
    SELECT account.id, lower(staged.email)
    FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
    WHERE staged.email IS NOT NULL)
   OR email IS NULL AND (account_id, name) IN (
    SELECT account.id, staged.employee
    FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
    WHERE staged.email IS NULL AND staged.employee IS NOT NULL)
ORDER BY employees.id FOR NO KEY UPDATE OF employees
"""
_EMPLOYEES_RENAMED = """
UPDATE employees SET name = staged.employee
FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
WHERE employees.account_id = account.id AND lower(employees.email) = lower(staged.email)
  AND staged.iccid IS NOT NULL AND employees.name <> staged.employee
RETURNING employees.id
"""
_EMPLOYEE_LANGUAGES = """
UPDATE employees SET language = staged.language
FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
WHERE employees.account_id = account.id
  AND coalesce(lower(employees.email), '') = coalesce(lower(staged.email), '')
  AND (CASE WHEN employees.email IS NULL THEN employees.name ELSE '' END)
    = (CASE WHEN staged.email IS NULL THEN staged.employee ELSE '' END)
  AND staged.iccid IS NOT NULL AND staged.language IS NOT NULL
  AND employees.language IS DISTINCT FROM staged.language
RETURNING employees.id
"""
_EMPLOYEES = """
INSERT INTO employees (account_id, name, email, language)
SELECT account.id, min(employee), min(email), min(staged.language)
FROM staged_fleet staged JOIN accounts account ON account.name = staged.account
WHERE employee IS NOT NULL AND iccid IS NOT NULL AND NOT EXISTS (
    SELECT FROM employees known
    WHERE known.account_id = account.id AND lower(known.email) = lower(staged.email))
  AND NOT EXISTS (
    SELECT FROM employees known WHERE staged.email IS NULL
    AND known.account_id = account.id AND known.email IS NULL AND known.name = staged.employee)
GROUP BY account.id, coalesce(lower(email), ''), CASE WHEN email IS NULL THEN employee END
ORDER BY min(line_no)
"""

_LINES = """
INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id)
SELECT account.id, device.id, staged.slot, staged.msisdn, provider.id
FROM staged_fleet staged
JOIN accounts account ON account.name = staged.account
JOIN devices device ON device.account_id = account.id AND device.name = staged.device
JOIN providers provider ON lower(provider.name) = lower(staged.provider)
WHERE NOT EXISTS (SELECT FROM lines known WHERE known.msisdn = staged.msisdn)
ORDER BY line_no
RETURNING id
"""
_WANTED = """
CREATE TEMPORARY TABLE wanted_fleet ON COMMIT DROP AS
SELECT staged.line_no, line.account_id, line.id AS line_id, line.subject, provider.id AS provider_id,
       staged.kind, staged.iccid, {distributor} AS distributor_id, {employee} AS employee_id
FROM staged_fleet staged
JOIN lines line ON line.msisdn = staged.msisdn
JOIN providers provider ON lower(provider.name) = lower(staged.provider)
LEFT JOIN distributors distributor
    ON distributor.account_id = line.account_id AND lower(distributor.name) = lower(staged.distributor)
LEFT JOIN employees by_email
    ON by_email.account_id = line.account_id AND lower(by_email.email) = lower(staged.email)
LEFT JOIN employees by_name
    ON by_name.account_id = line.account_id AND by_name.name = staged.employee
   AND by_name.email IS NULL AND staged.email IS NULL
LEFT JOIN sims known ON known.iccid = staged.iccid
"""
_LINES_CHANGED = """
UPDATE lines SET provider_id = wanted.provider_id FROM wanted_fleet wanted
WHERE lines.id = wanted.line_id AND lines.provider_id <> wanted.provider_id
RETURNING lines.id
"""
_SIMS_CHANGED = """
UPDATE sims SET state = CASE sims.state WHEN 'suspended' THEN 'suspended' ELSE 'active' END,
       holder = wanted.subject, provider_id = wanted.provider_id,
       distributor_id = wanted.distributor_id, employee_id = wanted.employee_id
FROM wanted_fleet wanted
WHERE sims.iccid = wanted.iccid
  AND (sims.holder, sims.provider_id, sims.distributor_id, sims.employee_id) IS DISTINCT FROM
      (wanted.subject, wanted.provider_id, wanted.distributor_id, wanted.employee_id)
RETURNING wanted.line_id
"""
_SIMS = """
WITH added AS (
    INSERT INTO sims (account_id, iccid, kind, state, provider_id, distributor_id, employee_id, holder)
    SELECT account_id, iccid, kind, 'active', provider_id, distributor_id, employee_id, subject
    FROM wanted_fleet wanted
    WHERE iccid IS NOT NULL AND NOT EXISTS (SELECT FROM sims known WHERE known.iccid = wanted.iccid)
    ORDER BY line_no
    RETURNING holder)
SELECT lines.id FROM added JOIN lines ON lines.subject = added.holder
"""
_NAMES = {
    "providers": _PROVIDERS,
    "distributors": _DISTRIBUTORS,
    "devices": _DEVICES,
    "groups": _GROUPS,
    "employees": _EMPLOYEES,
}
_STEPS = 14


async def import_fleet(
    connection: AsyncConnection,
    file: FleetFile,
    progress: Progress | None = None,
    language: Language = Language.EN,
    mode: Mode = Mode.LIVE,
) -> ImportReport:
    """Make the inventory match the file. Raises `Refused` if it conflicts with it.

    New accounts get this language and mode. Only the platform's operator imports for an account that does
    not exist.
    """
    advance = _counting(progress)
    await stage(connection, "staged_fleet", _STAGED, map(_staged, file.rows))
    await grid_later.begin(connection)
    advance()
    await refuse_conflicts(connection)
    advance()
    accounts = await ids(connection, _ACCOUNTS, language=language, mode=mode)
    await add_default_profiles(connection)
    for account_id in sorted(accounts):
        await record(connection, account_id, By(OPERATOR), "created")
    created = {"accounts": len(accounts)}
    await run(connection, _LOCK_EMPLOYEES)
    employees = await ids(connection, _EMPLOYEES_RENAMED) | await ids(connection, _EMPLOYEE_LANGUAGES)
    for what, statement in _NAMES.items():
        created[what] = await run(connection, statement)
        advance()
    new = await ids(connection, _LINES)
    await prepare(connection, "wanted_fleet", _wanted(file.given))
    advance()
    changed = await ids(connection, _LINES_CHANGED) | await ids(connection, _SIMS_CHANGED)
    new_sims = await ids(connection, _SIMS)
    advance()
    if "management_groups" in file.given:
        changed |= await become_members(connection, advance)
    await grid_later.end(connection)
    created |= {"lines": len(new), "SIMs": len(new_sims)}
    changes = {"lines": len((changed | new_sims) - new), "employees": len(employees)}
    advance()
    return ImportReport(rows=len(file.rows), created=counted(created), changed=counted(changes))


def _wanted(given: Collection[str]) -> str:
    """What belongs to a column that the file does not have stays as it is."""
    return _WANTED.format(
        distributor="distributor.id" if "distributor" in given else "known.distributor_id",
        employee="coalesce(by_email.id, by_name.id)" if "employee_name" in given else "known.employee_id",
    )


def _counting(progress: Progress | None) -> Callable[[], None]:
    """Reports one more step each time that it is called."""
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress("Writing", done, _STEPS)

    return advance


def _staged(row: FleetRow) -> tuple[object, ...]:
    return (
        row.line,
        row.account,
        row.device,
        row.slot,
        row.msisdn,
        row.provider,
        row.kind,
        row.iccid,
        row.distributor,
        row.employee_name,
        row.employee_email,
        GROUP_SEPARATOR.join(row.groups),
        row.employee_language,
    )
