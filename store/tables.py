"""The tables. What must never happen is a constraint here; migrations add triggers for what is for ever.

Triggers (see `migrations/`): order events can only be inserted; a discarded SIM can neither be changed nor
deleted; no SIM but a temporary one is ever deleted; a discarded SIM is in no management group.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.fleet.inventory import IN_PLACE, ContactRole, SimKind, SimState
from models.identifiers import ICCID_PATTERN
from models.language import Language
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.rules import TARGETS
from models.people.callers import USER_ROLES, Role, UserKind
from store.row import STATUS_OPEN, Row, among, now, of_account, own_id, owner

SIM_IN_PLACE = among("state", IN_PLACE)
"""The SIMs that serve their holder, or are suspended on it, as a condition in SQL: one a holder."""


class AccountRow(Row):
    __tablename__ = "accounts"
    id: Mapped[int] = own_id()
    name: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(server_default=text("'en'"))
    contact_email: Mapped[str | None]
    """Whom a notification is offered to where nobody requested the code (F65)."""
    closed_at: Mapped[datetime | None]
    """Since when it takes no new orders and its users cannot act (F67)."""
    __table_args__ = (CheckConstraint(among("language", Language), name="language"),)


class ProfileRow(Row):
    __tablename__ = "authorised_actions_profiles"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    is_default: Mapped[bool]
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        UniqueConstraint("id", "account_id"),
        Index("uq_default_profile", "account_id", unique=True, postgresql_where=text("is_default")),
    )


class ProfileTargetRow(Row):
    """An enabled target; what is not here is disabled (F40, F61)."""

    __tablename__ = "profile_targets"
    profile_id: Mapped[int] = mapped_column(ForeignKey("authorised_actions_profiles.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (CheckConstraint(among("target", TARGETS), name="target_known"),)


class UserRow(Row):
    __tablename__ = "users"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    email: Mapped[str]
    profile_id: Mapped[int]
    language: Mapped[str | None]
    """Else that of the account."""
    role: Mapped[str] = mapped_column(server_default=Role.MANAGER)
    kind: Mapped[str] = mapped_column(server_default=UserKind.PERSON)
    deactivated_at: Mapped[datetime | None]
    distributor_id: Mapped[int | None]
    """Whose orders a user of the provider desk sees."""
    __table_args__ = (
        of_account("profile_id", "authorised_actions_profiles"),
        of_account("distributor_id", "distributors"),
        CheckConstraint(among("language", Language), name="language"),
        CheckConstraint(among("role", USER_ROLES), name="role_known"),
        CheckConstraint(among("kind", UserKind), name="kind_known"),
        CheckConstraint(
            f"(distributor_id IS NOT NULL) = (role = '{Role.PROVIDER_DESK}')", name="distributor_of_desk"
        ),
        UniqueConstraint("id", "account_id"),
        Index("uq_users_email", text("lower(email)"), unique=True),
    )


class ProviderRow(Row):
    __tablename__ = "providers"
    id: Mapped[int] = own_id()
    name: Mapped[str]
    __table_args__ = (Index("uq_providers_name", text("lower(name)"), unique=True),)


class DistributorRow(Row):
    __tablename__ = "distributors"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        Index("uq_distributors_name", "account_id", text("lower(name)"), unique=True),
    )


class ContactRow(Row):
    __tablename__ = "contacts"
    id: Mapped[int] = own_id()
    distributor_id: Mapped[int] = mapped_column(ForeignKey("distributors.id"))
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str | None]
    """Else that of the account."""
    __table_args__ = (
        CheckConstraint(among("language", Language), name="language"),
        Index("uq_contacts_email", "distributor_id", text("lower(email)"), unique=True),
    )


class ContactRoleRow(Row):
    __tablename__ = "contact_roles"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (CheckConstraint(among("role", ContactRole), name="role_known"),)


class DeviceRow(Row):
    __tablename__ = "devices"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("id", "account_id"))


class EmployeeRow(Row):
    __tablename__ = "employees"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str | None]
    """Else that of the account."""
    __table_args__ = (
        CheckConstraint(among("language", Language), name="language"),
        UniqueConstraint("id", "account_id"),
        Index("uq_employees_email", "account_id", text("lower(email)"), unique=True),
        Index("uq_employees_name", "account_id", "name", unique=True, postgresql_where=text("email IS NULL")),
    )


class GroupRow(Row):
    __tablename__ = "management_groups"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("id", "account_id"))


class SubjectRow(Row):
    """What orders are about and what holds SIMs, such as `line:42`. A change of it locks this row first.

    A table whose rows are subjects has columns `subject` and `account_id`, and the trigger `add_subjects`.
    """

    __tablename__ = "subjects"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    __table_args__ = (UniqueConstraint("id", "account_id"),)


class LineRow(Row):
    __tablename__ = "lines"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    device_id: Mapped[int]
    slot: Mapped[int]
    msisdn: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    subject: Mapped[str] = mapped_column(Computed("'line:'::text || (id)::text", persisted=True), unique=True)
    __table_args__ = (
        of_account("device_id", "devices"),
        UniqueConstraint("device_id", "slot"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint("slot BETWEEN 1 AND 3", name="slot"),
        CheckConstraint(r"msisdn ~ '^\+[0-9]{5,15}$'", name="msisdn"),
    )


class SimRow(Row):
    __tablename__ = "sims"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    iccid: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    distributor_id: Mapped[int | None]
    employee_id: Mapped[int | None] = mapped_column(index=True)
    holder: Mapped[str | None]
    """What it serves (active, suspended) or will serve (temporary), such as `line:42`; others have none."""
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id", use_alter=True), unique=True)
    """The order that created this eSIM."""
    discarded_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        of_account("employee_id", "employees"),
        of_account("holder", "subjects"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("kind", SimKind), name="kind"),
        CheckConstraint(among("state", SimState), name="state"),
        CheckConstraint(f"iccid ~ '{ICCID_PATTERN}'", name="iccid"),
        CheckConstraint("iccid IS NOT NULL OR state = 'temporary'", name="iccid_known"),
        CheckConstraint("kind = 'esim' OR state <> 'temporary'", name="temporary_is_esim"),
        CheckConstraint("(state = 'temporary') <= (order_id IS NOT NULL)", name="temporary_has_order"),
        CheckConstraint(
            "(holder IS NOT NULL) = (state IN ('active', 'suspended', 'temporary'))", name="holder_of_active"
        ),
        CheckConstraint("(discarded_at IS NOT NULL) = (state = 'discarded')", name="discarded_at"),
        CheckConstraint("state <> 'discarded' OR employee_id IS NULL", name="discarded_has_no_user"),
        Index("uq_active_sim", "holder", unique=True, postgresql_where=text(SIM_IN_PLACE)),
        Index("uq_temporary_sim", "holder", unique=True, postgresql_where=text("state = 'temporary'")),
    )


class LineGroupRow(Row):
    __tablename__ = "line_groups"
    line_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    """That of the line and of the group."""
    __table_args__ = (of_account("line_id", "lines"), of_account("group_id", "management_groups"))


class SimGroupRow(Row):
    __tablename__ = "sim_groups"
    sim_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    """That of the SIM and of the group."""
    __table_args__ = (
        of_account("sim_id", "sims", ondelete="CASCADE"),
        of_account("group_id", "management_groups"),
    )


class PackRow(Row):
    __tablename__ = "order_packs"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    distributor_id: Mapped[int]
    name: Mapped[str]
    available: Mapped[bool] = mapped_column(server_default=text("true"))
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        UniqueConstraint("account_id", "name"),
        UniqueConstraint("id", "account_id"),
    )


class PackItemRow(Row):
    """An item of a pack. One eSIM a provider and pack, so a pack and a line name one item."""

    __tablename__ = "order_pack_items"
    id: Mapped[int] = own_id()
    pack_id: Mapped[int] = mapped_column(ForeignKey("order_packs.id", ondelete="CASCADE"))
    section: Mapped[str]
    name: Mapped[str]
    esim: Mapped[bool]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    __table_args__ = (
        UniqueConstraint("pack_id", "section", "name"),
        CheckConstraint("NOT esim OR provider_id IS NOT NULL", name="esim_has_provider"),
        Index("uq_pack_esim", "pack_id", "provider_id", unique=True, postgresql_where=text("esim")),
    )


class OrderRow(Row):
    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    kind: Mapped[str]
    status: Mapped[str]
    status_since: Mapped[datetime] = mapped_column(server_default=now())
    subject: Mapped[str | None]
    """What it is about; an order of a kind of which several may be open at once has none."""
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    distributor_id: Mapped[int | None]
    """Whose order contacts it is sent to."""
    placed_by: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(server_default=now())
    origin_id: Mapped[int | None]
    what: Mapped[dict[str, Any]]
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
    )


class SwapRow(Row):
    """What an order that switches or replaces the SIM of a line has besides: one row each."""

    __tablename__ = "swap_orders"
    order_id: Mapped[str] = mapped_column(primary_key=True)
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
    )


class FollowUpRow(Row):
    """What a step of an order left to be done outside the database: due until it is done. So are e-mails to
    people and the withdrawal of a cancelled order.
    """

    __tablename__ = "follow_ups"
    id: Mapped[int] = own_id()
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str]
    target: Mapped[str]
    """What it is about, such as the id of a workflow or the name of an e-mail."""
    due_since: Mapped[datetime] = mapped_column(server_default=now())
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("order_id", "kind", "target"),
        Index("ix_follow_ups_due", "order_id", postgresql_where=text("done_at IS NULL")),
    )


class OrderNoteRow(Row):
    """Free text about an order, such as the reason of a cancel. It stays out of every history (W6).

    What comes with an order is written before the order is accepted, so the order refers to the note, not the
    note to the order.
    """

    __tablename__ = "order_notes"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    order_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(server_default=now())
    text: Mapped[str]
    __table_args__ = (UniqueConstraint("id", "order_id"),)
