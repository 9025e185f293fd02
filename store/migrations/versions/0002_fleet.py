"""The fleet without eSIM orders: devices, lines, SIMs and their groups."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ADD_SUBJECTS = """
CREATE FUNCTION add_subjects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO subjects (id, account_id) SELECT subject, account_id FROM added;
    RETURN NULL;
END $$
"""
LINES_ARE_SUBJECTS = """
CREATE TRIGGER lines_are_subjects AFTER INSERT ON lines REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_subjects()
"""


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_devices_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("account_id", "name", name="uq_devices_account_id_name"),
        sa.UniqueConstraint("id", "account_id", name="uq_devices_id_account_id"),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_subjects_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sa.UniqueConstraint("id", "account_id", name="uq_subjects_id_account_id"),
    )
    op.create_table(
        "lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "subject",
            sa.String(),
            sa.Computed("'line:'::text || (id)::text", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("msisdn ~ '^\\+[0-9]{5,15}$'", name=op.f("ck_lines_msisdn")),
        sa.CheckConstraint("slot BETWEEN 1 AND 3", name=op.f("ck_lines_slot")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_lines_account_id"),
        sa.ForeignKeyConstraint(
            ["device_id", "account_id"],
            ["devices.id", "devices.account_id"],
            name="fk_lines_device_id_account_id",
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_lines_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lines"),
        sa.UniqueConstraint("device_id", "slot", name="uq_lines_device_id_slot"),
        sa.UniqueConstraint("id", "account_id", name="uq_lines_id_account_id"),
        sa.UniqueConstraint("msisdn", name="uq_lines_msisdn"),
        sa.UniqueConstraint("subject", name="uq_lines_subject"),
    )
    for statement in (ADD_SUBJECTS, LINES_ARE_SUBJECTS):
        op.execute(statement)
    op.create_table(
        "line_groups",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "account_id"],
            ["management_groups.id", "management_groups.account_id"],
            name="fk_line_groups_group_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "account_id"],
            ["lines.id", "lines.account_id"],
            name="fk_line_groups_line_id_account_id",
        ),
        sa.PrimaryKeyConstraint("line_id", "group_id", name="pk_line_groups"),
    )
    op.create_table(
        "sims",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("iccid", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("distributor_id", sa.BigInteger(), nullable=True),
        sa.Column("employee_id", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(discarded_at IS NOT NULL) = (state = 'discarded')", name=op.f("ck_sims_discarded_at")
        ),
        sa.CheckConstraint(
            "(holder IS NOT NULL) = (state IN ('active', 'suspended', 'temporary'))",
            name=op.f("ck_sims_holder_of_active"),
        ),
        sa.CheckConstraint("iccid IS NOT NULL OR state = 'temporary'", name=op.f("ck_sims_iccid_known")),
        sa.CheckConstraint("iccid ~ '^[0-9]{18,20}$'", name=op.f("ck_sims_iccid")),
        sa.CheckConstraint("kind = 'esim' OR state <> 'temporary'", name=op.f("ck_sims_temporary_is_esim")),
        sa.CheckConstraint(
            "(state = 'temporary') <= (order_id IS NOT NULL)", name=op.f("ck_sims_temporary_has_order")
        ),
        sa.CheckConstraint("kind IN ('esim', 'physical')", name=op.f("ck_sims_kind")),
        sa.CheckConstraint(
            "state <> 'discarded' OR employee_id IS NULL", name=op.f("ck_sims_discarded_has_no_user")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'discarded', 'in_stock', 'suspended', 'temporary')",
            name=op.f("ck_sims_state"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sims_account_id"),
        sa.ForeignKeyConstraint(
            ["distributor_id", "account_id"],
            ["distributors.id", "distributors.account_id"],
            name="fk_sims_distributor_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["employee_id", "account_id"],
            ["employees.id", "employees.account_id"],
            name="fk_sims_employee_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["holder", "account_id"],
            ["subjects.id", "subjects.account_id"],
            name="fk_sims_holder_account_id",
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_sims_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sims"),
        sa.UniqueConstraint("id", "account_id", name="uq_sims_id_account_id"),
        sa.UniqueConstraint("iccid", name="uq_sims_iccid"),
        sa.UniqueConstraint("order_id", name="uq_sims_order_id"),
    )
    op.create_index("ix_sims_employee_id", "sims", ["employee_id"], unique=False)
    op.create_index(
        "uq_active_sim",
        "sims",
        ["holder"],
        unique=True,
        postgresql_where=sa.text("state IN ('active', 'suspended')"),
    )
    op.create_index(
        "uq_temporary_sim", "sims", ["holder"], unique=True, postgresql_where=sa.text("state = 'temporary'")
    )
    op.create_table(
        "sim_groups",
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "account_id"],
            ["management_groups.id", "management_groups.account_id"],
            name="fk_sim_groups_group_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name="fk_sim_groups_sim_id_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sim_id", "group_id", name="pk_sim_groups"),
    )


def downgrade() -> None:
    for table in (
        "sim_groups",
        "sims",
        "line_groups",
        "lines",
        "subjects",
        "devices",
    ):
        op.drop_table(table)
    for function in ("add_subjects",):
        op.execute(f"DROP FUNCTION {function}()")
