"""Links in e-mails to order contacts: a random bearer token that opens one order, as that contact (P9).

Only the SHA-256 digest of the token is stored. A link is invalid when it has expired or was revoked; once its
order has ended it only shows how. It is revoked when its contact loses the role 'order' or the address, or
is erased, in the same transaction (S4).
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Interval,
    LargeBinary,
    String,
    any_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.orders.links import OrderLinkView
from models.people.callers import By, OfOrderLink
from models.people.sign_in import Visit
from models.people.views import ContactRole
from store import events, origins, rates
from store.orders.link_tables import OrderLinkRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.people.tables import AccountRow, ContactRoleRow, ContactRow
from store.rates import Bucket
from store.row import now

_RANDOM_BYTES = 32
MOST_TRIES = 30
TRIES_A_SECOND = 1 / 20
"""Rate limit of what is done by one link: thirty, then one every twenty seconds."""


@dataclass(frozen=True)
class OrderLink:
    """A link that is valid, and the contact who got it."""

    id: int
    account_id: int
    order_id: str
    recipient: str
    expires_at: datetime
    account: str
    """The name of the account that ordered."""
    contact: str | None = field(repr=False)
    """The name of the contact."""

    @property
    def scope(self) -> OfOrderLink:
        """What its bearer sees: that order alone."""
        return OfOrderLink(self.id, self.account_id, self.order_id)

    @property
    def name(self) -> str:
        """Its name in the origins of calls."""
        return name_of(self.id)


def name_of(link_id: int) -> str:
    """The name of a link, which says nothing of its token: `order-link:7`."""
    return f"order-link:{link_id}"


_KEPT = (
    select(ContactRow.id)
    .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
    .where(
        ContactRow.id == bindparam("contact", type_=BigInteger),
        func.lower(ContactRow.email) == func.lower(bindparam("address", type_=String)),
        ContactRoleRow.role == ContactRole.ORDER,
    )
    .with_for_update(read=True)
    .cte("kept")
)
"""The contact, if it has the address and the role; it stays so until the end of the transaction."""
_MINT = (
    insert(OrderLinkRow)
    .from_select(
        ["token", "account_id", "order_id", "recipient", "expires_at", "revoked_at"],
        select(
            bindparam("digest", type_=LargeBinary),
            bindparam("account", type_=BigInteger),
            bindparam("order", type_=String),
            bindparam("recipient", type_=String),
            now() + bindparam("expires_after", type_=Interval),
            case((select(_KEPT.c.id).exists(), literal_column("NULL")), else_=now()),
        ),
    )
    .returning(OrderLinkRow.expires_at)
)
_DISCARD = delete(OrderLinkRow).where(
    OrderLinkRow.token == any_(bindparam("digests", type_=ARRAY(LargeBinary)))
)
_CONTACT = ContactRow.id == cast(func.split_part(OrderLinkRow.recipient, ":", 2), BigInteger)
_HAS_ROLE = (
    select(ContactRoleRow.role)
    .where(ContactRoleRow.contact_id == ContactRow.id, ContactRoleRow.role == ContactRole.ORDER)
    .correlate(ContactRow)
    .exists()
)
_FIND = (
    select(
        *(OrderLinkRow.id, OrderLinkRow.account_id, OrderLinkRow.order_id, OrderLinkRow.recipient),
        *(OrderLinkRow.expires_at, OrderLinkRow.revoked_at),
        (OrderLinkRow.expires_at <= now()).label("expired"),
        AccountRow.name.label("account"),
        ContactRow.name.label("contact"),
        _HAS_ROLE.label("has_role"),
    )
    .join(AccountRow, AccountRow.id == OrderLinkRow.account_id)
    .outerjoin(ContactRow, _CONTACT)
    .where(OrderLinkRow.token == bindparam("digest", type_=LargeBinary))
)
_STATE = case(
    (OrderLinkRow.revoked_at.is_not(None), "revoked"),
    (OrderLinkRow.expires_at <= now(), "expired"),
    (OrderRow.status.not_in(OPEN_STATUSES), "over"),
    else_="open",
)
_OF_ORDER = (
    select(
        *(OrderLinkRow.id, OrderLinkRow.recipient, ContactRow.name.label("contact")),
        *(OrderLinkRow.created_at, OrderLinkRow.expires_at, _STATE.label("state")),
    )
    .join(OrderRow, OrderRow.id == OrderLinkRow.order_id)
    .outerjoin(ContactRow, _CONTACT)
    .where(
        OrderLinkRow.account_id == bindparam("account", type_=BigInteger),
        OrderLinkRow.order_id == bindparam("order", type_=String),
    )
    .order_by(OrderLinkRow.id.desc())
)
_OPEN_ORDERS = (
    select(func.count(OrderLinkRow.order_id.distinct()))
    .join(OrderRow, OrderRow.id == OrderLinkRow.order_id)
    .where(OrderLinkRow.recipient == bindparam("recipient", type_=String), _STATE == "open")
)
_ONE = (
    OrderLinkRow.id == bindparam("link", type_=BigInteger),
    OrderLinkRow.order_id == bindparam("order", type_=String),
)
_KNOWN = select(OrderLinkRow.id).where(*_ONE)
_REVOKED = (OrderLinkRow.account_id, OrderLinkRow.order_id, OrderLinkRow.id)
_REVOKE = (
    update(OrderLinkRow)
    .where(*_ONE, OrderLinkRow.revoked_at.is_(None))
    .values(revoked_at=now())
    .returning(*_REVOKED)
)
_REVOKE_OF_CONTACTS = (
    update(OrderLinkRow)
    .where(
        OrderLinkRow.recipient == any_(bindparam("recipients", type_=ARRAY(String))),
        OrderLinkRow.revoked_at.is_(None),
        OrderLinkRow.expires_at > now(),
    )
    .values(revoked_at=now())
    .returning(*_REVOKED)
)


async def mint(  # noqa: PLR0917  what a link has
    connection: AsyncConnection,
    account_id: int,
    order_id: str,
    recipient: str,
    address: str,
    expires_after: timedelta,
) -> tuple[str, datetime]:
    """Create a link; its token, which cannot be read again, and until when it is valid.

    If the contact has lost the `address` or the role meanwhile, the link is created revoked, because its
    e-mail is already being sent.
    """
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    values = {
        "digest": _digest(token),
        "account": account_id,
        "order": order_id,
        "recipient": recipient,
        "contact": int(recipient.removeprefix("contact:")),
        "address": address,
        "expires_after": expires_after,
    }
    return token, (await connection.execute(_MINT, values)).scalar_one()


async def discard(connection: AsyncConnection, tokens: Collection[str]) -> None:
    """Delete links whose e-mails were certainly not sent."""
    if tokens:
        await connection.execute(_DISCARD, {"digests": [_digest(token) for token in tokens]})


async def find(connection: AsyncConnection, token: str) -> OrderLink:
    """The link with this token, also of an order that has ended. Raises `NotFound` (`link_unknown`),
    `Refused` (`link_expired`, `link_revoked`).
    """
    row = (await connection.execute(_FIND, {"digest": _digest(token)})).one_or_none()
    if row is None:
        raise NotFound.because("link_unknown")
    if row.revoked_at is not None or not row.has_role:
        raise Refused.because("link_revoked")
    if row.expired:
        raise Refused.because("link_expired")
    return OrderLink(**{name: row._mapping[name] for name in OrderLink.__dataclass_fields__})


async def use(connection: AsyncConnection, link: OrderLink, visit: Visit) -> int | None:
    """Count a call that may change something, and record its origin; None if there were too many."""
    taken = await rates.take(connection, Bucket(link.name, MOST_TRIES, TRIES_A_SECOND))
    if not taken.allowed:
        return None
    return await origins.record(
        connection,
        actor=link.recipient,
        surface="link",
        session=link.name,
        address=visit.address,
        request_id=visit.request_id,
    )


async def of_order(connection: AsyncConnection, account_id: int, order_id: str) -> list[OrderLinkView]:
    """All links of an order, newest first; the caller has found the order in the scope."""
    rows = await connection.execute(_OF_ORDER, {"account": account_id, "order": order_id})
    return [OrderLinkView(**row._mapping) for row in rows]


async def open_orders_of(connection: AsyncConnection, contact_id: int) -> int:
    """To how many open orders the contact has a link that works."""
    return int(await connection.scalar(_OPEN_ORDERS, {"recipient": f"contact:{contact_id}"}) or 0)


async def revoke(connection: AsyncConnection, order_id: str, link_id: int, by: By) -> None:
    """Revoke one link of an order; idempotent. Raises `NotFound` (`unknown_link`)."""
    which = {"link": link_id, "order": order_id}
    row = (await connection.execute(_REVOKE, which)).one_or_none()
    if row is not None:
        await _record(connection, row, by)
    elif await connection.scalar(_KNOWN, which) is None:
        raise NotFound.because("unknown_link", link=name_of(link_id))


async def revoke_of_contacts(connection: AsyncConnection, contact_ids: Collection[int], by: By) -> int:
    """Revoke the links of these contacts, whose rows are locked; return how many."""
    known = {"recipients": [f"contact:{contact_id}" for contact_id in contact_ids]}
    rows = sorted((await connection.execute(_REVOKE_OF_CONTACTS, known)).all())
    for row in rows:
        await _record(connection, row, by)
    return len(rows)


async def _record(connection: AsyncConnection, row: Any, by: By) -> None:
    happened: events.Happening = ("link.revoked", {})
    about = (row.order_id, name_of(row.id))
    await events.append(connection, row.account_id, about, by.actor, happened, origin_id=by.origin_id)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
