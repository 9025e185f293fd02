"""The inventory as it is listed, a row for each slot with a line and each SIM without one; saved views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from store.migrations.inventory_0014 import LINE_OF, PLAIN, REFRESH, WORDS, each_trigger, trigger

revision = "0014"
down_revision = "0013"

_PEOPLE = ("employees", "users", "agents")
_FILTERED = ("provider_id", "distributor_id", "traits", "some_groups")
_SORTS = ("by_number", "by_iccid", "by_employee", "by_provider", "newest")


def upgrade() -> None:
    text = sa.String(collation="C")
    op.create_table(
        "inventory_rows",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("line_id", "sim_id", "temporary_id", "device_id")),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("discarded", sa.Boolean(), nullable=False),
        sa.Column("employee_id", sa.BigInteger()),
        sa.Column("order_id", sa.String()),
        sa.Column("code", sa.String(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("by_device", *_SORTS[:-1])),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _FILTERED),
        sa.Column("facets", postgresql.ARRAY(text), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inventory_rows_account_id")),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employees.id"], name=op.f("fk_inventory_rows_employee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_rows")),
    )
    op.create_table(
        "inventory_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inventory_views_account_id")),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["users.id", "users.account_id"],
            name=op.f("fk_inventory_views_user_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_views")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_inventory_views_id_account_id")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_inventory_views_user_id_name")),
    )
    op.create_index(
        "ix_inventory_views_shared",
        "inventory_views",
        ["account_id", "name"],
        unique=False,
        postgresql_where=sa.text("shared"),
    )
    _defaults()
    op.create_table(
        "bulk_confirmations",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("made_key", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        *(sa.Column(name, postgresql.JSONB(none_as_null=True)) for name in ("plan", "made")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_bulk_confirmations_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "made_key", name=op.f("pk_bulk_confirmations")),
    )
    for statement in (PLAIN, WORDS, LINE_OF, REFRESH):
        op.execute(statement)
    op.execute(
        "SELECT refresh_inventory(coalesce((SELECT array_agg(id) FROM lines), '{}'),"
        " coalesce((SELECT array_agg(id) FROM sims WHERE inventory_line(holder) IS NULL), '{}'))"
    )
    _indexes()
    for table, event in each_trigger():
        for statement in trigger(table, event):
            op.execute(statement)


def _defaults() -> None:
    """With which view a user's inventory opens."""
    op.create_table(
        "inventory_defaults",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("view_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_inventory_defaults_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["users.id", "users.account_id"],
            name=op.f("fk_inventory_defaults_user_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["view_id", "account_id"],
            ["inventory_views.id", "inventory_views.account_id"],
            name=op.f("fk_inventory_defaults_view_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_inventory_defaults")),
    )
    op.create_index("ix_inventory_defaults_view_id", "inventory_defaults", ["view_id"], unique=False)


def _indexes() -> None:
    for name in ("by_device", *_SORTS):
        keys = [name, "slot"] if name == "by_device" else [name]
        columns = ["account_id", "discarded", *keys, "id"]
        op.create_index(
            f"ix_inventory_rows_{name}",
            "inventory_rows",
            columns,
            unique=False,
            postgresql_include=list(_FILTERED),
        )
    op.create_index("ix_inventory_rows_employee_id", "inventory_rows", ["employee_id"], unique=False)
    op.create_index(
        "ix_inventory_rows_without_code",
        "inventory_rows",
        ["account_id", "line_id"],
        unique=False,
        postgresql_where=sa.text("line_id IS NOT NULL AND (traits & 514) = 2"),
    )
    op.create_index(
        "ix_inventory_rows_code_none",
        "inventory_rows",
        ["account_id", "discarded", "by_device", "slot", "id"],
        unique=False,
        postgresql_include=list(_FILTERED),
        postgresql_where=sa.text("(traits & 2048) <> 0"),
    )
    for table in _PEOPLE:
        op.create_index(
            f"ix_{table}_words",
            table,
            [sa.literal_column("inventory_words(ARRAY[name, email])").label("words")],
            unique=False,
            postgresql_using="gin",
        )
    op.create_index("ix_swap_orders_sim_in_place_id", "swap_orders", ["sim_in_place_id"], unique=False)
    op.create_index(
        "ix_order_notes_begins",
        "order_notes",
        ["account_id", sa.literal_column('lower("left"(text, 100))').label("begins")],
        unique=False,
        postgresql_ops={"begins": "text_pattern_ops"},
    )
    for name in ("facets", "words"):
        op.create_index(
            f"ix_inventory_rows_{name}",
            "inventory_rows",
            [name],
            unique=False,
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        )


def downgrade() -> None:
    for table, event in each_trigger():
        name = f"inventory_{table}_{event.lower()}"
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    for table in _PEOPLE:
        op.drop_index(f"ix_{table}_words", table_name=table)
    op.drop_index("ix_order_notes_begins", table_name="order_notes")
    op.drop_index("ix_swap_orders_sim_in_place_id", table_name="swap_orders")
    op.execute("DROP FUNCTION refresh_inventory(bigint[], bigint[])")
    op.execute("DROP FUNCTION inventory_line(text)")
    op.execute("DROP FUNCTION inventory_words(text[])")
    op.execute("DROP FUNCTION inventory_plain(text)")
    op.drop_table("bulk_confirmations")
    op.drop_table("inventory_defaults")
    op.drop_table("inventory_views")
    op.drop_table("inventory_rows")
