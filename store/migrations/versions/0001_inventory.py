"""The clock functions, and the inventory without eSIM orders: accounts, fleet, contacts and catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

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
        "sim_groups",
        "sims",
        "order_pack_items",
        "line_groups",
        "contact_roles",
        "users",
        "order_packs",
        "lines",
        "subjects",
        "contacts",
        "management_groups",
        "employees",
        "distributors",
        "devices",
        "authorised_actions_profiles",
        "providers",
        "accounts",
    ):
        op.drop_table(table)
    for function in ("add_subjects", "esim_now", "esim_clock"):
        op.execute(f"DROP FUNCTION {function}()")
