"""The tables of agents, their numbers, and licences with their purchases and prices."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.language import Language
from models.licences.add_ons import AddOn
from models.licences.numbers import Change, LineType, Notice, ReplaceReason
from store.made_keys import MADE_AS, MADE_KEY
from store.personal import CODE, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, now, of_account, own_id, owner

ENTRIES = ("bought", "given_back", "bought_again", "changed")
"""What happens to a licence: see `models.licences.charges`."""
_BOUGHT, _LATER = text("entry = 'bought'"), text("entry <> 'bought'")
_OF_NUMBER = not_personal("the number of an account's line, which the account owns")


class AgentRow(Row):
    """A person who uses a number. An agent needs no sign-in (L1)."""

    __tablename__ = "agents"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=personal(Erase.REPLACE))
    email: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    language: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """NULL: the language of the account."""
    eid: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """The EID of the phone, which shows that it supports eSIM (SGP.22 4.3.1)."""
    phone_confirmed_at: Mapped[datetime | None]
    """When an administrator confirmed that the phone supports eSIM (L12)."""
    deactivated_at: Mapped[datetime | None]
    made_key: Mapped[str | None] = mapped_column(info=not_personal(MADE_KEY))
    made_as: Mapped[str | None] = mapped_column(info=not_personal(MADE_AS))
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        UniqueConstraint("account_id", "made_key"),
        CheckConstraint(among("language", Language), name="language"),
        CheckConstraint("eid ~ '^[0-9]{32}$'", name="eid"),
        Index("uq_agents_email", "account_id", text("lower(email)"), unique=True),
        Index("ix_agents_by_name", "account_id", "name", "id"),
        Index("ix_agents_words", text("inventory_words(ARRAY[name, email])"), postgresql_using="gin"),
    )


class NumberRow(Row):
    """A mobile number of the account's telephony. Its subject is `number:7`."""

    __tablename__ = "numbers"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    msisdn: Mapped[str] = mapped_column(info=_OF_NUMBER)
    """Of one number at a time, in whatever account; a deleted one leaves it to others."""
    line_type: Mapped[str] = mapped_column(info=CODE)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    distributor_id: Mapped[int]
    """Whose order contacts deliver its eSIM (L7)."""
    agent_id: Mapped[int | None] = mapped_column(index=True)
    suspended_at: Mapped[datetime | None]
    suspended_note_id: Mapped[int | None] = mapped_column(ForeignKey("order_notes.id"))
    """The note with the reason, as it was typed (L39)."""
    deleted_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(
        Computed("'number:'::text || (id)::text", persisted=True), unique=True, info=REFERENCE
    )
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        of_account("agent_id", "agents"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("line_type", LineType), name="line_type"),
        CheckConstraint(r"msisdn ~ '^\+[0-9]{5,15}$'", name="msisdn"),
        CheckConstraint("suspended_note_id IS NULL OR suspended_at IS NOT NULL", name="suspended_note"),
        CheckConstraint("deleted_at IS NULL OR agent_id IS NULL", name="deleted_has_no_agent"),
        Index("ix_numbers_by_msisdn", "account_id", "msisdn", "id"),
        Index("uq_numbers_msisdn", "msisdn", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )


class PurchaseRow(Row):
    """A purchase of licences, under the caller's key: a repeat buys and charges once (L2, L3)."""

    __tablename__ = "licence_purchases"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    key: Mapped[str] = mapped_column(info=not_personal("a digest of the caller's idempotency key"))
    add_on: Mapped[str] = mapped_column(info=CODE)
    quantity: Mapped[int]
    bought_by: Mapped[str] = mapped_column(info=REFERENCE)
    origin_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("add_on", AddOn), name="add_on"),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class LicenceRow(Row):
    """One licence. Its add-on and its end follow from its entries; `number_id` says which number uses it.

    While an order to assign it is open, it is in use already: cancelled, it is free again.
    """

    __tablename__ = "licences"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    number_id: Mapped[int | None] = mapped_column(unique=True)
    add_on: Mapped[str] = mapped_column(info=CODE)
    """Until `next_from`, if that is given."""
    next_add_on: Mapped[str | None] = mapped_column(info=CODE)
    next_from: Mapped[date | None] = mapped_column(Date)
    """The first day of the cheaper add-on that it was changed to (L36)."""
    usable_until: Mapped[date | None] = mapped_column(Date)
    """Its last day, if it was given back (L32)."""
    __table_args__ = (
        of_account("number_id", "numbers"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("add_on", AddOn), name="add_on"),
        CheckConstraint(among("next_add_on", AddOn), name="next_add_on"),
        CheckConstraint("(next_add_on IS NULL) = (next_from IS NULL)", name="next_has_day"),
        Index("ix_licences_account_id", "account_id", "id"),
        Index("ix_licences_unused", "account_id", "id", postgresql_where=text("number_id IS NULL")),
        Index("ix_licences_by_add_on", "account_id", "add_on", "id"),
        Index("ix_licences_changing", "account_id", "id", postgresql_where=text("next_add_on IS NOT NULL")),
        Index("ix_licences_ending", "account_id", "id", postgresql_where=text("usable_until IS NOT NULL")),
        Index(
            "ix_licences_counted",
            *("account_id", "add_on", "next_add_on", "next_from", "usable_until", "number_id"),
        ),
    )


