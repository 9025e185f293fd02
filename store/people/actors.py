"""Checks that the actor of a step may do it, in the step's own transaction, whatever surface the call came by
(S5).

A desk checks its caller before it calls. The step checks again: the call may come from another program by
Temporal alone, and the user may have been deactivated, or given another role, in the meantime.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.people.account import closed_refusal
from models.people.callers import PERMISSIONS, Permission, Role, not_permitted
from models.people.views import ContactRole
from store import origins
from store.orders.link_tables import OrderLinkRow
from store.origins import OriginRow
from store.people.tables import AccountRow, ContactRoleRow, ContactRow, DistributorRow, UserRow

PLATFORM = frozenset({"operator", "provider", "system"})
"""The platform's own actors: its operators, what a provider's interface answers, and the workflow."""

_LONGEST_NUMBER = 18


def facts_of(
    account_id: ColumnElement[int] | Any,
    distributor_id: ColumnElement[int | None] | Any,
    *,
    keep_open: bool = False,
) -> ColumnElement[dict[str, Any]]:
    """What decides whether an actor may act on a record of this account and distributor, as a column of the
    statement that reads the record. `asked` makes its parameters, `refusal_of` the answer.

    `keep_open`: the step begins something new; until the end of the transaction the account of the user
    cannot be closed.
    """
    user = (
        select(
            func.jsonb_build_object(
                "role",
                UserRow.role,
                "deactivated",
                UserRow.deactivated_at.is_not(None),
                "distributor",
                UserRow.distributor_id,
                "closed",
                AccountRow.closed_at.is_not(None),
            )
        )
        .join(AccountRow, AccountRow.id == UserRow.account_id)
        .where(UserRow.id == bindparam("by_user", type_=BigInteger), UserRow.account_id == account_id)
    )
    if keep_open:
        # KEY SHARE waits for nothing but the closing of the account, which takes the row FOR UPDATE
        user = user.with_for_update(read=True, key_share=True, of=AccountRow)
    contact = (
        select(ContactRow.id)
        .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
        .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
        .where(
            ContactRow.id == bindparam("by_contact", type_=BigInteger),
            ContactRoleRow.role == ContactRole.ORDER,
            ContactRow.distributor_id == distributor_id,
            DistributorRow.account_id == account_id,
            ~_by_revoked_link(),
        )
    )
    return func.jsonb_build_object(
        "user",
        user.correlate_except(UserRow, AccountRow).scalar_subquery(),
        "contact",
        exists(contact.correlate_except(ContactRow, ContactRoleRow, DistributorRow)),
        "origin",
        origins.theirs(),
        type_=JSONB,
    )


def _by_revoked_link() -> ColumnElement[bool]:
    """Whether the call came by the link of an order's e-mail that was revoked in the meantime (S4)."""
    link = func.concat("order-link:", OrderLinkRow.id)
    return (
        select(OriginRow.id)
        .join(OrderLinkRow, link == OriginRow.session)
        .where(
            OriginRow.id == bindparam("by_origin", type_=BigInteger),
            OriginRow.surface == "link",
            OrderLinkRow.recipient == bindparam("by_actor", type_=String),
            OrderLinkRow.revoked_at.is_not(None),
        )
        .exists()
    )


def asked(actor: str, origin_id: int | None) -> dict[str, Any]:
    """The parameters of `facts_of`. `origin_id`: from where the call says to come."""
    kind, _, number = actor.partition(":")
    valid = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    return {
        "by_actor": actor,
        "by_origin": origin_id,
        "by_user": int(number) if valid and kind == "user" else None,
        "by_contact": int(number) if valid and kind == "contact" else None,
    }


def refusal_of(
    facts: Mapping[str, Any],
    actor: str,
    *,
    permission: Permission | Collection[Permission],
    distributor_id: int | None = None,
) -> Refusal | None:
    """Why this actor may not do this to a record of the account; None if the actor may.

    `facts`: the column `facts_of`.
    `permission`: the one that is needed, or several of which any one is enough
    (`models.people.callers.cancelling`).
    `distributor_id`: the distributor of the order that the step is about, None for a step that is about none;
    then no contact and no user of a provider desk may do it.
    Codes: `unknown_actor`, `user_deactivated`, `account_closed`, `not_permitted`, `unknown_origin` (the call
    says to come from a call of another actor).
    """
    needed = (permission,) if isinstance(permission, Permission) else tuple(permission)
    refusal = _actor_refusal(facts, actor, needed, distributor_id)
    return refusal or (None if facts["origin"] else Refusal.of("unknown_origin"))


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
    """As `refusal_of`, for a step whose record is not read in the same statement.

    `begins`: as `keep_open` of `facts_of`.
    """
    known = {"of_account": account_id, "of_distributor": distributor_id, **asked(actor, origin_id)}
    facts = (await connection.execute(_FACTS_OF_OPEN if begins else _FACTS, known)).scalar_one()
    return refusal_of(facts, actor, permission=permission, distributor_id=distributor_id)


_RECORD = (bindparam("of_account", type_=BigInteger), bindparam("of_distributor", type_=BigInteger))
_FACTS = select(facts_of(*_RECORD))
_FACTS_OF_OPEN = select(facts_of(*_RECORD, keep_open=True))


def _actor_refusal(
    facts: Mapping[str, Any], actor: str, needed: Collection[Permission], distributor_id: int | None
) -> Refusal | None:
    if actor in PLATFORM:
        return None
    if facts["user"]:
        return _refused_user(facts["user"], needed, distributor_id)
    if facts["contact"]:
        return _lacks(Role.PROVIDER_DESK, needed)
    return _unknown()


def user_deactivated() -> Refusal:
    """Refuse the call of a deactivated user. Orders that were accepted before continue (F53)."""
    return Refusal.of("user_deactivated")


def _refused_user(
    user: Mapping[str, Any], needed: Collection[Permission], distributor_id: int | None
) -> Refusal | None:
    if user["deactivated"]:
        return user_deactivated()
    role = Role(user["role"])
    if role is Role.PROVIDER_DESK and user["distributor"] != distributor_id:
        return _unknown()
    return closed_refusal(role, closed=user["closed"]) or _lacks(role, needed)


def _lacks(role: Role, needed: Collection[Permission]) -> Refusal | None:
    if not PERMISSIONS[role].isdisjoint(needed):
        return None
    return not_permitted(min(needed))


def _unknown() -> Refusal:
    return Refusal.of("unknown_actor")
