"""The tables. What must never happen is a constraint here; migrations add triggers for what is for ever.

Triggers (see `migrations/`): order events can only be inserted; a discarded SIM can neither be changed nor
deleted; no SIM but a temporary one is ever deleted; a discarded SIM is in no management group.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.identifiers import ICCID_PATTERN
from models.inventory import ContactRole, SimKind, SimState
from models.lifecycle import OrderKind, OrderStatus
from models.rules import TARGETS
from store.row import STATUS_OPEN, Row, among, of_account, own_id, owner


class AccountRow(Row):
    __tablename__ = "accounts"
    id: Mapped[int] = own_id()
    name: Mapped[str] = mapped_column(unique=True)


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
    __table_args__ = (
        of_account("profile_id", "authorised_actions_profiles"),
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
    __table_args__ = (Index("uq_contacts_email", "distributor_id", text("lower(email)"), unique=True),)


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
    __table_args__ = (
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


class LineRow(Row):
    __tablename__ = "lines"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    device_id: Mapped[int]
    slot: Mapped[int]
    msisdn: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
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
    line_id: Mapped[int | None]
    """The line it serves (active) or will serve (temporary); no other SIM has one."""
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id", use_alter=True), unique=True)
    """The order that created this eSIM."""
    discarded_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        of_account("employee_id", "employees"),
        of_account("line_id", "lines"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("kind", SimKind), name="kind"),
        CheckConstraint(among("state", SimState), name="state"),
        CheckConstraint(f"iccid ~ '{ICCID_PATTERN}'", name="iccid"),
        CheckConstraint("iccid IS NOT NULL OR state = 'temporary'", name="iccid_known"),
        CheckConstraint("kind = 'esim' OR state <> 'temporary'", name="temporary_is_esim"),
        CheckConstraint("(state = 'temporary') <= (order_id IS NOT NULL)", name="temporary_has_order"),
        CheckConstraint("(line_id IS NOT NULL) = (state IN ('active', 'temporary'))", name="line_of_active"),
        CheckConstraint("(discarded_at IS NOT NULL) = (state = 'discarded')", name="discarded_at"),
        CheckConstraint("state <> 'discarded' OR employee_id IS NULL", name="discarded_has_no_user"),
        Index("uq_active_sim", "line_id", unique=True, postgresql_where=text("state = 'active'")),
        Index("uq_temporary_sim", "line_id", unique=True, postgresql_where=text("state = 'temporary'")),
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
    status_since: Mapped[datetime] = mapped_column(server_default=func.now())
    line_id: Mapped[int]
    pack_id: Mapped[int]
    placed_by: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sim_in_place_id: Mapped[int | None]
    esim_id: Mapped[int | None]
    """The eSIM the order brought; a plain number, for it outlives a deleted temporary eSIM."""
    held_reason: Mapped[str | None]
    held_since: Mapped[datetime | None]
    cancel_note_id: Mapped[int | None]
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    __table_args__ = (
        of_account("line_id", "lines"),
        of_account("pack_id", "order_packs"),
        of_account("placed_by", "users"),
        of_account("sim_in_place_id", "sims"),
        ForeignKeyConstraint(
            ["cancel_note_id", "id"], ["order_notes.id", "order_notes.order_id"], use_alter=True
        ),
        CheckConstraint(among("kind", OrderKind), name="kind"),
        CheckConstraint(among("status", OrderStatus), name="status"),
        CheckConstraint("(held_reason IS NULL) = (held_since IS NULL)", name="held"),
        CheckConstraint("(status = 'refused') = (refusals <> '[]')", name="refused_says_why"),
        CheckConstraint("status = 'refused' OR sim_in_place_id IS NOT NULL", name="sim_in_place"),
        Index("uq_open_order", "line_id", unique=True, postgresql_where=text(STATUS_OPEN)),
        Index("ix_orders_status", "status", "status_since"),
        Index("ix_orders_line_id", "line_id"),
    )


class OrderEventRow(Row):
    """What happened, when and by whom. Dotted types: order.submitted, sim.discarded, mail.sent, ..."""

    __tablename__ = "order_events"
    id: Mapped[int] = own_id()
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    actor: Mapped[str]
    type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class OrderNoteRow(Row):
    """Free text about an order, such as the reason of a cancel. It stays out of every history (W6)."""

    __tablename__ = "order_notes"
    id: Mapped[int] = own_id()
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    text: Mapped[str]
    __table_args__ = (UniqueConstraint("id", "order_id"),)
