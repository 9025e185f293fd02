"""API keys, accounts for tests, and indexes of lists that are read page by page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

_MADE = (
    ("authorised_actions_profiles", "account_id"),
    ("users", "account_id"),
    ("contacts", "distributor_id"),
)
"""The tables whose records keep the mark of the idempotency key that they were made under."""


def upgrade() -> None:
    op.add_column(
        "accounts", sa.Column("mode", sa.String(), server_default=sa.text("'live'"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_accounts_mode_known"), "accounts", "mode IN ('live', 'test')")
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("ck_api_keys_mode_known")),
        sa.CheckConstraint(
            "(account_id IS NULL) = (user_id IS NULL)", name=op.f("ck_api_keys_user_of_account")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_keys_account_id")),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["users.id", "users.account_id"],
            name=op.f("fk_api_keys_user_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_index("uq_api_keys_digest", "api_keys", ["digest"], unique=True)
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"], unique=False)
    op.add_column("accounts", sa.Column("made_key", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_accounts_made_key"), "accounts", ["made_key"])
    op.create_index("ix_sims_newest", "sims", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_sims_iccid_ending",
        "sims",
        [sa.literal_column("reverse(iccid)").label("ending")],
        unique=False,
        postgresql_ops={"ending": "text_pattern_ops"},
    )
    op.create_index("ix_employees_by_name", "employees", ["account_id", "name", "id"], unique=False)
    for column in ("name", "email"):
        op.create_index(
            f"ix_employees_{column}_begins",
            "employees",
            ["account_id", sa.literal_column(f"lower({column})").label("begins")],
            unique=False,
            postgresql_ops={"begins": "text_pattern_ops"},
        )
    for table, of in _MADE:
        op.add_column(table, sa.Column("made_key", sa.String(), nullable=True))
        op.create_unique_constraint(op.f(f"uq_{table}_{of}_made_key"), table, [of, "made_key"])
    op.create_index("ix_orders_newest", "orders", ["account_id", "placed_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_orders_newest", table_name="orders")
    for index in ("ix_employees_email_begins", "ix_employees_name_begins", "ix_employees_by_name"):
        op.drop_index(index, table_name="employees")
    op.drop_index("ix_sims_iccid_ending", table_name="sims")
    op.drop_index("ix_sims_newest", table_name="sims")
    op.drop_constraint(op.f("uq_accounts_made_key"), "accounts", type_="unique")
    op.drop_column("accounts", "made_key")
    for table, of in _MADE:
        op.drop_constraint(op.f(f"uq_{table}_{of}_made_key"), table, type_="unique")
        op.drop_column(table, "made_key")
    op.drop_index("ix_api_keys_account_id", table_name="api_keys")
    op.drop_index("uq_api_keys_digest", table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_constraint(op.f("ck_accounts_mode_known"), "accounts", type_="check")
    op.drop_column("accounts", "mode")
