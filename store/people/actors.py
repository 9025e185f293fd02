"""Who is named as actor of a step, checked in the step's own transaction, whatever surface it came by (S5).

A desk checks its caller before it calls. The step checks again: the call may come from another program by
Temporal alone, and the user may have been deactivated, or given another role, in the meantime.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.people.account import closed_refusal
from models.people.callers import PERMISSIONS, Permission, Role, not_permitted
from store import origins
from store.people.tables import AccountRow, ContactRow, DistributorRow, UserRow

PLATFORM = frozenset({"operator", "provider", "system"})
"""The platform's own actors: its operators, what a provider's interface answers, and the workflow."""

_LONGEST_NUMBER = 18
_USER = (
    select(UserRow.role, UserRow.deactivated_at, UserRow.distributor_id, AccountRow.closed_at)
    .join(AccountRow, AccountRow.id == UserRow.account_id)
    .where(UserRow.id == bindparam("actor"), UserRow.account_id == bindparam("account"))
)
# KEY SHARE waits for nothing but the closing of the account, which takes the row FOR UPDATE
_USER_OF_OPEN = _USER.with_for_update(read=True, key_share=True, of=AccountRow)
_CONTACT = (
    select(ContactRow.id)
    .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
    .where(
        ContactRow.id == bindparam("actor"),
        ContactRow.distributor_id == bindparam("distributor"),
        DistributorRow.account_id == bindparam("account"),
    )
)


async def actor_refusal(
    connection: AsyncConnection,
    actor: str,
    account_id: int,
    *,
    permission: Permission | Collection[Permission],
    origin_id: int | None,
    distributor_id: int | None = None,
    begins: bool = False,
) -> Refusal | None:
    """Why this actor may not do this to a record of the account; None where it may.

    `permission`: the one that is needed, or several of which any one is enough
    (`models.people.callers.cancelling`).
    `distributor_id`: the distributor of the order that the step is about, None for a step that is about none;
    then no contact and no user of a provider desk may do it.
    `origin_id`: from where the call says to come; it must be a call of the same actor.
    `begins`: the step begins something new; until the end of the transaction the account cannot be closed.
    Codes: `unknown_actor`, `user_deactivated`, `account_closed`, `not_permitted`, `unknown_origin`.
    """
    refusal = await _actor_refusal(
        connection, actor, account_id, permission=permission, distributor_id=distributor_id, begins=begins
    )
    if refusal or await origins.known(connection, origin_id, actor):
        return refusal
    return Refusal.of("unknown_origin")


async def _actor_refusal(
    connection: AsyncConnection,
    actor: str,
    account_id: int,
    *,
    permission: Permission | Collection[Permission],
    distributor_id: int | None,
    begins: bool,
) -> Refusal | None:
    needed = (permission,) if isinstance(permission, Permission) else tuple(permission)
    if actor in PLATFORM:
        return None
    kind, _, number = actor.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return _unknown()
    ids = {"actor": int(number), "account": account_id}
    if kind == "user":
        row = (await connection.execute(_USER_OF_OPEN if begins else _USER, ids)).one_or_none()
        return _unknown() if row is None else _refused_user(row, needed, distributor_id)
    if kind == "contact" and distributor_id is not None:
        known = await connection.scalar(_CONTACT, {**ids, "distributor": distributor_id})
        return _unknown() if known is None else _lacks(Role.PROVIDER_DESK, needed)
    return _unknown()


def user_deactivated() -> Refusal:
    """Refuse what a deactivated user wants to do. What was accepted before goes on (F53)."""
    return Refusal.of("user_deactivated")


def _refused_user(row: Any, needed: Collection[Permission], distributor_id: int | None) -> Refusal | None:
    if row.deactivated_at is not None:
        return user_deactivated()
    role = Role(row.role)
    if role is Role.PROVIDER_DESK and row.distributor_id != distributor_id:
        return _unknown()
    return closed_refusal(row.closed_at, role) or _lacks(role, needed)


def _lacks(role: Role, needed: Collection[Permission]) -> Refusal | None:
    if not PERMISSIONS[role].isdisjoint(needed):
        return None
    return not_permitted(min(needed))


def _unknown() -> Refusal:
    return Refusal.of("unknown_actor")
