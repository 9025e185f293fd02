"""The tables of eSIM lines, the plans on them, what is reported of them, and orders about them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CHAR,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.travel.profiles import LARGEST_PROFILE, EsimReason, Notice, Outcome, Reported
from store.personal import CODE, REFERENCE, not_personal
from store.row import Row, among, now, of_account, own_id, owner

_NAME_OF_LINE = not_personal("the name of a country or of a travel plan")


class EsimLineRow(Row):
    """A subscriber's eSIM with its plans. Its subject is `esim_line:9`, the holder of its eSIM."""

    __tablename__ = "esim_lines"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    subscriber_id: Mapped[int]
    name: Mapped[str] = mapped_column(info=_NAME_OF_LINE)
    """The country, or the plan's name (T8)."""
    profile: Mapped[int]
    complimentary: Mapped[bool]
    order_id: Mapped[str] = mapped_column(unique=True, info=REFERENCE)
    """The order that added it."""
    added_at: Mapped[datetime] = mapped_column(server_default=now())
    installed_at: Mapped[datetime | None]
    """When a phone downloaded its present eSIM, by the report of it or of the first connection."""
    esim_since: Mapped[datetime] = mapped_column(server_default=now())
    """When it got its present eSIM."""
    suspended_at: Mapped[datetime | None]
    suspended_note_id: Mapped[int | None] = mapped_column(ForeignKey("order_notes.id"))
    """The note with the reason, as it was typed (T33)."""
    ended_at: Mapped[datetime | None]
    """When its eSIM, which was never installed, went back to stock or was discarded (T40); NULL once the line
    has another one.
    """
    returned: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether that eSIM went back to stock: without plans that wait, the line counts for no bundle then."""
    reported_until: Mapped[datetime | None]
    """The time of the latest report: an earlier one that arrives late is decided with all of them (T31)."""
    due_at: Mapped[datetime | None]
    """The next moment at which something of its plans is due: a plan ends, or a notice is not sent yet."""
    woken_for: Mapped[datetime | None]
    """The `due_at` that its workflow knows; another one, and it has to be woken."""
    news: Mapped[int] = mapped_column(server_default=text("0"))
    """How often something was added of which its workflow has to know."""
    subject: Mapped[str] = mapped_column(
        Computed("'esim_line:'::text || (id)::text", persisted=True), unique=True, info=REFERENCE
    )
    __table_args__ = (
        of_account("subscriber_id", "subscribers"),
        of_account("order_id", "orders"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(f"profile BETWEEN 1 AND {LARGEST_PROFILE}", name="profile"),
        CheckConstraint("suspended_note_id IS NULL OR suspended_at IS NOT NULL", name="suspended_note"),
        CheckConstraint("NOT returned OR ended_at IS NOT NULL", name="returned"),
        Index("ix_esim_lines_account_id", "account_id", "id"),
        Index("ix_esim_lines_subscriber_id", "subscriber_id"),
        Index(
            "ix_esim_lines_unwoken",
            "id",
            postgresql_where=text("due_at IS DISTINCT FROM woken_for"),
        ),
        Index(
            "ix_esim_lines_not_installed",
            "esim_since",
            postgresql_where=text("installed_at IS NULL AND ended_at IS NULL"),
        ),
    )


class PlanAssignmentRow(Row):
    """A plan on an eSIM line, as it was when it was given. Its state follows from these times."""

    __tablename__ = "plan_assignments"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    esim_line_id: Mapped[int]
    plan_id: Mapped[int]
    order_id: Mapped[str] = mapped_column(unique=True, info=REFERENCE)
    countries: Mapped[list[str]] = mapped_column(ARRAY(String), info=CODE)
    data_bytes: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    """What it costs the subscriber: 0 if it is complimentary."""
    currency: Mapped[str] = mapped_column(CHAR(3), info=CODE)
    assigned_at: Mapped[datetime] = mapped_column(server_default=now())
    lapses_at: Mapped[datetime]
    """It lapses if it has not been used by then (T28)."""
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """30 x 24 hours after `started_at` (T5, T23)."""
    used_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    depleted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When its end, of whatever kind, was recorded as an event; reads do not wait for this."""
    __table_args__ = (
        of_account("esim_line_id", "esim_lines"),
        of_account("plan_id", "travel_plans"),
        of_account("order_id", "orders"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint("(started_at IS NULL) = (ends_at IS NULL)", name="ends_at"),
        CheckConstraint("started_at IS NOT NULL OR depleted_at IS NULL", name="depleted_was_used"),
        CheckConstraint("started_at IS NULL OR revoked_at IS NULL", name="revoked_was_queued"),
        CheckConstraint("data_bytes > 0 AND used_bytes >= 0", name="bytes"),
        Index("ix_plan_assignments_esim_line_id", "esim_line_id", "id"),
        Index(
            "ix_plan_assignments_queued",
            "lapses_at",
            postgresql_where=text("started_at IS NULL AND closed_at IS NULL"),
        ),
    )


class LineReportRow(Row):
    """What a network or phone reported of an eSIM line, each report once (T22, T30, T31)."""

    __tablename__ = "line_reports"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    esim_line_id: Mapped[int]
    key: Mapped[str] = mapped_column(info=not_personal("a digest of the reporter's name of the report"))
    report: Mapped[str] = mapped_column(info=CODE)
    at: Mapped[datetime]
    """When it happened: as it was reported, but never in the future."""
    reported_at: Mapped[datetime | None]
    """As it was reported; NULL where the report had no time."""
    received_at: Mapped[datetime] = mapped_column(server_default=now())
    country: Mapped[str | None] = mapped_column(CHAR(2), info=CODE)
    """ISO 3166-1 alpha-2; NULL at sea, in the air, and for an installation."""
    used_bytes: Mapped[int | None]
    assignment_id: Mapped[int | None]
    """The plan that it started or is counted on."""
    outcome: Mapped[str] = mapped_column(info=CODE)
    __table_args__ = (
        of_account("esim_line_id", "esim_lines"),
        of_account("assignment_id", "plan_assignments"),
        UniqueConstraint("account_id", "key"),
        CheckConstraint(among("report", Reported), name="report"),
        CheckConstraint(among("outcome", Outcome), name="outcome"),
        CheckConstraint("(report = 'usage') = (used_bytes IS NOT NULL)", name="used_bytes"),
        CheckConstraint("used_bytes >= 0", name="used"),
        Index("ix_line_reports_esim_line_id", "esim_line_id", "at", "id"),
    )


class TravelNoticeRow(Row):
    """An e-mail that is due besides those of orders; each is sent once (T17, T26, T28, T35, T40)."""

    __tablename__ = "travel_notices"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """`travel-notice-...`, made of what it is about, so that the same notice is recorded once."""
    account_id: Mapped[int] = owner()
    notice: Mapped[str] = mapped_column(info=CODE)
    esim_line_id: Mapped[int | None]
    assignment_id: Mapped[int | None]
    profile: Mapped[int | None]
    """Of a notice to the staff: the profile of the stock."""
    install_by: Mapped[datetime | None]
    """Of an eSIM that is withdrawn soon: until when it can be installed (T40)."""
    due_since: Mapped[datetime] = mapped_column(server_default=now())
    done_at: Mapped[datetime | None]
    """When it was sent, was given up or is not needed any more."""
    __table_args__ = (
        of_account("esim_line_id", "esim_lines"),
        of_account("assignment_id", "plan_assignments"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("notice", Notice), name="notice"),
        CheckConstraint("num_nonnulls(esim_line_id, profile) = 1", name="about_one"),
        Index("ix_travel_notices_due", "esim_line_id", "id", postgresql_where=text("done_at IS NULL")),
    )


class TravelOrderRow(Row):
    """What an order about a travel eSIM has besides: one row each."""

    __tablename__ = "travel_orders"
    order_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    subscriber_id: Mapped[int]
    esim_line_id: Mapped[int | None]
    """Of an order that adds a line: NULL until the eSIM is allocated."""
    plan_id: Mapped[int | None]
    """NULL where an eSIM is replaced."""
    profile: Mapped[int]
    """The profile that the eSIM must have."""
    line_name: Mapped[str] = mapped_column(info=_NAME_OF_LINE)
    destinations: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"), info=CODE)
    complimentary: Mapped[bool] = mapped_column(server_default=text("false"))
    terms: Mapped[dict[str, Any] | None] = mapped_column(
        info=not_personal("the countries, volume, price and shelf life of the plan when it was ordered")
    )
    reason: Mapped[str | None] = mapped_column(info=CODE)
    replaced_sim_id: Mapped[int | None]
    waiting_since: Mapped[datetime | None]
    """Since when it waits for stock; NULL unless it waits (T17)."""
    asked_at: Mapped[datetime | None]
    """When it first asked for an eSIM: its place among the orders that wait, which it keeps where the eSIM
    that is reserved for it ends in stock (T17, T36).
    """
    __table_args__ = (
        of_account("order_id", "orders"),
        of_account("subscriber_id", "subscribers"),
        of_account("esim_line_id", "esim_lines"),
        of_account("plan_id", "travel_plans"),
        of_account("replaced_sim_id", "sims"),
        CheckConstraint(among("reason", EsimReason), name="reason"),
        CheckConstraint(f"profile BETWEEN 1 AND {LARGEST_PROFILE}", name="profile"),
        Index("ix_travel_orders_subscriber_id", "subscriber_id"),
        Index(
            "ix_travel_orders_waiting",
            "account_id",
            "profile",
            "asked_at",
            "order_id",
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
    )
