"""The tables of subscribers, travel plans with their rates, and eSIM stock."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    CHAR,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.language import Language
from models.travel.profiles import LARGEST_PROFILE
from store.made_keys import MADE_AS, MADE_KEY
from store.personal import CODE, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, now, of_account, own_id, owner

NEVER = "'9999-01-01'::date"
"""The day by which an eSIM that never ends is sorted, as a list that is read page by page has no NULL.

Not the last day of the calendar, which asyncpg sends as infinity.
"""
_NAME_OF_PLAN = not_personal("the name of a travel plan")


class SubscriberRow(Row):
    """A customer of the operator, who gets travel eSIMs. Subscribers are no users (T1)."""

    __tablename__ = "subscribers"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=personal(Erase.REPLACE))
    msisdn: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """E.164; its country is the subscriber's home (T30). NULL once the person is erased."""
    email: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    language: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """NULL: the language of the account."""
    plan: Mapped[str] = mapped_column(info=CODE)
    """The subscriber's own plan at home, such as `unlimited_all` (T2)."""
    bundles: Mapped[int] = mapped_column(server_default=text("0"))
    """How many unlimited bundles they have: each allows one complimentary eSIM (T19)."""
    made_key: Mapped[str | None] = mapped_column(info=not_personal(MADE_KEY))
    made_as: Mapped[str | None] = mapped_column(info=not_personal(MADE_AS))
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        UniqueConstraint("account_id", "msisdn"),
        UniqueConstraint("account_id", "made_key"),
        CheckConstraint(among("language", Language), name="language"),
        CheckConstraint(r"msisdn ~ '^\+[0-9]{5,15}$'", name="msisdn"),
        CheckConstraint("bundles >= 0", name="bundles"),
        Index("ix_subscribers_email", "account_id", text("lower(email)")),
        Index("ix_subscribers_by_name", "account_id", text("lower(name)"), "id"),
        Index("ix_subscribers_words", text("to_tsvector('simple'::regconfig, name)"), postgresql_using="gin"),
        Index(
            "ix_subscribers_email_begins",
            "account_id",
            literal_column("lower(email)").label("begins"),
            postgresql_ops={"begins": "text_pattern_ops"},
        ),
        Index(
            "ix_subscribers_msisdn_begins",
            *("account_id", "msisdn"),
            postgresql_ops={"msisdn": "text_pattern_ops"},
        ),
        Index(
            "ix_subscribers_msisdn_ending",
            "account_id",
            literal_column("reverse(msisdn)").label("ending"),
            postgresql_ops={"ending": "text_pattern_ops"},
        ),
    )


class TravelProfileRow(Row):
    """An IMSI profile of an account's stock. To allocate, wait for or add stock locks this row."""

    __tablename__ = "travel_profiles"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    profile: Mapped[int] = mapped_column(primary_key=True)
    threshold: Mapped[int] = mapped_column(server_default=text("0"))
    """With fewer free eSIMs than this, an alert is raised, once (T26)."""
    low_since: Mapped[datetime | None]
    """When the alert was raised; NULL once the stock has reached the threshold again."""
    waiting_since: Mapped[datetime | None]
    """When the staff were alerted that orders wait for it; NULL once none waits (T17)."""
    __table_args__ = (
        CheckConstraint(f"profile BETWEEN 1 AND {LARGEST_PROFILE}", name="profile"),
        CheckConstraint("threshold >= 0", name="threshold"),
    )


class TravelRateRow(Row):
    """What a megabyte costs the operator with a profile in a network of a country; imported by file."""

    __tablename__ = "travel_rates"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    profile: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(CHAR(2), primary_key=True, info=CODE)
    """ISO 3166-1 alpha-2."""
    network: Mapped[str] = mapped_column(primary_key=True, info=not_personal("the name of a mobile network"))
    per_mb: Mapped[Decimal] = mapped_column(Numeric(12, 6))
    currency: Mapped[str] = mapped_column(CHAR(3), info=CODE)
    __table_args__ = (
        CheckConstraint(f"profile BETWEEN 1 AND {LARGEST_PROFILE}", name="profile"),
        CheckConstraint("per_mb >= 0", name="per_mb"),
    )


class TravelPlanRow(Row):
    """A one-off plan with data abroad: 30 days from its activation (T3, T5)."""

    __tablename__ = "travel_plans"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=_NAME_OF_PLAN)
    countries: Mapped[list[str]] = mapped_column(ARRAY(String), info=CODE)
    """ISO 3166-1 alpha-2, sorted."""
    data_mb: Mapped[int]
    """The data volume, in MB of a million bytes."""
    price: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    currency: Mapped[str] = mapped_column(CHAR(3), info=CODE)
    shelf_life_months: Mapped[int] = mapped_column(server_default=text("12"))
    """It lapses if it is not used so long after it was assigned (T28)."""
    complimentary: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it may be given free of charge."""
    pinned_profile: Mapped[int | None]
    """The profile that a person chose instead of the computed one (T15)."""
    computed_profile: Mapped[int | None]
    """The profile that is cheapest in its countries; NULL if no profile has a rate in each of them (T27)."""
    withdrawn_at: Mapped[datetime | None]
    """Since when it is not sold any more."""
    made_key: Mapped[str | None] = mapped_column(info=not_personal(MADE_KEY))
    made_as: Mapped[str | None] = mapped_column(info=not_personal(MADE_AS))
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        UniqueConstraint("account_id", "made_key"),
        Index("uq_travel_plans_name", "account_id", text("lower(name)"), unique=True),
        CheckConstraint("cardinality(countries) > 0", name="countries"),
        CheckConstraint("data_mb > 0", name="data_mb"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("shelf_life_months BETWEEN 1 AND 120", name="shelf_life_months"),
        CheckConstraint(f"pinned_profile BETWEEN 1 AND {LARGEST_PROFILE}", name="pinned_profile"),
    )


class TravelStockRow(Row):
    """What an eSIM of the stock has besides its SIM and its code. It stays when the eSIM is on a line."""

    __tablename__ = "travel_stock"
    sim_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    profile: Mapped[int]
    ends_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which it can be handed out, in UTC (T36)."""
    order_id: Mapped[str | None] = mapped_column(unique=True, info=REFERENCE)
    """The order for which it is reserved, or that has put it on its line."""
    revealed_at: Mapped[datetime | None]
    """When its code was first sent or shown to anybody: from then on it never goes back to stock (T40)."""
    imported_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        of_account("sim_id", "sims"),
        of_account("order_id", "orders"),
        CheckConstraint(f"profile BETWEEN 1 AND {LARGEST_PROFILE}", name="profile"),
        Index(
            "ix_travel_stock_free",
            *("account_id", "profile", text(f"coalesce(ends_on, {NEVER})"), "sim_id"),
            postgresql_where=text("order_id IS NULL AND revealed_at IS NULL"),
        ),
        Index(
            "ix_travel_stock_by_end", "account_id", "profile", text(f"coalesce(ends_on, {NEVER})"), "sim_id"
        ),
    )
