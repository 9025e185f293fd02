"""Identities of users at the OpenID provider, found by issuer and subject (P1)."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.callers import By
from models.people.sign_in import Identity
from models.people.views import UserView
from store.lookups import select_users, user_view
from store.people.profiles import record_change
from store.people.sign_in_tables import IdentityRow
from store.people.tables import UserRow


async def user_of(connection: AsyncConnection, identity: Identity) -> UserView | None:
    """The user who is linked with this identity: it is asked for before anybody is signed in."""
    linked = select_users().join(IdentityRow, IdentityRow.user_id == UserRow.id)
    of_identity = linked.where(IdentityRow.issuer == identity.issuer, IdentityRow.subject == identity.subject)
    row = (await connection.execute(of_identity)).one_or_none()
    return None if row is None else user_view(row)


async def is_linked(connection: AsyncConnection, user_id: int, issuer: str) -> bool:
    """Whether the user is linked with an identity of this issuer."""
    mine = select(IdentityRow.user_id).where(IdentityRow.user_id == user_id, IdentityRow.issuer == issuer)
    return await connection.scalar(mine) is not None


async def link(connection: AsyncConnection, user: UserView, identity: Identity) -> bool:
    """Link the user with the identity; false where one of the two is linked already."""
    values = {
        "issuer": identity.issuer,
        "subject": identity.subject,
        "account_id": user.account_id,
        "user_id": user.id,
    }
    new = insert(IdentityRow).values(values).on_conflict_do_nothing().returning(IdentityRow.user_id)
    return await connection.scalar(new) is not None


async def unlink(connection: AsyncConnection, user: UserView, by: By) -> bool:
    """Remove the user's links, and record that; false where there was none."""
    mine = delete(IdentityRow).where(
        IdentityRow.user_id == user.id, IdentityRow.account_id == user.account_id
    )
    if not (await connection.execute(mine)).rowcount:
        return False
    happened = ("user.openid_unlinked", {"user": user.id})
    await record_change(connection, user.account_id, user.actor, by, happened)
    return True
