"""Edit lines and their SIMs without an order, one by one or in bulk (F63).

edits = FleetEditDesk(Database(settings.database_url))
await edits.set_employee(ana, ["+33612345678", "L-7"], "lea@acme.example")
await edits.set_groups(ana, ["L-7"], ["Sales", "Lyon"], "add")
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.fleet.edits import FleetEdit, GroupsMode, NewUser, parse_groups, parse_lines, parse_mode
from models.people.callers import Caller, Permission
from models.people.profiles import parse_name
from starter.people.users import email_address
from store.fleet import edits
from store.fleet import groups as line_groups
from store.fleet.edits import Chosen
from store.people import employees
from store.session import Database


class FleetEditDesk:
    """Edits the employee and the groups of lines: all lines of a call or none, in one transaction.

    A line is a phone number in E.164 or an id such as `L-42`. An edit of a line with an open order is made to
    the SIM in place, and the eSIM takes it over when the order is processed (F54).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_employee(
        self,
        caller: Caller,
        lines: Iterable[str],
        employee: str | None,
        *,
        name: str | None = None,
        dry_run: bool = False,
    ) -> FleetEdit:
        """Set the employee who uses the SIMs in place: address, name or id (`E-3`); None removes it.

        With a `name` and an address that no employee has, the employee is added. Raises `Refused`
        (`unknown_line`, `slots_empty`, `unknown_employee`, ...) if any line cannot be edited.
        """
        async with self._editing(caller, lines, dry_run=dry_run) as (connection, chosen):
            locked = await edits.lock_sims(connection, chosen)
            employee_id, new = await _employee(connection, chosen.account_id, employee, name)
            changed = await edits.set_employee(connection, locked, employee_id, caller.by)
        return _edit(chosen, changed, {"employees": int(new)}, dry_run=dry_run)

    async def set_groups(
        self,
        caller: Caller,
        lines: Iterable[str],
        groups: Iterable[str],
        mode: str = GroupsMode.SET,
        *,
        create: bool = False,
        dry_run: bool = False,
    ) -> FleetEdit:
        """Set the management groups of lines and of their SIMs in place; an empty slot has those of the line.

        `mode`: `set` (these and no others), `add` or `remove`. `create`: groups that the account does not
        have are created. Raises `Refused` (`unknown_line`, `unknown_group`, ...).
        """
        async with self._editing(caller, lines, dry_run=dry_run) as (connection, chosen):
            doing = parse_mode(mode)
            names = parse_groups(groups, doing)
            making = create and doing is not GroupsMode.REMOVE
            group_ids, new = await line_groups.find_groups(
                connection, chosen.account_id, names, create=making
            )
            locked = await edits.lock_sims(connection, chosen)
            changed = await line_groups.set_groups(connection, locked, group_ids, doing, caller.by)
        return _edit(chosen, changed, {"groups": new}, dry_run=dry_run)

    async def edit_line(
        self,
        caller: Caller,
        line: str,
        *,
        employee: NewUser | None = None,
        groups: Iterable[str] | None = None,
        create: bool = False,
    ) -> FleetEdit:
        """Set the employee and the groups of one line, as `set_employee` and `set_groups`, both or neither;
        None leaves them.
        """
        created, changed = {"employees": 0, "groups": 0}, set[int]()
        async with self._editing(caller, [line], dry_run=False) as (connection, chosen):
            if groups is not None:
                names = parse_groups(groups, GroupsMode.SET)
                group_ids, created["groups"] = await line_groups.find_groups(
                    connection, chosen.account_id, names, create=create
                )
            locked = await edits.lock_sims(connection, chosen)
            if employee is not None:
                employee_id, new = await _employee(
                    connection, chosen.account_id, employee.named, employee.name
                )
                created["employees"] = int(new)
                changed.update(await edits.set_employee(connection, locked, employee_id, caller.by))
            if groups is not None:
                changed.update(
                    await line_groups.set_groups(connection, locked, group_ids, GroupsMode.SET, caller.by)
                )
        return _edit(chosen, sorted(changed), created, dry_run=False)

    @asynccontextmanager
    async def _editing(
        self, caller: Caller, lines: Iterable[str], *, dry_run: bool
    ) -> AsyncIterator[tuple[AsyncConnection, Chosen]]:
        """The transaction of one edit: find lines, check the permission, lock them; roll back a dry run."""
        named = parse_lines(lines)
        async with self._database.transaction() as connection:
            attempt = await connection.begin_nested()
            chosen = await edits.find(connection, caller.scope, named)
            caller.require(Permission.EDIT_INVENTORY)
            await edits.lock_lines(connection, chosen)
            yield connection, chosen
            await (attempt.rollback() if dry_run else attempt.commit())


async def _employee(
    connection: AsyncConnection, account_id: int, employee: str | None, name: str | None
) -> tuple[int | None, bool]:
    if name is not None:
        if employee is None:
            raise Refused.because("employee_email_needed")
        called, address = parse_name(name), email_address(employee)
        return await employees.find_or_add(connection, account_id, called, address)
    if employee is None:
        return None, False
    return await employees.find(connection, account_id, employee), False


def _edit(chosen: Chosen, changed: list[int], created: dict[str, int], *, dry_run: bool) -> FleetEdit:
    made = {what: number for what, number in created.items() if number}
    return FleetEdit(lines=len(chosen.line_ids), changed=tuple(changed), created=made, dry_run=dry_run)
