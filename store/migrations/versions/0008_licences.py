"""Licences: purchases and prices, what happens to each licence, requests, and orders about numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


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


def downgrade() -> None:
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
    op.drop_table("licence_purchases")
    op.drop_table("billing")
    op.drop_table("add_on_prices")
