"""The tables of webhooks: endpoints, their earlier secrets, calls, and attempts to deliver that failed."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.operations.webhooks import DisabledFor, Outcome
from store.event_table import Xid8
from store.personal import CODE, ENCRYPTED, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, made_as, made_key, now, own_id, owner

_WAITING = text("next_attempt_at IS NOT NULL")


class WebhookRow(Row):
    """An endpoint of an account, with its place in the feed: the events up to there are delivered, or have a
    row of an attempt.
    """

    __tablename__ = "webhooks"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    url: Mapped[str] = mapped_column(info=not_personal("the address of a service, which the account chooses"))
    types: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"), info=CODE)
    """The types of events that are sent; none: all."""
    description: Mapped[str] = mapped_column(server_default=text("''"), info=personal(Erase.MENTIONS))
    secret: Mapped[bytes] = mapped_column(info=ENCRYPTED)
    disabled_at: Mapped[datetime | None]
    disabled_for: Mapped[str | None] = mapped_column(info=CODE)
    notified_at: Mapped[datetime | None]
    """When the administrators were notified that it is disabled."""
    epoch: Mapped[int]
    xid: Mapped[str] = mapped_column(Xid8(), info=CODE)
    event_id: Mapped[int]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """In a row."""
    failing_since: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    """Until when its receiver is left alone."""
    woken_until: Mapped[datetime | None]
    """Until when its turn lasts: its workflow delivers, and the relay does not wake it again before."""
    served_at: Mapped[datetime] = mapped_column(server_default=now())
    """When its last turn began."""
    working_since: Mapped[datetime] = mapped_column(server_default=now())
    """Since when it is as it is now, enabled, and its receiver does not fail: what waited before was not
    late. What was sent before tells nothing of the endpoint as it is now.
    """
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    created_by: Mapped[str] = mapped_column(info=REFERENCE)
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("account_id", "made_key"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint("(disabled_at IS NULL) = (disabled_for IS NULL)", name="disabled"),
        CheckConstraint(among("disabled_for", DisabledFor), name="disabled_for"),
        Index("ix_webhooks_account_id", "account_id", "id"),
    )


class WebhookEarlierSecretRow(Row):
    """A secret of an endpoint that was rotated, and signs beside the present one for a while."""

    __tablename__ = "webhook_earlier_secrets"
    id: Mapped[int] = own_id()
    webhook_id: Mapped[int]
    account_id: Mapped[int] = owner()
    secret: Mapped[bytes] = mapped_column(info=ENCRYPTED)
    until: Mapped[datetime]
    """Until when it signs; then it is deleted."""
    __table_args__ = (
        ForeignKeyConstraint(
            ["webhook_id", "account_id"], ["webhooks.id", "webhooks.account_id"], ondelete="CASCADE"
        ),
        Index("ix_webhook_earlier_secrets_webhook_id", "webhook_id"),
    )


class WebhookCallRow(Row):
    """A rotation, a replay or a ping of an endpoint under an idempotency key, whose repeat does nothing."""

    __tablename__ = "webhook_calls"
    id: Mapped[int] = own_id()
    webhook_id: Mapped[int]
    account_id: Mapped[int] = owner()
    at: Mapped[datetime] = mapped_column(server_default=now())
    result: Mapped[dict[str, Any] | None] = mapped_column(
        info=not_personal("how many events were sent again, or how a ping ended, as a code")
    )
    """What it answered."""
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        ForeignKeyConstraint(
            ["webhook_id", "account_id"], ["webhooks.id", "webhooks.account_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("account_id", "made_key"),
        Index("ix_webhook_calls_webhook_id", "webhook_id"),
        Index("ix_webhook_calls_at", "at"),
    )


class WebhookAttemptRow(Row):
    """An attempt to deliver an event that failed, or an event that is to be sent again. The one that is to be
    tried next has `next_attempt_at`; there is one for each event of an endpoint at most.
    """

    __tablename__ = "webhook_attempts"
    id: Mapped[int] = own_id()
    webhook_id: Mapped[int]
    account_id: Mapped[int] = owner()
    epoch: Mapped[int]
    xid: Mapped[str] = mapped_column(Xid8(), info=CODE)
    event_id: Mapped[int]
    type: Mapped[str] = mapped_column(info=CODE)
    number: Mapped[int]
    """Which attempt it was since it began anew; 0: it is to be sent again, and was not tried yet."""
    at: Mapped[datetime] = mapped_column(server_default=now())
    first_at: Mapped[datetime] = mapped_column(server_default=now())
    """When the first of these failed, or when it began anew."""
    outcome: Mapped[str | None] = mapped_column(info=CODE)
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(info=personal(Erase.MENTIONS))
    """The beginning of what the receiver answered."""
    milliseconds: Mapped[int | None]
    next_attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["webhook_id", "account_id"], ["webhooks.id", "webhooks.account_id"], ondelete="CASCADE"
        ),
        CheckConstraint(among("outcome", Outcome), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (number = 0)", name="tried"),
        Index("ix_webhook_attempts_newest", "webhook_id", "id"),
        Index(
            "uq_webhook_attempts_waiting",
            "webhook_id",
            "epoch",
            "event_id",
            unique=True,
            postgresql_where=_WAITING,
        ),
        Index("ix_webhook_attempts_due", "webhook_id", "next_attempt_at", postgresql_where=_WAITING),
        Index("ix_webhook_attempts_at", "at"),
    )
