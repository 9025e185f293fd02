"""The contacts of distributors: who orders and requests for QR codes are sent to."""

from collections.abc import Iterable

from models.errors import Refused
from models.people.callers import Caller, OfAccount, Permission
from models.people.profiles import parse_name, parse_roles
from models.people.views import ContactDetails
from starter.people.users import email_address, spoken
from store import lookups
from store.people import contacts
from store.session import Database


class ContactDesk:
    """Reads and edits the contacts of the distributors in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def contacts(
        self,
        caller: Caller,
        account: str | None = None,
        distributor: str | None = None,
        role: str | None = None,
    ) -> list[ContactDetails]:
        """The distributors' contacts with their roles; with a role, only those who have it."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            wanted = None if role is None else parse_roles([role])[0]
            return await contacts.contacts(connection, scope, distributor=distributor, role=wanted)

    async def distributors(self, caller: Caller, account: str | None = None) -> list[str]:
        """The names of the account's distributors."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await contacts.distributors(connection, OfAccount(found.id))

    async def add_contact(  # noqa: PLR0917  the caller, and what a contact has
        self,
        caller: Caller,
        account: str | None,
        distributor: str,
        name: str,
        email: str,
        roles: Iterable[str] = (),
        *,
        language: str | None = None,
    ) -> ContactDetails:
        """A new contact of a distributor that the account has; its roles may be given later (F42)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_CONTACTS)
            chosen, address, given = parse_name(name), email_address(email), parse_roles(roles)
            return await contacts.add(
                connection,
                found.id,
                distributor,
                name=chosen,
                email=address,
                roles=given,
                language=spoken(language),
                by=caller.by,
            )

    async def edit_contact(
        self,
        caller: Caller,
        account: str | None,
        contact: str,
        *,
        name: str | None = None,
        email: str | None = None,
        add_roles: Iterable[str] = (),
        remove_roles: Iterable[str] = (),
        language: str | None = None,
    ) -> ContactDetails:
        """Correct a contact (`C-7` or its address) and its roles (F42). What was sent to it stays sent."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            found = await contacts.find(connection, scope, contact)
            caller.require(Permission.MANAGE_CONTACTS)
            chosen = None if name is None else parse_name(name)
            address = None if email is None else email_address(email)
            given, taken = parse_roles(add_roles), parse_roles(remove_roles)
            if set(given) & set(taken):
                raise Refused.because("role_contradicted")
            return await contacts.edit(
                connection,
                found.id,
                name=chosen,
                email=address,
                add_roles=given,
                remove_roles=taken,
                language=spoken(language),
                by=caller.by,
            )
