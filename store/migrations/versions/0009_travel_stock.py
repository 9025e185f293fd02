"""Travel eSIMs: subscribers, plans with their rates, and stock."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("msisdn", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("bundles", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_subscribers_language")),
        sa.CheckConstraint("msisdn ~ '^\\+[0-9]{5,15}$'", name=op.f("ck_subscribers_msisdn")),
        sa.CheckConstraint("bundles >= 0", name=op.f("ck_subscribers_bundles")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_subscribers_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("account_id", "msisdn", name=op.f("uq_subscribers_account_id_msisdn")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_subscribers_id_account_id")),
    )
    op.create_index(
        "ix_subscribers_email", "subscribers", ["account_id", sa.literal_column("lower(email)")], unique=False
    )
    op.create_table(
        "travel_profiles",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("threshold", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("low_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("profile BETWEEN 1 AND 99", name=op.f("ck_travel_profiles_profile")),
        sa.CheckConstraint("threshold >= 0", name=op.f("ck_travel_profiles_threshold")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_profiles_account_id")),
        sa.PrimaryKeyConstraint("account_id", "profile", name=op.f("pk_travel_profiles")),
    )
    op.create_table(
        "travel_rates",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.CHAR(length=2), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("per_mb", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.CheckConstraint("per_mb >= 0", name=op.f("ck_travel_rates_per_mb")),
        sa.CheckConstraint("profile BETWEEN 1 AND 99", name=op.f("ck_travel_rates_profile")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_rates_account_id")),
        sa.PrimaryKeyConstraint("account_id", "profile", "country", "network", name=op.f("pk_travel_rates")),
    )
    op.create_table(
        "travel_plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("countries", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("data_mb", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("shelf_life_months", sa.BigInteger(), server_default=sa.text("12"), nullable=False),
        sa.Column("complimentary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("pinned_profile", sa.BigInteger(), nullable=True),
        sa.Column("computed_profile", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(countries) > 0", name=op.f("ck_travel_plans_countries")),
        sa.CheckConstraint("data_mb > 0", name=op.f("ck_travel_plans_data_mb")),
        sa.CheckConstraint("pinned_profile BETWEEN 1 AND 99", name=op.f("ck_travel_plans_pinned_profile")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_travel_plans_price")),
        sa.CheckConstraint(
            "shelf_life_months BETWEEN 1 AND 120", name=op.f("ck_travel_plans_shelf_life_months")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_plans_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_plans")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_travel_plans_id_account_id")),
    )
    op.create_index(
        "uq_travel_plans_name", "travel_plans", ["account_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "travel_stock",
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "imported_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.CheckConstraint("profile BETWEEN 1 AND 99", name=op.f("ck_travel_stock_profile")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_travel_stock_account_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_travel_stock_order_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name=op.f("fk_travel_stock_sim_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("sim_id", name=op.f("pk_travel_stock")),
        sa.UniqueConstraint("order_id", name=op.f("uq_travel_stock_order_id")),
    )
    op.create_index(
        "ix_travel_stock_free",
        "travel_stock",
        ["account_id", "profile", "ends_on", "sim_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NULL"),
    )

    op.add_column("qr_versions", sa.Column("confirmation_code", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("qr_versions", "confirmation_code")
    op.drop_index(
        "ix_travel_stock_free", table_name="travel_stock", postgresql_where=sa.text("order_id IS NULL")
    )
    op.drop_table("travel_stock")
    op.drop_index("uq_travel_plans_name", table_name="travel_plans")
    op.drop_table("travel_plans")
    op.drop_table("travel_rates")
    op.drop_table("travel_profiles")
    op.drop_index("ix_subscribers_email", table_name="subscribers")
    op.drop_table("subscribers")
