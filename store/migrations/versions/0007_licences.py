"""Licences: agents, their numbers, purchases and prices, orders about numbers, and changes of numbers."""

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
        "add_on_prices",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("add_on", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.CheckConstraint(
            "add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')",
            name=op.f("ck_add_on_prices_add_on"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_add_on_prices_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_add_on_prices_account_id")),
        sa.PrimaryKeyConstraint("account_id", "add_on", "since", name=op.f("pk_add_on_prices")),
    )
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
        "billing",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("cycle_day", sa.BigInteger(), nullable=True),
        sa.Column("time_zone", sa.String(), server_default=sa.text("'Europe/Paris'"), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), server_default=sa.text("'EUR'"), nullable=False),
        sa.CheckConstraint("cycle_day BETWEEN 1 AND 31", name=op.f("ck_billing_cycle_day")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_billing_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_billing")),
    )
    op.create_table(
        "licence_purchases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("add_on", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("bought_by", sa.String(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.CheckConstraint(
            "add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')",
            name=op.f("ck_licence_purchases_add_on"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_licence_purchases_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_licence_purchases_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_purchases")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_licence_purchases_account_id_key")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_licence_purchases_id_account_id")),
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
        "licence_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("add_on", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("requested_by", sa.BigInteger(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purchase_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')",
            name=op.f("ck_licence_requests_add_on"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_licence_requests_quantity")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licence_requests_account_id")),
        sa.ForeignKeyConstraint(
            ["purchase_id", "account_id"],
            ["licence_purchases.id", "licence_purchases.account_id"],
            name=op.f("fk_licence_requests_purchase_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by", "account_id"],
            ["users.id", "users.account_id"],
            name=op.f("fk_licence_requests_requested_by_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_requests")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_licence_requests_id_account_id")),
    )
    op.create_table(
        "licences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=True),
        sa.Column("add_on", sa.String(), nullable=False),
        sa.Column("next_add_on", sa.String(), nullable=True),
        sa.Column("next_from", sa.Date(), nullable=True),
        sa.Column("usable_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')", name=op.f("ck_licences_add_on")
        ),
        sa.CheckConstraint(
            "next_add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')",
            name=op.f("ck_licences_next_add_on"),
        ),
        sa.CheckConstraint(
            "(next_add_on IS NULL) = (next_from IS NULL)", name=op.f("ck_licences_next_has_day")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licences_account_id")),
        sa.ForeignKeyConstraint(
            ["number_id", "account_id"],
            ["numbers.id", "numbers.account_id"],
            name=op.f("fk_licences_number_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_licences_id_account_id")),
        sa.UniqueConstraint("number_id", name=op.f("uq_licences_number_id")),
    )
    op.create_index("ix_licences_account_id", "licences", ["account_id"], unique=False)
    op.create_table(
        "licence_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("add_on", sa.String(), nullable=False),
        sa.Column("purchase_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.CheckConstraint(
            "add_on IN ('voice_sms', 'voice_sms_data', 'voice_sms_data_pro')",
            name=op.f("ck_licence_entries_add_on"),
        ),
        sa.CheckConstraint(
            "entry IN ('bought', 'bought_again', 'changed', 'given_back')",
            name=op.f("ck_licence_entries_entry"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licence_entries_account_id")),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["licences.id", "licences.account_id"],
            name=op.f("fk_licence_entries_licence_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id", "account_id"],
            ["licence_purchases.id", "licence_purchases.account_id"],
            name=op.f("fk_licence_entries_purchase_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_entries")),
    )
    op.create_index(
        "ix_licence_entries_key",
        "licence_entries",
        ["account_id", "key"],
        unique=False,
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.create_index("ix_licence_entries_licence_id", "licence_entries", ["licence_id"], unique=False)
    op.create_table(
        "licence_orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("replaced_sim_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('lost', 'new_phone', 'stolen')", name=op.f("ck_licence_orders_reason")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licence_orders_account_id")),
        sa.ForeignKeyConstraint(
            ["agent_id", "account_id"],
            ["agents.id", "agents.account_id"],
            name=op.f("fk_licence_orders_agent_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["licences.id", "licences.account_id"],
            name=op.f("fk_licence_orders_licence_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["number_id", "account_id"],
            ["numbers.id", "numbers.account_id"],
            name=op.f("fk_licence_orders_number_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_licence_orders_order_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaced_sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name=op.f("fk_licence_orders_replaced_sim_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_licence_orders")),
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
    op.drop_table("licence_orders")
    op.drop_index("ix_licence_entries_licence_id", table_name="licence_entries")
    op.drop_index(
        "ix_licence_entries_key",
        table_name="licence_entries",
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.drop_table("licence_entries")
    op.drop_index("ix_licences_account_id", table_name="licences")
    op.drop_table("licences")
    op.drop_table("licence_requests")
    op.drop_index("uq_numbers_msisdn", table_name="numbers", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index(op.f("ix_numbers_agent_id"), table_name="numbers")
    op.drop_table("numbers")
    op.drop_table("licence_purchases")
    op.drop_table("billing")
    op.drop_index("uq_agents_email", table_name="agents")
    op.drop_table("agents")
    op.drop_table("add_on_prices")
