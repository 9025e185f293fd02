"""The tables of lines, devices and SIMs."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.fleet.inventory import IN_PLACE, SimKind, SimState
from models.identifiers import ICCID_PATTERN
from store.personal import CODE, NAME, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, constants, of_account, own_id, owner

SIM_IN_PLACE = among("state", IN_PLACE)
"""The SQL condition that a SIM is in place: it serves its holder or is suspended on it. One a holder."""
STATES_IN_PLACE = constants(IN_PLACE)
"""These states, for `SimRow.state.in_`."""


class DeviceRow(Row):
    __tablename__ = "devices"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=NAME)
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("id", "account_id"))


class SubjectRow(Row):
    """What orders are about and what holds SIMs, such as `line:42`. A change of it first locks this row.

    A table whose rows are subjects has columns `subject` and `account_id`, and the trigger `add_subjects`.
    """

    __tablename__ = "subjects"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    __table_args__ = (UniqueConstraint("id", "account_id"),)


class LineRow(Row):
    __tablename__ = "lines"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    device_id: Mapped[int]
    slot: Mapped[int]
    msisdn: Mapped[str] = mapped_column(
        unique=True, info=not_personal("the number of a line, which the account owns")
    )
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    subject: Mapped[str] = mapped_column(
        Computed("'line:'::text || (id)::text", persisted=True), unique=True, info=REFERENCE
    )
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
    iccid: Mapped[str | None] = mapped_column(
        unique=True, info=not_personal("the number of a SIM, which the account owns")
    )
    kind: Mapped[str] = mapped_column(info=CODE)
    state: Mapped[str] = mapped_column(info=CODE)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    distributor_id: Mapped[int | None]
    employee_id: Mapped[int | None] = mapped_column(index=True, info=personal(Erase.BLANK))
    holder: Mapped[str | None] = mapped_column(info=REFERENCE)
    """What the SIM serves (active, suspended) or will serve (temporary), such as `line:42`; else NULL."""
    order_id: Mapped[str | None] = mapped_column(
        ForeignKey("orders.id", use_alter=True), unique=True, info=REFERENCE
    )
    """The order that created this eSIM."""
    discarded_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        of_account("employee_id", "employees"),
        of_account("holder", "subjects"),
        UniqueConstraint("id", "account_id"),
        Index("ix_sims_newest", "account_id", "id"),
        Index("ix_sims_by_state", "account_id", "state", "id"),
        Index(
            "ix_sims_iccid_ending",
            literal_column("reverse(iccid)").label("ending"),
            postgresql_ops={"ending": "text_pattern_ops"},
        ),
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
    """The account of the line and of the group."""
    __table_args__ = (
        of_account("line_id", "lines"),
        of_account("group_id", "management_groups"),
        Index("ix_line_groups_group_id", "group_id", "line_id"),
    )


class SimGroupRow(Row):
    __tablename__ = "sim_groups"
    sim_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    """The account of the SIM and of the group."""
    __table_args__ = (
        of_account("sim_id", "sims", ondelete="CASCADE"),
        of_account("group_id", "management_groups"),
        Index("ix_sim_groups_group_id", "group_id", "sim_id"),
    )
