"""The clock functions, accounts with their people and distributors, and the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NOW = "CREATE FUNCTION esim_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$"
CLOCK = """
CREATE FUNCTION esim_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$
"""


def upgrade() -> None:
    op.execute(NOW)
    op.execute(CLOCK)
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_accounts_language")),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "providers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_providers"),
    )
    op.create_index("uq_providers_name", "providers", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "authorised_actions_profiles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_authorised_actions_profiles_account_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_authorised_actions_profiles"),
        sa.UniqueConstraint("account_id", "name", name="uq_authorised_actions_profiles_account_id_name"),
        sa.UniqueConstraint("id", "account_id", name="uq_authorised_actions_profiles_id_account_id"),
    )
    op.create_index(
        "uq_default_profile",
        "authorised_actions_profiles",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "distributors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_distributors_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_distributors"),
        sa.UniqueConstraint("id", "account_id", name="uq_distributors_id_account_id"),
    )
    op.create_index(
        "uq_distributors_name", "distributors", ["account_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "employees",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_employees_language")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_employees_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_employees"),
        sa.UniqueConstraint("id", "account_id", name="uq_employees_id_account_id"),
    )
    op.create_index(
        "uq_employees_email", "employees", ["account_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_index(
        "uq_employees_name",
        "employees",
        ["account_id", "name"],
        unique=True,
        postgresql_where=sa.text("email IS NULL"),
    )
    op.create_table(
        "management_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_management_groups_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_management_groups"),
        sa.UniqueConstraint("id", "account_id", name="uq_management_groups_id_account_id"),
        sa.UniqueConstraint("account_id", "name", name="uq_management_groups_account_id_name"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("distributor_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_contacts_language")),
        sa.ForeignKeyConstraint(["distributor_id"], ["distributors.id"], name="fk_contacts_distributor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index(
        "uq_contacts_email", "contacts", ["distributor_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "order_packs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("distributor_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("available", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_order_packs_account_id"),
        sa.ForeignKeyConstraint(
            ["distributor_id", "account_id"],
            ["distributors.id", "distributors.account_id"],
            name="fk_order_packs_distributor_id_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_packs"),
        sa.UniqueConstraint("account_id", "name", name="uq_order_packs_account_id_name"),
        sa.UniqueConstraint("id", "account_id", name="uq_order_packs_id_account_id"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), server_default="manager", nullable=False),
        sa.Column("kind", sa.String(), server_default="person", nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("distributor_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'manager', 'owner', 'provider_desk', 'support', 'viewer')",
            name=op.f("ck_users_role_known"),
        ),
        sa.CheckConstraint("kind IN ('person', 'service')", name=op.f("ck_users_kind_known")),
        sa.CheckConstraint(
            "(distributor_id IS NOT NULL) = (role = 'provider_desk')",
            name=op.f("ck_users_distributor_of_desk"),
        ),
        sa.ForeignKeyConstraint(
            ["distributor_id", "account_id"],
            ["distributors.id", "distributors.account_id"],
            name="fk_users_distributor_id_account_id",
        ),
        sa.Column("language", sa.String(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_users_language")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_users_account_id"),
        sa.ForeignKeyConstraint(
            ["profile_id", "account_id"],
            ["authorised_actions_profiles.id", "authorised_actions_profiles.account_id"],
            name="fk_users_profile_id_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("id", "account_id", name="uq_users_id_account_id"),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "contact_roles",
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('esim_qr_code', 'order')", name=op.f("ck_contact_roles_role_known")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_contact_roles_contact_id"),
        sa.PrimaryKeyConstraint("contact_id", "role", name="pk_contact_roles"),
    )
    op.create_table(
        "order_pack_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pack_id", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("esim", sa.Boolean(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "NOT esim OR provider_id IS NOT NULL", name=op.f("ck_order_pack_items_esim_has_provider")
        ),
        sa.ForeignKeyConstraint(
            ["pack_id"], ["order_packs.id"], name="fk_order_pack_items_pack_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_order_pack_items_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_pack_items"),
        sa.UniqueConstraint("pack_id", "section", "name", name="uq_order_pack_items_pack_id_section_name"),
    )
    op.create_index(
        "uq_pack_esim",
        "order_pack_items",
        ["pack_id", "provider_id"],
        unique=True,
        postgresql_where=sa.text("esim"),
    )
    op.create_table(
        "origins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.CheckConstraint("surface IN ('api', 'cli', 'link', 'portal')", name=op.f("ck_origins_surface")),
        sa.PrimaryKeyConstraint("id", name="pk_origins"),
    )
    op.create_index("ix_origins_actor", "origins", ["actor"], unique=False)


def downgrade() -> None:
    for table in (
        "origins",
        "order_pack_items",
        "contact_roles",
        "users",
        "order_packs",
        "contacts",
        "management_groups",
        "employees",
        "distributors",
        "authorised_actions_profiles",
        "providers",
        "accounts",
    ):
        op.drop_table(table)
    for function in ("esim_now", "esim_clock"):
        op.execute(f"DROP FUNCTION {function}()")
