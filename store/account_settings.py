"""What an account says about being written to: its language, and its contact address."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.account import AccountView
from models.language import Language
from store.tables import AccountRow

_COLUMNS = (AccountRow.id, AccountRow.name, AccountRow.language, AccountRow.contact_email)


async def account(connection: AsyncConnection, account_id: int) -> AccountView:
    """One account, which must exist."""
    found = await connection.execute(select(*_COLUMNS).where(AccountRow.id == account_id))
    return AccountView(**found.one()._mapping)


async def set_language(connection: AsyncConnection, account_id: int, language: Language) -> AccountView:
    """Write to the account's people in this language, but for those who have one of their own (F66)."""
    return await _set(connection, account_id, language=language)


async def set_contact_email(connection: AsyncConnection, account_id: int, address: str | None) -> AccountView:
    """Offer notifications of codes that nobody requested to this address (F65); None for no address."""
    return await _set(connection, account_id, contact_email=address)


async def _set(connection: AsyncConnection, account_id: int, **values: Any) -> AccountView:
    changed = update(AccountRow).where(AccountRow.id == account_id).values(values).returning(*_COLUMNS)
    return AccountView(**(await connection.execute(changed)).one()._mapping)
