"""Reads accounts, and sets their language and contact address for e-mails.

An event records that the contact address changed and by which actor, never the address.
"""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from models.language import Language
from models.orders.lifecycle import OPEN
from models.paging import WHOLE, Page, Wanted
from models.people.account import AccountView
from models.people.callers import By, Scope
from store import events
from store.orders.tables import OrderRow
from store.paging import Keys
from store.people.tables import AccountRow
from store.scopes import within

_OPEN_ORDERS = (
    select(func.count())
    .where(OrderRow.account_id == AccountRow.id, OrderRow.status.in_(OPEN))
    .correlate(AccountRow)
    .scalar_subquery()
    .label("open_orders")
)
_BY_NAME = Keys(AccountRow.name)
_ACCOUNT: Select[Any] = select(
    AccountRow.id,
    AccountRow.name,
    AccountRow.language,
    AccountRow.contact_email,
    AccountRow.sender_name,
    AccountRow.closed_at,
    AccountRow.mode,
    _OPEN_ORDERS,
)


async def accounts(connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE) -> Page[AccountView]:
    """The accounts of the scope, also closed ones, sorted by name."""
    page = await _BY_NAME.page(connection, _ACCOUNT.where(within(scope, AccountRow.id)), wanted)
    return page.of(lambda row: AccountView(**row._mapping))


async def account(connection: AsyncConnection, account_id: int) -> AccountView:
    """One account, which must exist."""
    found = await connection.execute(_ACCOUNT.where(AccountRow.id == account_id))
    return AccountView(**found.one()._mapping)


async def set_language(
    connection: AsyncConnection, account_id: int, language: Language, by: By
) -> AccountView:
    """Set the language of e-mails to people of the account without a language of their own (F66)."""
    happened = ("account.language_changed", {"language": language.value})
    return await _set(connection, account_id, by, happened, column=AccountRow.language, value=language)


async def set_contact_email(
    connection: AsyncConnection, account_id: int, address: str | None, by: By
) -> AccountView:
    """Set the address to which notifications of unrequested codes are offered (F65); None removes it."""
    happened = ("account.contact_changed", {"given": address is not None})
    return await _set(connection, account_id, by, happened, column=AccountRow.contact_email, value=address)


async def set_sender_name(
    connection: AsyncConnection, account_id: int, name: str | None, by: By
) -> AccountView:
    """Set the name that e-mails come from; None: that of the platform."""
    happened = ("account.sender_changed", {"given": name is not None})
    return await _set(connection, account_id, by, happened, column=AccountRow.sender_name, value=name)


async def _set(
    connection: AsyncConnection,
    account_id: int,
    by: By,
    happened: events.Happening,
    *,
    column: InstrumentedAttribute[Any],
    value: str | None,
) -> AccountView:
    """Change a column and append the event; idempotent."""
    changed = update(AccountRow).where(AccountRow.id == account_id, column.is_distinct_from(value))
    done = await connection.execute(changed.values({column: value}).returning(AccountRow.id))
    if done.one_or_none():
        about = (f"account:{account_id}",)
        await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    return await account(connection, account_id)
