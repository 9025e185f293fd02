"""Create, rename, close and reopen accounts; set their e-mail language and contact address.

accounts = AccountDesk(Database(settings.database_url))
await accounts.create(callers.operator(), "Acme", "fr")
await accounts.close(callers.operator(), "Acme")
"""

from collections.abc import Awaitable, Callable, Mapping

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.language import Language, parse_language
from models.paging import Page, Position, Wanted
from models.people.account import AccountView
from models.people.api_keys import Mode
from models.people.callers import By, Caller, Permission
from models.people.profiles import parse_name
from models.people.reminders import MOST_DAYS, MOST_REMINDERS, AccountReminders
from starter.people.users import email_address, spoken
from store import lookups
from store.people import account_settings, reminder_schedules
from store.people import accounts as changes
from store.session import Database

UNCHANGED = "\0"
"""No address: it is left as it is."""
Change = Callable[[AsyncConnection, int, By], Awaitable[AccountView]]


class AccountDesk:
    """Administers the accounts in the caller's scope: all for the platform's operator, else the own one."""

    def __init__(self, database: Database, language: Language = Language.EN) -> None:
        """`language`: of new accounts that are created without one."""
        self._database = database
        self._language = language

    async def accounts(
        self, caller: Caller, *, limit: int | None = None, after: Position | None = None
    ) -> Page[AccountView]:
        """List the accounts in the caller's scope by name, closed ones too."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_PEOPLE)
            return await account_settings.accounts(connection, caller.scope, Wanted(limit, after))

    async def account(self, caller: Caller, account: str | None = None) -> AccountView:
        """One account of the caller's scope, by its name or `A-3`; without a name, the only one in the scope.

        Raises `NotFound` (`unknown_account`), `Refused` (`account_needed`).
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await account_settings.account(connection, found.id)

    async def create(
        self,
        caller: Caller,
        name: str,
        language: str | None = None,
        contact: str | None = None,
        *,
        mode: Mode = Mode.LIVE,
        key: str | None = None,
    ) -> AccountView:
        """Create an account with its default profile and nothing else (F67). `contact`: see `set_contact`.

        `mode`: only API keys of the same mode reach it; it is never changed (A18).
        """
        caller.require(Permission.MANAGE_ACCOUNTS)
        chosen, address = parse_name(name), None if contact is None else email_address(contact)
        async with self._database.transaction() as connection:
            return await changes.create(
                connection,
                chosen,
                spoken(language) or self._language,
                address,
                caller.by,
                mode=mode,
                key=key,
            )

    async def rename(self, caller: Caller, account: str | None, new_name: str) -> AccountView:
        """Rename the account; imported files must use the new name from now on (F67)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            return await changes.rename(connection, found.id, parse_name(new_name), caller.by)

    async def close(self, caller: Caller, account: str | None) -> AccountView:
        """Close the account: open orders finish, but its users cannot act, and no orders, requests, imports,
        users, profiles, employees or groups can be added (F67).

        Its data stay. A provider desk can still finish its orders, and the operator can do everything that
        these orders need, such as adding a contact.
        """
        return await self._change(caller, account, changes.close)

    async def reopen(self, caller: Caller, account: str | None) -> AccountView:
        """Reopen the account; it is as it was before it was closed."""
        return await self._change(caller, account, changes.reopen)

    async def _change(self, caller: Caller, account: str | None, change: Change) -> AccountView:
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            return await change(connection, found.id, caller.by)

    async def edit(
        self,
        caller: Caller,
        account: str | None,
        *,
        language: str | None = None,
        contact_email: str | None = UNCHANGED,
        sender_name: str | None = UNCHANGED,
    ) -> AccountView:
        """Set language, contact address and name of the sender in one transaction; None removes the address,
        or has e-mails come from the name of the platform again.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            if language is not None:
                chosen = parse_language(language)
                await account_settings.set_language(connection, found.id, chosen, caller.by)
            if contact_email != UNCHANGED:
                address = None if contact_email is None else email_address(contact_email)
                await account_settings.set_contact_email(connection, found.id, address, caller.by)
            if sender_name != UNCHANGED:
                called = None if sender_name is None else _sender(sender_name)
                await account_settings.set_sender_name(connection, found.id, called, caller.by)
            return await account_settings.account(connection, found.id)

    async def reminders(self, caller: Caller, account: str | None = None) -> AccountReminders:
        """When distributors are reminded, where the account has chosen it."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_PEOPLE)
            return await reminder_schedules.read(connection, found.id)

    async def set_reminders(
        self,
        caller: Caller,
        account: str | None,
        chosen: Mapping[str, int | None],
        *,
        others_stay: bool = False,
    ) -> AccountReminders:
        """Choose when distributors are reminded of orders and requests from now on; what is None is as the
        platform's settings say, and so is what is left out, unless with `others_stay` it stays as it is.
        Raises `Refused` (`reminders_invalid`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            try:
                schedule = AccountReminders.model_validate(chosen)
            except ValidationError:
                raise Refused.because("reminders_invalid", days=MOST_DAYS, most=MOST_REMINDERS) from None
            return await reminder_schedules.choose(
                connection, found.id, schedule, caller.by, others_stay=others_stay
            )

    async def set_language(self, caller: Caller, account: str | None, language: str) -> AccountView:
        """Set the language of e-mails to people of the account who have no language of their own (F66)."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            chosen = parse_language(language)
            return await account_settings.set_language(connection, found.id, chosen, caller.by)

    async def set_contact(self, caller: Caller, account: str | None, email: str | None) -> AccountView:
        """Set whom notifications of codes without a request are offered to (F65); None removes it."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_USERS)
            address = None if email is None else email_address(email)
            return await account_settings.set_contact_email(connection, found.id, address, caller.by)


def _sender(text: str) -> str:
    """The name of the sender. Raises `Refused` (`name_invalid`, `sender_name_invalid`)."""
    name = parse_name(text)
    if "@" in name or "<" in name:
        raise Refused.because("sender_name_invalid")
    return name
