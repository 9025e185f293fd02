"""Read and edit the contacts of distributors, to whom orders and requests for QR codes are mailed."""

from collections.abc import Iterable

from models.errors import Refused
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from models.people.profiles import parse_name, parse_roles
from models.people.views import ContactDetails, DistributorView, OpenLinks
from starter.people.erasure import needed_by_work
from starter.people.users import email_address, spoken
from store import lookups
from store.people import contact_removal, contacts
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
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[ContactDetails]:
        """List contacts with their roles; `role`: only those who have it."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            wanted = None if role is None else parse_roles([role])[0]
            return await contacts.contacts(
                connection, scope, distributor=distributor, role=wanted, wanted=Wanted(limit, after)
            )

    async def contact(self, caller: Caller, contact: str) -> ContactDetails:
        """One contact, by id (`C-7`) or address."""
        async with self._database.reading() as connection:
            found = await contacts.find(connection, caller.scope, contact)
            caller.require(Permission.VIEW_PEOPLE)
            return found

    async def distributors(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[str]:
        """List the names of the account's distributors."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await contacts.distributors(connection, OfAccount(found.id), Wanted(limit, after))

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
        key: str | None = None,
    ) -> ContactDetails:
        """Add a contact to a distributor of the account; roles may be given later (F42)."""
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
                key=key,
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
        """Edit a contact (`C-7` or its address) and its roles (F42). Sent e-mails stay as they are."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            found = await contacts.find(connection, scope, contact)
            caller.require(Permission.MANAGE_CONTACTS)
            chosen = None if name is None else parse_name(name)
            address = None if email is None else email_address(email)
            added, removed = parse_roles(add_roles), parse_roles(remove_roles)
            if set(added) & set(removed):
                raise Refused.because("role_contradicted")
            return await contacts.edit(
                connection,
                found.id,
                name=chosen,
                email=address,
                add_roles=added,
                remove_roles=removed,
                language=spoken(language),
                by=caller.by,
            )

    async def open_links(self, caller: Caller, contact: str) -> OpenLinks:
        """How many links of open requests and orders a contact has: they end with the role, or with another
        address (S4).
        """
        async with self._database.reading() as connection:
            found = await contacts.find(connection, caller.scope, contact)
            caller.require(Permission.VIEW_PEOPLE)
            account = await lookups.find_account(connection, caller.scope, found.account)
            return await contact_removal.open_links(connection, account.id, found.id)

    async def remove_contact(self, caller: Caller, contact: str) -> ContactDetails:
        """Remove a contact whom no open order or request needs; the links are dead at once (S4).

        Raises `Refused` (`person_needed`). Answers who it was.
        """
        async with self._database.transaction() as connection:
            found = await contacts.find(connection, caller.scope, contact)
            caller.require(Permission.MANAGE_CONTACTS)
            account = await lookups.find_account(connection, caller.scope, found.account)
            needed = await contact_removal.remove(connection, account.id, found.id, caller.by)
            if needed:
                raise needed_by_work(needed)
            return found

    async def overview(
        self, caller: Caller, *, limit: int | None = None, after: Position | None = None
    ) -> Page[DistributorView]:
        """List the account's distributors, with how many contacts have which role."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, None)
            caller.require(Permission.VIEW_PEOPLE)
            return await contacts.overview(connection, OfAccount(found.id), Wanted(limit, after))
