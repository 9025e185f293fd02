"""eSIM lines, the plans on them, and what is reported of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ESIM_LINES_ARE_SUBJECTS = """
CREATE TRIGGER esim_lines_are_subjects AFTER INSERT ON esim_lines REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_subjects()
"""


def upgrade() -> None:
    op.create_table(
        "esim_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("complimentary", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "esim_since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_note_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reported_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("woken_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "subject",
            sa.String(),
            sa.Computed("'esim_line:'::text || (id)::text", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("NOT returned OR ended_at IS NOT NULL", name=op.f("ck_esim_lines_returned")),
        sa.CheckConstraint("profile BETWEEN 1 AND 99", name=op.f("ck_esim_lines_profile")),
        sa.CheckConstraint(
            "suspended_note_id IS NULL OR suspended_at IS NOT NULL", name=op.f("ck_esim_lines_suspended_note")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_esim_lines_account_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_esim_lines_order_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id", "account_id"],
            ["subscribers.id", "subscribers.account_id"],
            name=op.f("fk_esim_lines_subscriber_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["suspended_note_id"], ["order_notes.id"], name=op.f("fk_esim_lines_suspended_note_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esim_lines")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_esim_lines_id_account_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_esim_lines_order_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_esim_lines_subject")),
    )
    op.create_index(
        "ix_esim_lines_not_installed",
        "esim_lines",
        ["esim_since"],
        unique=False,
        postgresql_where=sa.text("installed_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index("ix_esim_lines_subscriber_id", "esim_lines", ["subscriber_id"], unique=False)
    op.create_index(
        "ix_esim_lines_unwoken",
        "esim_lines",
        ["id"],
        unique=False,
        postgresql_where=sa.text("due_at IS DISTINCT FROM woken_for"),
    )
    op.create_table(
        "plan_assignments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("esim_line_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("countries", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("data_bytes", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column(
            "assigned_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("depleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(started_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_plan_assignments_ends_at")
        ),
        sa.CheckConstraint("data_bytes > 0 AND used_bytes >= 0", name=op.f("ck_plan_assignments_bytes")),
        sa.CheckConstraint(
            "started_at IS NOT NULL OR depleted_at IS NULL",
            name=op.f("ck_plan_assignments_depleted_was_used"),
        ),
        sa.CheckConstraint(
            "started_at IS NULL OR revoked_at IS NULL", name=op.f("ck_plan_assignments_revoked_was_queued")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_plan_assignments_account_id")),
        sa.ForeignKeyConstraint(
            ["esim_line_id", "account_id"],
            ["esim_lines.id", "esim_lines.account_id"],
            name=op.f("fk_plan_assignments_esim_line_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_plan_assignments_order_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "account_id"],
            ["travel_plans.id", "travel_plans.account_id"],
            name=op.f("fk_plan_assignments_plan_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_assignments")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_plan_assignments_id_account_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_plan_assignments_order_id")),
    )
    op.create_index(
        "ix_plan_assignments_esim_line_id", "plan_assignments", ["esim_line_id", "id"], unique=False
    )
    op.create_index(
        "ix_plan_assignments_queued",
        "plan_assignments",
        ["lapses_at"],
        unique=False,
        postgresql_where=sa.text("started_at IS NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "line_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("esim_line_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("country", sa.CHAR(length=2), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), nullable=True),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(report = 'usage') = (used_bytes IS NOT NULL)", name=op.f("ck_line_reports_used_bytes")
        ),
        sa.CheckConstraint(
            "outcome IN ('at_home', 'at_sea_or_in_the_air', 'covered', 'not_covered', 'noted', 'started')",
            name=op.f("ck_line_reports_outcome"),
        ),
        sa.CheckConstraint(
            "report IN ('connection', 'installed', 'usage')", name=op.f("ck_line_reports_report")
        ),
        sa.CheckConstraint("used_bytes >= 0", name=op.f("ck_line_reports_used")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_line_reports_account_id")),
        sa.ForeignKeyConstraint(
            ["assignment_id", "account_id"],
            ["plan_assignments.id", "plan_assignments.account_id"],
            name=op.f("fk_line_reports_assignment_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["esim_line_id", "account_id"],
            ["esim_lines.id", "esim_lines.account_id"],
            name=op.f("fk_line_reports_esim_line_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_reports")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_line_reports_account_id_key")),
    )
    op.create_index(
        "ix_line_reports_esim_line_id", "line_reports", ["esim_line_id", "at", "id"], unique=False
    )
    op.execute(ESIM_LINES_ARE_SUBJECTS)


def downgrade() -> None:
    op.drop_index("ix_line_reports_esim_line_id", table_name="line_reports")
    op.drop_table("line_reports")
    op.drop_index(
        "ix_plan_assignments_queued",
        table_name="plan_assignments",
        postgresql_where=sa.text("started_at IS NULL AND closed_at IS NULL"),
    )
    op.drop_index("ix_plan_assignments_esim_line_id", table_name="plan_assignments")
    op.drop_table("plan_assignments")
    op.drop_index(
        "ix_esim_lines_unwoken",
        table_name="esim_lines",
        postgresql_where=sa.text("due_at IS DISTINCT FROM woken_for"),
    )
    op.drop_index("ix_esim_lines_subscriber_id", table_name="esim_lines")
    op.drop_index(
        "ix_esim_lines_not_installed",
        table_name="esim_lines",
        postgresql_where=sa.text("installed_at IS NULL AND ended_at IS NULL"),
    )
    op.drop_table("esim_lines")
