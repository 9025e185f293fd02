"""The tables of orders of every kind, and of their follow-ups."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.orders.lifecycle import OPEN, OrderKind, OrderStatus
from store.personal import CODE, REFERENCE, Erase, not_personal, personal
from store.row import STATUS_OPEN, Row, among, constants, now, of_account, own_id, owner

OPEN_STATUSES = constants(OPEN)
"""The statuses of open orders, for `OrderRow.status.in_`."""


class OrderRow(Row):
    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    kind: Mapped[str] = mapped_column(info=CODE)
    status: Mapped[str] = mapped_column(info=CODE)
    status_since: Mapped[datetime] = mapped_column(server_default=now())
    subject: Mapped[str | None] = mapped_column(info=REFERENCE)
    """What it is about; an order of a kind of which several may be open at once has none."""
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    distributor_id: Mapped[int | None]
    """Whose order contacts it is sent to."""
    placed_by: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(server_default=now())
    origin_id: Mapped[int | None]
    what: Mapped[dict[str, Any]] = mapped_column(info=not_personal("ids of records and what was ordered"))
    """`models.orders.kinds.What` as it was placed: a workflow that was lost is started again with it."""
    esim_id: Mapped[int | None]
    """The eSIM the order brought; a plain number, for it outlives a deleted temporary eSIM."""
    note_id: Mapped[int | None]
    """What was written when it was placed."""
    cancel_note_id: Mapped[int | None]
    __table_args__ = (
        of_account("subject", "subjects"),
        of_account("distributor_id", "distributors"),
        of_account("placed_by", "users"),
        ForeignKeyConstraint(["note_id", "id"], ["order_notes.id", "order_notes.order_id"]),
        ForeignKeyConstraint(["cancel_note_id", "id"], ["order_notes.id", "order_notes.order_id"]),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("kind", OrderKind), name="kind"),
        CheckConstraint(among("status", set(OrderStatus) - {OrderStatus.REFUSED}), name="status"),
        Index("uq_open_order", "subject", unique=True, postgresql_where=text(STATUS_OPEN)),
        Index("ix_orders_status", "status", "status_since"),
        Index("ix_orders_subject", "subject"),
        Index("ix_orders_newest", "account_id", "placed_at", "id"),
        Index(
            "ix_orders_waiting",
            *("account_id", "distributor_id", "placed_at", "id"),
            postgresql_where=text(STATUS_OPEN),
        ),
        Index("ix_orders_ended", "account_id", "status", "status_since"),
    )


class SwapRow(Row):
    """What an order that switches or replaces the SIM of a line has besides: one row each."""

    __tablename__ = "swap_orders"
    order_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    line_id: Mapped[int]
    pack_id: Mapped[int]
    sim_in_place_id: Mapped[int]
    """The SIM on the line when the order was placed."""
    __table_args__ = (
        of_account("order_id", "orders"),
        of_account("line_id", "lines"),
        of_account("pack_id", "order_packs"),
        of_account("sim_in_place_id", "sims"),
        Index("ix_swap_orders_sim_in_place_id", "sim_in_place_id"),
    )


RESENT = "target LIKE 'confirmation:%'"
"""The e-mails of orders that were sent again under an idempotency key, whose digest ends their target."""


class FollowUpRow(Row):
    """Work outside the database that a step of an order leaves, such as e-mails to people and the withdrawal
    of a cancelled order: due until `done_at`.
    """

    __tablename__ = "follow_ups"
    id: Mapped[int] = own_id()
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), info=REFERENCE)
    kind: Mapped[str] = mapped_column(info=CODE)
    target: Mapped[str] = mapped_column(info=REFERENCE)
    """What it is about, such as the id of a workflow or the name of an e-mail."""
    due_since: Mapped[datetime] = mapped_column(server_default=now())
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("order_id", "kind", "target"),
        Index("ix_follow_ups_due", "order_id", postgresql_where=text("done_at IS NULL")),
        Index("ix_follow_ups_resent", "target", postgresql_where=text(RESENT)),
        Index(
            "ix_follow_ups_mailed_again", "target", unique=True, postgresql_where=text("kind = 'mail_again'")
        ),
    )


LONGEST_BEGINNING = 100
NOTE_BEGINS = literal_column(f'lower("left"(text, {LONGEST_BEGINNING}))', String)
"""How a purchase reference is found, which is the first line of a note."""


class OrderNoteRow(Row):
    """Free text about an order or a change of a number, such as the reason of a cancel or a suspension. It is
    in no workflow history (W6), and in no other table.

    What comes with an order is written before the order is accepted, so the order refers to the note, not the
    note to the order.
    """

    __tablename__ = "order_notes"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    order_id: Mapped[str] = mapped_column(index=True, info=REFERENCE)
    at: Mapped[datetime] = mapped_column(server_default=now())
    text: Mapped[str] = mapped_column(info=personal(Erase.REPLACE, Erase.MENTIONS))
    written_by: Mapped[str | None] = mapped_column(info=REFERENCE)
    """Whose text it is, such as `user:3`; NULL where another service wrote the row: then the events of the
    order say it.
    """
    __table_args__ = (
        UniqueConstraint("id", "order_id"),
        Index(
            "ix_order_notes_begins",
            "account_id",
            NOTE_BEGINS.label("begins"),
            postgresql_ops={"begins": "text_pattern_ops"},
        ),
    )
