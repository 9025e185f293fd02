"""The one log of what happened, and the epoch of its feed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from models.events import Audience
from store.personal import CODE, REFERENCE, not_personal
from store.row import Row, among, clock, own_id


class Xid8(UserDefinedType[str]):
    """PostgreSQL's id of a transaction, with 64 bits: it never wraps around. Cast to text to read it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in SQL."""
        return "xid8"


ischema_names["xid8"] = Xid8


class EventRow(Row):
    """What happened, when, to what and by whom. Dotted types: see `models.events`. Rows can only be inserted.

    No foreign keys: an event outlives a deleted temporary eSIM, and a key of the account would have every
    step of an account take a lock of the same row.
    """

    __tablename__ = "events"
    id: Mapped[int] = own_id()
    account_id: Mapped[int | None]
    """None where it is the platform's own."""
    about: Mapped[list[str]] = mapped_column(ARRAY(String), info=REFERENCE)
    """References, what it is foremost about first: order-..., qr-request-..., sim:12, link:5, line:42."""
    type: Mapped[str] = mapped_column(info=CODE)
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    """operator, provider, user:3, contact:7, link:12 (the holder of that link) or system."""
    origin_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'"),
        info=not_personal("ids, counts and codes, never names, addresses or numbers of people"),
    )
    """Ids, counts and codes, never names, addresses or numbers of people."""
    at: Mapped[datetime] = mapped_column(server_default=clock())
    audience: Mapped[str] = mapped_column(info=CODE)
    epoch: Mapped[int] = mapped_column(server_default=func.esim_epoch())
    xid: Mapped[str] = mapped_column(Xid8(), server_default=func.pg_current_xact_id(), info=CODE)
    __table_args__ = (
        CheckConstraint("cardinality(about) > 0", name="about_something"),
        CheckConstraint(among("audience", Audience), name="audience"),
        # off: else what was added last is searched through by every reader, until a vacuum
        Index("ix_events_about", "about", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_events_feed", "epoch", "xid", "id"),
        Index("ix_events_feed_of_account", "account_id", "epoch", "xid", "id"),
        Index("ix_events_of_actor", "account_id", "actor", "epoch", "xid", "id"),
        Index("ix_events_of_type", "account_id", "type", "epoch", "xid", "id"),
        Index("ix_events_at", "account_id", "at"),
        Index("ix_events_origin_id", "origin_id"),
        Index(
            "ix_events_imports",
            "type",
            postgresql_where=text("type IN ('qr.imported', 'qr.import_refused')"),
        ),
        Index("ix_events_refused_orders", "id", postgresql_where=text("type = 'order.refused'")),
    )


class FeedEpochRow(Row):
    """One row: when the database was last restored (1: never), as its transactions may be numbered anew, and
    which cluster of PostgreSQL numbers them.
    """

    __tablename__ = "feed_epoch"
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    epoch: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    cluster: Mapped[str] = mapped_column(info=CODE)
    """The cluster's system identifier: a standby that takes over has the same, a new cluster another."""
    __table_args__ = (CheckConstraint("one", name="one"),)
