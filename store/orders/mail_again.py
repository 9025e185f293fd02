"""A user has an open order e-mailed to its provider once more: recorded here, and found by its workflow.

What is asked for is a follow-up of the order, due until the e-mail was sent: it survives the loss of
Temporal's data.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import mark_of_key
from models.orders.lifecycle import OPEN, OrderStatus
from models.people.callers import By
from models.people.views import ContactRole
from store import events
from store.mail_table import MailRow
from store.operations.tables import HoldRow
from store.orders.access import OrderKey
from store.orders.locked_order import references
from store.orders.tables import FollowUpRow, OrderRow
from store.people.tables import ContactRoleRow, ContactRow
from store.row import clock

MAIL_AGAIN = "mail_again"
"""The kind of the follow-up; its target is the mark of the key that it was asked for under."""
AT_MOST_EVERY = timedelta(minutes=1)
_LOCK = (
    select(OrderRow.status, OrderRow.subject)
    .where(OrderRow.id == bindparam("order"))
    .with_for_update(key_share=True)
)
_TO_PROVIDER = (MailRow.order_id == bindparam("order"), MailRow.recipient.startswith("contact:"))
_FACTS = select(
    select(func.max(MailRow.updated_at)).where(*_TO_PROVIDER, MailRow.state == "sent").scalar_subquery()
    > clock() - literal(AT_MOST_EVERY),
    select(HoldRow.workflow_id).where(HoldRow.workflow_id == bindparam("order")).exists(),
    select(ContactRow.id)
    .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
    .join(OrderRow, OrderRow.distributor_id == ContactRow.distributor_id)
    .where(OrderRow.id == bindparam("order"), ContactRoleRow.role == ContactRole.ORDER)
    .exists(),
)
_OF_ORDER = (FollowUpRow.order_id == bindparam("order"), FollowUpRow.kind == MAIL_AGAIN)
_KNOWN = select(FollowUpRow.order_id).where(
    text("kind = 'mail_again'"), FollowUpRow.target == bindparam("target")
)
_ADD = insert(FollowUpRow).on_conflict_do_nothing().returning(FollowUpRow.id)
_DUE = select(FollowUpRow.id).where(*_OF_ORDER, FollowUpRow.done_at.is_(None)).order_by(FollowUpRow.id)
_KIND = select(OrderRow.kind).where(OrderRow.id == bindparam("order"))


async def ask(connection: AsyncConnection, order: OrderKey, by: By, key: str) -> bool:
    """Record that the order is to be e-mailed again; once under the same key: False for a repeat.

    Raises `Refused`: `key_used`, `order_ended`, `order_is_held`, `order_not_mailed`, `no_order_contact`,
    `order_mailed_just_now`.
    """
    which = {"order": order.id, "target": mark_of_key(order.account_id, key)}
    locked = (await connection.execute(_LOCK, which)).one()
    if await _is_known(connection, order.id, which):
        return False
    if OrderStatus(locked.status) not in OPEN:
        raise Refused.because("order_ended", order=order.id)
    just_now, held, heard = (await connection.execute(_FACTS, which)).one()
    if held:
        raise Refused.because("order_is_held", order=order.id)
    if just_now is None:
        raise Refused.because("order_not_mailed", order=order.id)
    if not heard:
        raise Refused.because("no_order_contact")
    if just_now or await due(connection, order.id):
        raise Refused.because("order_mailed_just_now", order=order.id)
    left = {"order_id": order.id, "kind": MAIL_AGAIN, "target": which["target"]}
    if (await connection.execute(_ADD, left)).first() is None:  # at the same moment for another order
        return not await _is_known(connection, order.id, which)
    happened: events.Happening = ("order.mailed_again", {})
    about = references(order.id, locked.subject)
    await events.append(connection, order.account_id, about, by.actor, happened, origin_id=by.origin_id)
    return True


async def _is_known(connection: AsyncConnection, order_id: str, which: Mapping[str, str]) -> bool:
    """Whether it was asked for under this key. Raises `Refused` (`key_used`) if for another order."""
    known = await connection.scalar(_KNOWN, which)
    if known is not None and known != order_id:
        raise Refused.because("key_used", order=known)
    return known is not None


async def due(connection: AsyncConnection, order_id: str) -> Sequence[int]:
    """The follow-ups of the order that ask for it and are not done."""
    return (await connection.scalars(_DUE, {"order": order_id})).all()


async def kind_of(connection: AsyncConnection, order_id: str) -> str:
    """The kind of the order, which must exist."""
    kind: str = (await connection.execute(_KIND, {"order": order_id})).scalar_one()
    return kind
