"""Origins of calls (surface, session, IP address): audit joins events with them by `origin_id`.

Only the id of an origin leaves the database, so Temporal never has a session or an address.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    String,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from models.identifiers import parse_reference
from models.people.callers import By
from store.personal import CODE, REFERENCE, Erase, personal
from store.row import Row, among, now, own_id

SURFACES = ("api", "cli", "link", "portal")


class OriginRow(Row):
    __tablename__ = "origins"
    id: Mapped[int] = own_id()
    at: Mapped[datetime] = mapped_column(server_default=now())
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    surface: Mapped[str] = mapped_column(info=CODE)
    session: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """The id of the API key or the session; never the secret itself."""
    address: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    request_id: Mapped[str | None] = mapped_column(info=REFERENCE)
    __table_args__ = (
        CheckConstraint(among("surface", SURFACES), name="surface"),
        Index("ix_origins_actor", "actor"),
        Index("ix_origins_session", "session"),
        Index("ix_origins_address", "address"),
    )


_RECORD = insert(OriginRow).returning(OriginRow.id)
"""Waits for the disk, although the change that names the origin is written later: a workflow's message names
it, too, and Temporal would remember an origin that a killed database has forgotten.
"""


def of_key(senders: Select[*tuple[Any, ...]]) -> CTE:
    """A part of a statement that records the origin of a call which was sent with an API key: `senders` has
    the `id` of the user that the key acts as, and its `key_id`, or no row. Its parameters are `address` and
    `request_id`.
    """
    sender = senders.subquery("origin_of")
    columns = {
        "actor": literal("user:").concat(cast(sender.c.id, String)),
        "surface": literal("api"),
        "session": literal("K-").concat(cast(sender.c.key_id, String)),
        "address": bindparam("address", type_=String),
        "request_id": bindparam("request_id", type_=String),
    }
    rows = select(*columns.values()).where(sender.c.id.is_not(None))
    return insert(OriginRow).from_select(list(columns), rows).returning(OriginRow.id).cte("origin")


def theirs() -> ColumnElement[bool]:
    """Whether a call's origin is one of its actor, as a condition; also where the call says nothing of its
    origin. Its parameters are `by_origin` and `by_actor`.
    """
    origin = bindparam("by_origin", type_=BigInteger)
    of_actor = (OriginRow.id == origin, OriginRow.actor == bindparam("by_actor", type_=String))
    return or_(origin.is_(None), exists().where(*of_actor))


_THEIRS = select(theirs())


async def record(
    connection: AsyncConnection,
    *,
    actor: str,
    surface: str,
    session: str | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> int:
    """Record the origin of a call; return its id, for `Caller.origin_id`."""
    row = {"actor": actor, "surface": surface, "session": session, "address": address}
    return int((await connection.execute(_RECORD, {**row, "request_id": request_id})).scalar_one())


async def api_key(connection: AsyncConnection, origin_id: int | None) -> int | None:
    """The number of the API key that the call was sent with; None for a call without one."""
    session = select(OriginRow.session).where(OriginRow.id == origin_id, OriginRow.surface == "api")
    return parse_reference("K", await connection.scalar(session) or "")


async def known(connection: AsyncConnection, origin_id: int | None, actor: str) -> bool:
    """Whether the origin belongs to this actor. Otherwise audit would join an event with the address and
    session of another actor. True for a call without an origin.
    """
    which = {"by_origin": origin_id, "by_actor": actor}
    return origin_id is None or bool(await connection.scalar(_THEIRS, which))


async def verified(connection: AsyncConnection, by: By) -> By:
    """The same actor, without an origin that belongs to another one. For the records of refused calls."""
    return by if await known(connection, by.origin_id, by.actor) else By(by.actor)
