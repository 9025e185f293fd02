"""Passwords of users: only their hashes, which `starter.people.passwords` makes (P1)."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import By
from models.people.views import UserView
from store.people.profiles import record_change
from store.people.sign_in_tables import PasswordRow
from store.row import now


async def hash_of(connection: AsyncConnection, user_id: int) -> str | None:
    """The hash of the user's password; None for a user without one."""
    found: str | None = await connection.scalar(
        select(PasswordRow.hash).where(PasswordRow.user_id == user_id)
    )
    return found


async def unchanged(connection: AsyncConnection, user_id: int, hash_: str | None) -> bool:
    """Whether the user's password is still the one with this hash; it stays so until the transaction ends."""
    mine = select(PasswordRow.hash).where(PasswordRow.user_id == user_id).with_for_update()
    return bool(await connection.scalar(mine) == hash_)


async def set_hash(connection: AsyncConnection, user: UserView, hash_: str, by: By) -> None:
    """Give the user a password, and record that."""
    await renew_hash(connection, user, hash_)
    mine = update(PasswordRow).where(PasswordRow.user_id == user.id)
    await connection.execute(mine.values(changed_at=now()))
    happened = ("user.password_changed", {"user": user.id})
    await record_change(connection, user.account_id, user.actor, by, happened)


async def renew_hash(connection: AsyncConnection, user: UserView, hash_: str) -> None:
    """Store another hash: of a new password, or of the same one by better parameters."""
    values = {"user_id": user.id, "account_id": user.account_id, "hash": hash_}
    new = insert(PasswordRow).values(values)
    changed = new.on_conflict_do_update(index_elements=["user_id"], set_={"hash": new.excluded.hash})
    await connection.execute(changed)
