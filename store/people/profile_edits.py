"""Renames and deletes authorised actions profiles, and sets all their targets at once (F41)."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.orders.rules import TARGETS
from models.people.callers import By
from models.people.profiles import ProfileView
from store.locks import keep_account_open
from store.lookups import AccountKey
from store.people.profiles import disable, enable, profile, record_change
from store.people.tables import ProfileRow, ProfileTargetRow, UserRow
from store.session import constraint_of

_ONE_NAME = "uq_authorised_actions_profiles_account_id_name"
_LOCK = select(ProfileRow.id).where(ProfileRow.id == bindparam("profile")).with_for_update()
# waits for another edit and for a deletion, but not for users who are given the profile
_KEEP = select(ProfileRow.id).where(ProfileRow.id == bindparam("profile")).with_for_update(key_share=True)
# users before their profile, as a change of the profile of a user locks the user first
_LOCK_USERS = (
    select(UserRow.id)
    .where(UserRow.account_id == bindparam("account"), UserRow.profile_id == bindparam("profile"))
    .order_by(UserRow.id)
    .with_for_update(key_share=True)
)
_RENAME = (
    update(ProfileRow)
    .where(ProfileRow.id == bindparam("profile"), ProfileRow.name != bindparam("to"))
    .values(name=bindparam("to"))
    .returning(ProfileRow.id)
)
_MOVE = (
    update(UserRow)
    .where(UserRow.account_id == bindparam("account"), UserRow.profile_id == bindparam("profile"))
    .values(profile_id=bindparam("to"))
    .returning(UserRow.id)
)
_USED = select(UserRow.id).where(
    UserRow.account_id == bindparam("account"), UserRow.profile_id == bindparam("profile")
)


async def locked(connection: AsyncConnection, account: AccountKey, profile_id: int) -> ProfileView:
    """The profile as it is now; other edits of it wait until the transaction ends. Raises `NotFound`
    (`unknown_profile`): it was deleted meanwhile.
    """
    await connection.execute(_KEEP, {"profile": profile_id})
    return await profile(connection, account, f"AP-{profile_id}")


async def rename(connection: AsyncConnection, account_id: int, profile_id: int, name: str, by: By) -> None:
    """Rename a profile; idempotent. Raises `Refused` (`profile_exists`)."""
    try:
        async with connection.begin_nested():
            renamed = (await connection.execute(_RENAME, {"profile": profile_id, "to": name})).first()
    except IntegrityError as clash:
        if constraint_of(clash) != _ONE_NAME:
            raise
        raise Refused.because("profile_exists") from None
    if renamed:
        happened = ("profile.renamed", {"profile": profile_id})
        await record_change(connection, account_id, f"profile:{profile_id}", by, happened)


async def set_targets(
    connection: AsyncConnection, account_id: int, profile_id: int, targets: Collection[str], by: By
) -> None:
    """Enable these targets and disable all others."""
    await disable(connection, account_id, profile_id, [one for one in TARGETS if one not in targets], by)
    await enable(connection, account_id, profile_id, [one for one in TARGETS if one in targets], by)


async def remove(
    connection: AsyncConnection, account_id: int, profile_id: int, replacement_id: int | None, by: By
) -> None:
    """Delete a profile; its users get the replacement. Raises `Refused`: `profile_in_use` if it has users and
    there is no replacement, `account_closed`.
    """
    await keep_account_open(connection, account_id)
    known = {"account": account_id, "profile": profile_id}
    await connection.execute(_LOCK_USERS, known)
    await connection.execute(_LOCK, {"profile": profile_id})
    users = sorted(
        await connection.scalars(_USED, known)
        if replacement_id is None
        else await connection.scalars(_MOVE, {**known, "to": replacement_id})
    )
    if users and replacement_id is None:
        raise Refused.because("profile_in_use", users=len(users))
    for user_id in users:
        happened = ("user.profile_changed", {"user": user_id, "profile": replacement_id})
        await record_change(connection, account_id, f"user:{user_id}", by, happened)
    await connection.execute(delete(ProfileTargetRow).where(ProfileTargetRow.profile_id == profile_id))
    await connection.execute(delete(ProfileRow).where(ProfileRow.id == profile_id))
    data = {"profile": profile_id, "replacement": replacement_id, "users": len(users)}
    await record_change(connection, account_id, f"profile:{profile_id}", by, ("profile.deleted", data))
