"""By which surface, session and address a call came: audit joins events with it by the caller's `origin_id`.

Nothing of a row but its id leaves the database, so nothing of it is in Temporal.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

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
    )


_RECORD = insert(OriginRow).returning(OriginRow.id)


_OF_ACTOR = select(OriginRow.id).where(
    OriginRow.id == bindparam("origin"), OriginRow.actor == bindparam("actor")
)


async def record(
    connection: AsyncConnection,
    *,
    actor: str,
    surface: str,
    session: str | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> int:
    """Write down where a call comes from; the id, for `Caller.origin_id`."""
    row = {"actor": actor, "surface": surface, "session": session, "address": address}
    return int((await connection.execute(_RECORD, {**row, "request_id": request_id})).scalar_one())


async def known(connection: AsyncConnection, origin_id: int | None, actor: str) -> bool:
    """Whether this actor called from there. Else audit would join an event with the address and session of
    another one. True where a call says nothing of its origin.
    """
    if origin_id is None:
        return True
    which = {"origin": origin_id, "actor": actor}
    return (await connection.execute(_OF_ACTOR, which)).one_or_none() is not None


async def verified(connection: AsyncConnection, by: By) -> By:
    """The same actor, without an origin that is not theirs: what is recorded of a call that was refused."""
    return by if await known(connection, by.origin_id, by.actor) else By(by.actor)
