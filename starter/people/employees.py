"""Adds, changes and removes the employees who use SIMs."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.people.callers import Caller, Permission
from models.people.profiles import parse_name
from models.people.views import EmployeeView
from starter.people.erasure import needed_by_work
from starter.people.users import email_address, spoken
from store import lookups
from store.people import employee_edits
from store.session import Database


class EmployeeDesk:
    """The employees of the caller's account; `PeopleBook.employees` lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def employee(self, caller: Caller, employee: str) -> EmployeeView:
        """One employee, by id (`E-3`)."""
        async with self._database.reading() as connection:
            found = await employee_edits.find(connection, caller.scope, employee)
            caller.require(Permission.VIEW_INVENTORY)
            return found

    async def add_employee(
        self,
        caller: Caller,
        account: str | None,
        name: str,
        email: str | None = None,
        *,
        language: str | None = None,
    ) -> EmployeeView:
        """Add an employee; one of the same name and address is the answer. SIMs are given in the inventory.

        Raises `Refused` (`employee_address_taken`, `name_invalid`, `email_invalid`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.EDIT_INVENTORY)
            called, address = parse_name(name), email_address(email) if email else None
            added = await employee_edits.add(
                connection, found.id, called, address, language=spoken(language), by=caller.by
            )
            return await employee_edits.find(connection, caller.of_account(found.id), f"E-{added}")

    async def edit_employee(
        self,
        caller: Caller,
        employee: str,
        *,
        name: str | None = None,
        email: str | None = None,
        language: str | None = None,
        was: Mapping[str, str] | None = None,
    ) -> EmployeeView:
        """Set name, address and language in one transaction; None leaves them, an empty address removes it.

        `was`: what the caller was shown of them; refused if it is not so any more (`user_changed`), also
        by an edit at the same time. E-mails that were sent stay as they are; later ones go to the new
        address.
        """
        async with self._database.transaction() as connection:
            found, account_id = await self._own(connection, caller, employee)
            found = await employee_edits.locked(connection, caller.scope, found)
            shown = found.model_dump(mode="json")
            if any((shown[field] or "") != value for field, value in (was or {}).items()):
                raise Refused.because("user_changed")
            given: dict[str, str | None] = {}
            if name is not None:
                given["name"] = parse_name(name)
            if email is not None:
                given["email"] = email_address(email) if email else None
            if language is not None:
                given["language"] = spoken(language)
            await employee_edits.edit(connection, account_id, found, given, caller.by)
            return await employee_edits.find(connection, caller.scope, f"E-{found.id}")

    async def remove_employee(self, caller: Caller, employee: str) -> None:
        """Remove an employee who uses no SIM. Raises `Refused` (`employee_uses_sims`, `person_needed`).

        Texts that name the person stay: the platform's operator erases them.
        """
        async with self._database.transaction() as connection:
            found, account_id = await self._own(connection, caller, employee)
            needed = await employee_edits.remove(connection, account_id, found.id, caller.by)
            if needed:
                raise needed_by_work(needed)

    async def _own(
        self, connection: AsyncConnection, caller: Caller, employee: str
    ) -> tuple[EmployeeView, int]:
        """The employee, with the id of the account; the caller may change it."""
        found = await employee_edits.find(connection, caller.scope, employee)
        caller.require(Permission.EDIT_INVENTORY)
        return found, (await lookups.find_account(connection, caller.scope, found.account)).id
