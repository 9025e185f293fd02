"""Accounts: created, renamed, closed and opened again, and how their people are written to.

accounts = AccountDesk(Database(settings.database_url))
await accounts.create(callers.operator(), "Acme", "fr")
await accounts.close(callers.operator(), "Acme")
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.language import Language, parse_language
from models.people.account import AccountView
from models.people.callers import By, Caller, Permission
from models.people.profiles import parse_name
from starter.people.users import email_address, spoken
from store import lookups
from store.people import account_settings
from store.people import accounts as changes
from store.session import Database

Change = Callable[[AsyncConnection, int, By], Awaitable[AccountView]]


class AccountDesk:
    """Administers accounts: the platform's operator all of them, others their own."""

    def __init__(self, database: Database, language: Language = Language.EN) -> None:
        """`language` is that of new accounts for which none is named."""
        self._database = database
        self._language = language

    async def accounts(self, caller: Caller) -> list[AccountView]:
        """The accounts that the caller may see, by name, closed ones too."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_PEOPLE)
            return await account_settings.accounts(connection, caller.scope)

    async def create(
        self, caller: Caller, name: str, language: str | None = None, contact: str | None = None
    ) -> AccountView:
        """A new account, with its default profile and nothing else (F67). `contact`: see `set_contact`."""
        caller.require(Permission.MANAGE_ACCOUNTS)
        chosen, address = parse_name(name), None if contact is None else email_address(contact)
        async with self._database.transaction() as connection:
            return await changes.create(
                connection, chosen, spoken(language) or self._language, address, caller.by
            )

    async def rename(self, caller: Caller, account: str | None, new_name: str) -> AccountView:
        """Another name; files that are imported must use it from now on (F67)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            return await changes.rename(connection, found.id, parse_name(new_name), caller.by)

    async def close(self, caller: Caller, account: str | None) -> AccountView:
        """No new orders, requests, imports, users, profiles, employees and groups, and its users cannot act;
        open orders finish (F67).

        All its data stay. A provider desk can still finish its orders, and the operator can do everything
        that the orders need, such as adding a contact.
        """
        return await self._change(caller, account, changes.close)

    async def reopen(self, caller: Caller, account: str | None) -> AccountView:
        """The account is as it was before it was closed."""
        return await self._change(caller, account, changes.reopen)

    async def _change(self, caller: Caller, account: str | None, change: Change) -> AccountView:
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            return await change(connection, found.id, caller.by)

    async def set_language(self, caller: Caller, account: str | None, language: str) -> AccountView:
        """The language of e-mails to the account's people who have none of their own (F66)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            chosen = parse_language(language)
            return await account_settings.set_language(connection, found.id, chosen, caller.by)

    async def set_contact(self, caller: Caller, account: str | None, email: str | None) -> AccountView:
        """Whom a notification is offered to where nobody requested the code (F65); None for nobody."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            address = None if email is None else email_address(email)
            return await account_settings.set_contact_email(connection, found.id, address, caller.by)
