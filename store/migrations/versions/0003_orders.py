"""eSIM orders: targets of profiles, orders with their notes and follow-ups, e-mails, and holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

TARGET_KNOWN = (
    "target IN ('generate_qr_code:1', 'generate_qr_code:2', 'generate_qr_code:3', "
    "'replace_esim:1', 'replace_esim:2', 'replace_esim:3', "
    "'switch_to_esim:1', 'switch_to_esim:2', 'switch_to_esim:3')"
)


def upgrade() -> None:
    op.create_table(
        "profile_targets",
        sa.Column("profile_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.CheckConstraint(
            TARGET_KNOWN,
            name=op.f("ck_profile_targets_target_known"),
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["authorised_actions_profiles.id"], name="fk_profile_targets_profile_id"
        ),
        sa.PrimaryKeyConstraint("profile_id", "target", name="pk_profile_targets"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column(
            "status_since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("provider_id", sa.BigInteger(), nullable=True),
        sa.Column("distributor_id", sa.BigInteger(), nullable=True),
        sa.Column("placed_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "placed_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column("what", postgresql.JSONB(), nullable=False),
        sa.Column("esim_id", sa.BigInteger(), nullable=True),
        sa.Column("note_id", sa.BigInteger(), nullable=True),
        sa.Column("cancel_note_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('add_line', 'add_plan', 'assign_licence', 'replace_esim', 'replace_licence_esim', "
            "'replace_line_esim', 'switch_to_esim')",
            name=op.f("ck_orders_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('cancelled', 'processed', 'provider_processing', 'submitted')",
            name=op.f("ck_orders_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_orders_account_id"),
        sa.ForeignKeyConstraint(
            ["subject", "account_id"],
            ["subjects.id", "subjects.account_id"],
            name="fk_orders_subject_account_id",
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_orders_provider_id"),
        sa.ForeignKeyConstraint(
            ["distributor_id", "account_id"],
            ["distributors.id", "distributors.account_id"],
            name="fk_orders_distributor_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["placed_by", "account_id"],
            ["users.id", "users.account_id"],
            name="fk_orders_placed_by_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("id", "account_id", name="uq_orders_id_account_id"),
    )
    op.create_index("ix_orders_subject", "orders", ["subject"], unique=False)
    op.create_index("ix_orders_status", "orders", ["status", "status_since"], unique=False)
    op.create_index(
        "uq_open_order",
        "orders",
        ["subject"],
        unique=True,
        postgresql_where=sa.text("status IN ('provider_processing', 'submitted')"),
    )
    op.create_table(
        "swap_orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", sa.BigInteger(), nullable=False),
        sa.Column("sim_in_place_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_swap_orders_account_id"),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name="fk_swap_orders_order_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "account_id"],
            ["lines.id", "lines.account_id"],
            name="fk_swap_orders_line_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["pack_id", "account_id"],
            ["order_packs.id", "order_packs.account_id"],
            name="fk_swap_orders_pack_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["sim_in_place_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name="fk_swap_orders_sim_in_place_id_account_id",
        ),
        sa.PrimaryKeyConstraint("order_id", name="pk_swap_orders"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column(
            "due_since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_follow_ups_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.UniqueConstraint("order_id", "kind", "target", name="uq_follow_ups_order_id_kind_target"),
    )
    op.create_index(
        "ix_follow_ups_due",
        "follow_ups",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("retries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.CheckConstraint("state IN ('unsent', 'sending', 'sent', 'failed')", name=op.f("ck_mails_state")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_mails_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    op.create_index("ix_mails_order_id", "mails", ["order_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_holds_account_id"),
        sa.PrimaryKeyConstraint("workflow_id", "step", name="pk_holds"),
    )
    op.create_table(
        "not_sent",
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.Column(
            "tried_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("subject_id", "step", name="pk_not_sent"),
    )
    op.create_table(
        "order_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_order_notes_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_notes"),
        sa.UniqueConstraint("id", "order_id", name="uq_order_notes_id_order_id"),
    )
    op.create_index("ix_order_notes_order_id", "order_notes", ["order_id"], unique=False)
    op.create_foreign_key(
        "fk_orders_note_id_id", "orders", "order_notes", ["note_id", "id"], ["id", "order_id"]
    )
    op.create_foreign_key(
        "fk_orders_cancel_note_id_id", "orders", "order_notes", ["cancel_note_id", "id"], ["id", "order_id"]
    )
    op.create_foreign_key("fk_sims_order_id", "sims", "orders", ["order_id"], ["id"])


def downgrade() -> None:
    op.execute("DELETE FROM sims WHERE state = 'temporary'")
    op.drop_constraint("fk_sims_order_id", "sims")
    op.execute("UPDATE sims SET order_id = NULL")
    op.drop_constraint("fk_orders_note_id_id", "orders")
    op.drop_constraint("fk_orders_cancel_note_id_id", "orders")
    for table in (
        "order_notes",
        "not_sent",
        "holds",
        "mails",
        "follow_ups",
        "swap_orders",
        "orders",
        "profile_targets",
    ):
        op.drop_table(table)
