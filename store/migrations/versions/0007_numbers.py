"""Agents, their numbers, and changes of numbers that are no orders."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBERS_ARE_SUBJECTS = """
CREATE TRIGGER numbers_are_subjects AFTER INSERT ON numbers REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_subjects()
"""


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("eid", sa.String(), nullable=True),
        sa.Column("phone_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("eid ~ '^[0-9]{32}$'", name=op.f("ck_agents_eid")),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_agents_language")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_agents_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_agents_id_account_id")),
    )
    op.create_index(
        "uq_agents_email", "agents", ["account_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "numbers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=False),
        sa.Column("line_type", sa.String(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("distributor_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_note_id", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "subject",
            sa.String(),
            sa.Computed("'number:'::text || (id)::text", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("line_type IN ('direct', 'shared')", name=op.f("ck_numbers_line_type")),
        sa.CheckConstraint("msisdn ~ '^\\+[0-9]{5,15}$'", name=op.f("ck_numbers_msisdn")),
        sa.CheckConstraint(
            "deleted_at IS NULL OR agent_id IS NULL", name=op.f("ck_numbers_deleted_has_no_agent")
        ),
        sa.CheckConstraint(
            "suspended_note_id IS NULL OR suspended_at IS NOT NULL", name=op.f("ck_numbers_suspended_note")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_numbers_account_id")),
        sa.ForeignKeyConstraint(
            ["agent_id", "account_id"],
            ["agents.id", "agents.account_id"],
            name=op.f("fk_numbers_agent_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["distributor_id", "account_id"],
            ["distributors.id", "distributors.account_id"],
            name=op.f("fk_numbers_distributor_id_account_id"),
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_numbers_provider_id")),
        sa.ForeignKeyConstraint(
            ["suspended_note_id"], ["order_notes.id"], name=op.f("fk_numbers_suspended_note_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_numbers_id_account_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_numbers_subject")),
    )
    op.create_index(op.f("ix_numbers_agent_id"), "numbers", ["agent_id"], unique=False)
    op.create_index(
        "uq_numbers_msisdn",
        "numbers",
        ["msisdn"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "number_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("note_id", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=True),
        sa.Column("cancelled_order_id", sa.String(), nullable=True),
        sa.Column("sim_id", sa.BigInteger(), nullable=True),
        sa.Column("notice", sa.String(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "change IN ('change_user', 'delete', 'make_direct', 'make_shared', 'recover', 'resume', "
            "'stop_esim', 'suspend')",
            name=op.f("ck_number_changes_change"),
        ),
        sa.CheckConstraint("notice IN ('resume', 'stop', 'suspend')", name=op.f("ck_number_changes_notice")),
        sa.CheckConstraint(
            "(sim_id IS NULL) = (notice IS NULL)", name=op.f("ck_number_changes_notice_of_sim")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_number_changes_account_id")),
        sa.ForeignKeyConstraint(
            ["agent_id", "account_id"],
            ["agents.id", "agents.account_id"],
            name=op.f("fk_number_changes_agent_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_order_id"], ["orders.id"], name=op.f("fk_number_changes_cancelled_order_id")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["order_notes.id"], name=op.f("fk_number_changes_note_id")),
        sa.ForeignKeyConstraint(
            ["number_id", "account_id"],
            ["numbers.id", "numbers.account_id"],
            name=op.f("fk_number_changes_number_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name=op.f("fk_number_changes_sim_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_changes")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_number_changes_id_account_id")),
    )
    op.create_index(
        "ix_number_changes_due",
        "number_changes",
        ["id"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NULL OR (notice IS NOT NULL AND notified_at IS NULL)"),
    )
    op.create_index("ix_number_changes_number_id", "number_changes", ["number_id"], unique=False)
    op.execute(NUMBERS_ARE_SUBJECTS)


def downgrade() -> None:
    op.drop_index("ix_number_changes_number_id", table_name="number_changes")
    op.drop_index(
        "ix_number_changes_due",
        table_name="number_changes",
        postgresql_where=sa.text("applied_at IS NULL OR (notice IS NOT NULL AND notified_at IS NULL)"),
    )
    op.drop_table("number_changes")
    op.drop_index("uq_numbers_msisdn", table_name="numbers", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index(op.f("ix_numbers_agent_id"), table_name="numbers")
    op.drop_table("numbers")
    op.drop_index("uq_agents_email", table_name="agents")
    op.drop_table("agents")
