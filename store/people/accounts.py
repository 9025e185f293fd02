"""Creates, renames, closes and reopens accounts (F67)."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.language import Language
from models.people.account import AccountView
from models.people.api_keys import Mode
from models.people.callers import By
from store import events
from store.made_keys import Made
from store.people import sessions, user_mails
from store.people.account_settings import account
from store.people.profiles import add_default_profiles
from store.people.tables import AccountRow
from store.row import now
from store.session import constraint_of

_ONE_NAME = "uq_accounts_name"
_CREATE = insert(AccountRow).on_conflict_do_nothing().returning(AccountRow.id)
_NO_ACCOUNT = 0
_RENAME = (
    update(AccountRow)
    .where(AccountRow.id == bindparam("account"), AccountRow.name != bindparam("to"))
    .values(name=bindparam("to"))
    .returning(AccountRow.id)
)
# FOR UPDATE conflicts with the FOR KEY SHARE of transactions that begin something in the account; see
# store.people.actors
_LOCK = select(AccountRow.closed_at).where(AccountRow.id == bindparam("account")).with_for_update()
_CLOSE = update(AccountRow).where(AccountRow.id == bindparam("account")).values(closed_at=now())
_REOPEN = update(AccountRow).where(AccountRow.id == bindparam("account")).values(closed_at=None)


async def create(
    connection: AsyncConnection,
    name: str,
    language: Language,
    contact_email: str | None,
    by: By,
    *,
    mode: Mode = Mode.LIVE,
    key: str | None = None,
) -> AccountView:
    """Create an account with its default profile, once per key and mode: a repeat gets the account as it is
    now. Raises `Refused` (`name_in_use`, `key_reused`).
    """
    values = {"name": name, "language": language, "contact_email": contact_email, "mode": mode}
    made = Made.of(_NO_ACCOUNT, None if key is None else f"{mode}\0{key}", values)
    if known := await _made(connection, made):
        return known
    account_id = (await connection.execute(_CREATE, values | made.columns)).scalar_one_or_none()
    if account_id is None:
        if known := await _made(connection, made):  # by a call at the same time
            return known
        raise _name_in_use()
    await add_default_profiles(connection)
    await record(connection, account_id, by, "created")
    return await account(connection, account_id)


async def _made(connection: AsyncConnection, made: Made) -> AccountView | None:
    """The account that was created under this key, as it is now."""
    account_id = await made.find(connection, AccountRow)
    if account_id is None:
        return None
    return (await account(connection, account_id)).model_copy(update={"replayed": True})


async def rename(connection: AsyncConnection, account_id: int, name: str, by: By) -> AccountView:
    """Rename the account; idempotent. Raises `Refused` (`name_in_use`)."""
    try:
        async with connection.begin_nested():
            renamed = (await connection.execute(_RENAME, {"account": account_id, "to": name})).first()
    except IntegrityError as clash:
        if constraint_of(clash) != _ONE_NAME:
            raise
        raise _name_in_use() from None
    if renamed:
        await record(connection, account_id, by, "renamed")
    return await account(connection, account_id)


async def close(connection: AsyncConnection, account_id: int, by: By) -> AccountView:
    """Close the account: it accepts no order from now on. Concurrent orders commit before. Idempotent."""
    known = {"account": account_id}
    if (await connection.execute(_LOCK, known)).scalar_one() is None:
        await connection.execute(_CLOSE, known)
        await sessions.end_of_account(connection, account_id)
        await user_mails.end_of_account(connection, account_id)
        await record(connection, account_id, by, "closed")
    return await account(connection, account_id)


async def reopen(connection: AsyncConnection, account_id: int, by: By) -> AccountView:
    """Reopen the account: it is as it was before it was closed. Idempotent."""
    known = {"account": account_id}
    if (await connection.execute(_LOCK, known)).scalar_one() is not None:
        await connection.execute(_REOPEN, known)
        await record(connection, account_id, by, "reopened")
    return await account(connection, account_id)


async def record(connection: AsyncConnection, account_id: int, by: By, what: str) -> None:
    """Append the event that the account was created, renamed, closed or reopened."""
    about = (f"account:{account_id}",)
    happened = (f"account.{what}", {"account": account_id})
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)


def _name_in_use() -> Refused:
    return Refused.because("name_in_use")
