"""Accounts as they are read, and what they say about being written to: language and contact address."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.account import AccountView
from models.callers import Scope
from models.language import Language
from models.lifecycle import OPEN
from store.scopes import within
from store.tables import AccountRow, OrderRow

_OPEN_ORDERS = (
    select(func.count())
    .where(OrderRow.account_id == AccountRow.id, OrderRow.status.in_(OPEN))
    .correlate(AccountRow)
    .scalar_subquery()
    .label("open_orders")
)
_ACCOUNT: Select[Any] = select(
    AccountRow.id,
    AccountRow.name,
    AccountRow.language,
    AccountRow.contact_email,
    AccountRow.closed_at,
    _OPEN_ORDERS,
)


async def accounts(connection: AsyncConnection, scope: Scope) -> list[AccountView]:
    """The accounts of the scope by name, closed ones too."""
    mine = _ACCOUNT.where(within(scope, AccountRow.id)).order_by(AccountRow.name)
    return [AccountView(**row._mapping) for row in await connection.execute(mine)]


async def account(connection: AsyncConnection, account_id: int) -> AccountView:
    """One account, which must exist."""
    found = await connection.execute(_ACCOUNT.where(AccountRow.id == account_id))
    return AccountView(**found.one()._mapping)


async def set_language(connection: AsyncConnection, account_id: int, language: Language) -> AccountView:
    """Write to the account's people in this language, but for those who have one of their own (F66)."""
    return await _set(connection, account_id, language=language)


async def set_contact_email(connection: AsyncConnection, account_id: int, address: str | None) -> AccountView:
    """Offer notifications of codes that nobody requested to this address (F65); None for no address."""
    return await _set(connection, account_id, contact_email=address)


async def _set(connection: AsyncConnection, account_id: int, **values: Any) -> AccountView:
    await connection.execute(update(AccountRow).where(AccountRow.id == account_id).values(values))
    return await account(connection, account_id)
