"""The language of e-mails to a person: their own, else that of their account (F66)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.language import Language
from store.people.tables import AccountRow

_AT = """
SELECT wanted.address, coalesce(users.language, employees.language, contacts.language, accounts.language)
FROM unnest(CAST(:addresses AS text[])) AS wanted(address)
JOIN accounts ON accounts.id = :account
LEFT JOIN users ON users.account_id = accounts.id AND lower(users.email) = lower(wanted.address)
LEFT JOIN employees ON employees.account_id = accounts.id AND lower(employees.email) = lower(wanted.address)
LEFT JOIN LATERAL (
    SELECT contact.language
    FROM contacts contact JOIN distributors ON distributors.id = contact.distributor_id
    WHERE distributors.account_id = accounts.id AND lower(contact.email) = lower(wanted.address)
      AND contact.language IS NOT NULL
    ORDER BY contact.id LIMIT 1) AS contacts ON true
"""


def language_of(person: Any, account: Any = AccountRow) -> ColumnElement[str]:
    """The language of a user, employee or contact, in a statement that also joins their account."""
    return func.coalesce(person.language, account.language)


async def of_account(connection: AsyncConnection, account_id: int) -> Language:
    """The language of an account, which must exist."""
    found = await connection.execute(select(AccountRow.language).where(AccountRow.id == account_id))
    return Language(found.scalar_one())


async def at_addresses(
    connection: AsyncConnection, account_id: int, addresses: Iterable[str]
) -> dict[str, Language]:
    """The language for each address: that of the user, employee or contact of the account who has the
    address, else that of the account.
    """
    wanted = list(addresses)
    if not wanted:
        return {}
    rows = await connection.execute(text(_AT), {"account": account_id, "addresses": wanted})
    return {address: Language(language) for address, language in rows}
