"""Accounts: the language that their people are written to in, and the address notifications fall back on.

accounts = Accounts(Database(settings.database_url))
await accounts.set_language(callers.operator(), "Acme", "fr")
"""

from models.account import AccountView
from models.callers import Caller, Permission
from models.language import parse_language
from starter.users import email_address
from store import account_settings, lookups
from store.session import Database


class Accounts:
    """Administers accounts: the platform's operator all of them, others their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_language(self, caller: Caller, account: str | None, language: str) -> AccountView:
        """The language of e-mails to the account's people who have none of their own (F66)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            return await account_settings.set_language(connection, found.id, parse_language(language))

    async def set_contact(self, caller: Caller, account: str | None, email: str | None) -> AccountView:
        """Whom a notification is offered to where nobody requested the code (F65); None for nobody."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            address = None if email is None else email_address(email)
            return await account_settings.set_contact_email(connection, found.id, address)