class LicenceEntryRow(Row):
    """What happened to a licence, by whole days in the account's time zone. Charges are computed from it."""

    __tablename__ = "licence_entries"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    licence_id: Mapped[int]
    entry: Mapped[str] = mapped_column(info=CODE)
    day: Mapped[date] = mapped_column(Date)
    add_on: Mapped[str] = mapped_column(info=CODE)
    """The add-on that it is, or is changed to."""
    purchase_id: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(info=not_personal("a digest of the caller's idempotency key"))
    """Of a give-back, all of whose entries have it: a repeat gives back once (L32)."""
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        of_account("licence_id", "licences"),
        of_account("purchase_id", "licence_purchases"),
        CheckConstraint(among("entry", ENTRIES), name="entry"),
        CheckConstraint(among("add_on", AddOn), name="add_on"),
        Index("ix_licence_entries_licence_id", "licence_id"),
        Index("ix_licence_entries_purchase_id", "purchase_id"),
        Index(
            "ix_licence_entries_bought", "account_id", "day", "add_on", "licence_id", postgresql_where=_BOUGHT
        ),
        Index("ix_licence_entries_later", "account_id", "licence_id", postgresql_where=_LATER),
        Index("ix_licence_entries_key", "account_id", "key", postgresql_where=text("key IS NOT NULL")),
    )


class LicenceRequestRow(Row):
    """An administrator requests licences; every owner is notified once, a purchase answers it (L37)."""

    __tablename__ = "licence_requests"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """Also the id of its workflow, `licence-request-...`."""
    account_id: Mapped[int] = owner()
    add_on: Mapped[str] = mapped_column(info=CODE)
    quantity: Mapped[int]
    note: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK, Erase.MENTIONS))
    requested_by: Mapped[int]
    origin_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(server_default=now())
    notified_at: Mapped[datetime | None]
    """When all owners had been notified."""
    purchase_id: Mapped[int | None]
    __table_args__ = (
        of_account("requested_by", "users"),
        of_account("purchase_id", "licence_purchases"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("add_on", AddOn), name="add_on"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_licence_requests_by_time", "account_id", "at", "id"),
    )


class LicenceOrderRow(Row):
    """What an order about a number has besides: one row each."""

    __tablename__ = "licence_orders"
    order_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    number_id: Mapped[int]
    licence_id: Mapped[int]
    agent_id: Mapped[int]
    """The agent when the order was placed; a change of the number's user cancels the order."""
    replaced_sim_id: Mapped[int | None]
    """The eSIM that it replaces; NULL where a licence is assigned, or the eSIM had stopped before."""
    reason: Mapped[str | None] = mapped_column(info=CODE)
    __table_args__ = (
        of_account("order_id", "orders"),
        of_account("number_id", "numbers"),
        of_account("licence_id", "licences"),
        of_account("agent_id", "agents"),
        of_account("replaced_sim_id", "sims"),
        CheckConstraint(among("reason", ReplaceReason), name="reason"),
    )


class NumberChangeRow(Row):
    """A change of a number that is no order, and what its provider is asked to do because of it.

    The row is written with the change, so a repeat of the step finds it. One that is due later, such as the
    end of a licence, is written first and applied on its day.
    """

    __tablename__ = "number_changes"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """Also the id of its workflow, `number-change-...`."""
    account_id: Mapped[int] = owner()
    number_id: Mapped[int]
    change: Mapped[str] = mapped_column(info=CODE)
    agent_id: Mapped[int | None]
    """The number's new agent."""
    note_id: Mapped[int | None] = mapped_column(ForeignKey("order_notes.id"))
    """The note with the reason, as it was typed."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """The first day, in the account's time zone, on which it is applied; NULL: at once."""
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    origin_id: Mapped[int | None]
    requested_at: Mapped[datetime] = mapped_column(server_default=now())
    applied_at: Mapped[datetime | None]
    changed: Mapped[bool | None]
    """Whether anything changed; False if it was so already."""
    cancelled_order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), info=REFERENCE)
    sim_id: Mapped[int | None]
    """The eSIM that the provider is asked about."""
    notice: Mapped[str | None] = mapped_column(info=CODE)
    notified_at: Mapped[datetime | None]
    """When the provider had been notified; NULL while that is due."""
    __table_args__ = (
        of_account("number_id", "numbers"),
        of_account("agent_id", "agents"),
        of_account("sim_id", "sims"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("change", Change), name="change"),
        CheckConstraint(among("notice", Notice), name="notice"),
        CheckConstraint("(sim_id IS NULL) = (notice IS NULL)", name="notice_of_sim"),
        Index("ix_number_changes_number_id", "number_id"),
        Index(
            "ix_number_changes_due",
            "id",
            postgresql_where=text("applied_at IS NULL OR (notice IS NOT NULL AND notified_at IS NULL)"),
        ),
    )
