"""Orders about travel eSIMs, and notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "travel_notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("esim_line_id", sa.BigInteger(), nullable=True),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("profile", sa.BigInteger(), nullable=True),
        sa.Column("install_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "notice IN ('install_soon', 'lapses_soon', 'not_installed', 'order_waits', 'stock_low',"
            " 'used_100', 'used_80')",
            name=op.f("ck_travel_notices_notice"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(esim_line_id, profile) = 1", name=op.f("ck_travel_notices_about_one")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_notices_account_id")),
        sa.ForeignKeyConstraint(
            ["assignment_id", "account_id"],
            ["plan_assignments.id", "plan_assignments.account_id"],
            name=op.f("fk_travel_notices_assignment_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["esim_line_id", "account_id"],
            ["esim_lines.id", "esim_lines.account_id"],
            name=op.f("fk_travel_notices_esim_line_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_notices")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_travel_notices_id_account_id")),
    )
    op.create_index(
        "ix_travel_notices_due",
        "travel_notices",
        ["esim_line_id", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "travel_orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("esim_line_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("line_name", sa.String(), nullable=False),
        sa.Column("destinations", sa.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("complimentary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("replaced_sim_id", sa.BigInteger(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason IN ('deleted', 'new_phone')", name=op.f("ck_travel_orders_reason")),
        sa.CheckConstraint("profile BETWEEN 1 AND 99", name=op.f("ck_travel_orders_profile")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_orders_account_id")),
        sa.ForeignKeyConstraint(
            ["esim_line_id", "account_id"],
            ["esim_lines.id", "esim_lines.account_id"],
            name=op.f("fk_travel_orders_esim_line_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_travel_orders_order_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "account_id"],
            ["travel_plans.id", "travel_plans.account_id"],
            name=op.f("fk_travel_orders_plan_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaced_sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name=op.f("fk_travel_orders_replaced_sim_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id", "account_id"],
            ["subscribers.id", "subscribers.account_id"],
            name=op.f("fk_travel_orders_subscriber_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_travel_orders")),
    )
    op.create_index("ix_travel_orders_subscriber_id", "travel_orders", ["subscriber_id"], unique=False)
    op.create_index(
        "ix_travel_orders_waiting",
        "travel_orders",
        ["account_id", "profile", "asked_at", "order_id"],
        unique=False,
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_travel_orders_waiting",
        table_name="travel_orders",
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.drop_index("ix_travel_orders_subscriber_id", table_name="travel_orders")
    op.drop_table("travel_orders")
    op.drop_index(
        "ix_travel_notices_due", table_name="travel_notices", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("travel_notices")
