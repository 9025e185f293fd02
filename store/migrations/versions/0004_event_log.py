"""The event log with the epochs of its feed, and triggers that keep history."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0004"
down_revision = "0003"

EPOCH = """
CREATE FUNCTION esim_epoch() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT epoch FROM feed_epoch $$
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is not allowed', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DISCARD_IS_FINAL = """
CREATE FUNCTION keep_discarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'discarded' THEN
        RAISE EXCEPTION 'SIM % is discarded, which is final', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'temporary' THEN
            RAISE EXCEPTION 'SIM % is not temporary: it can be discarded, not deleted', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state = 'discarded' AND EXISTS (SELECT FROM sim_groups WHERE sim_id = NEW.id) THEN
        RAISE EXCEPTION 'SIM % is still in a management group', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sims_discard_is_final BEFORE UPDATE OR DELETE ON sims
    FOR EACH ROW EXECUTE FUNCTION keep_discarded();
CREATE TRIGGER sims_never_truncated BEFORE TRUNCATE ON sims
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_discarded_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sims WHERE id = NEW.sim_id AND state = 'discarded') THEN
        RAISE EXCEPTION 'SIM % is discarded and belongs to no management group', NEW.sim_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sim_groups_no_discarded BEFORE INSERT OR UPDATE ON sim_groups
    FOR EACH ROW EXECUTE FUNCTION refuse_discarded_member();
"""


class Xid8(UserDefinedType[str]):
    """PostgreSQL's id of a transaction, with 64 bits."""

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in SQL."""
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "feed_epoch",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_feed_epoch_one")),
        sa.PrimaryKeyConstraint("one", name="pk_feed_epoch"),
    )
    op.execute(
        "INSERT INTO feed_epoch (cluster) SELECT CAST(system_identifier AS text) FROM pg_control_system()"
    )
    op.execute(EPOCH)
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("about", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_clock()"), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("esim_epoch()"), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("cardinality(about) > 0", name=op.f("ck_events_about_something")),
        sa.CheckConstraint("audience IN ('account', 'operator')", name=op.f("ck_events_audience")),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index(
        "ix_events_about",
        "events",
        ["about"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("ix_events_feed", "events", ["epoch", "xid", "id"], unique=False)
    op.create_index("ix_events_feed_of_account", "events", ["account_id", "epoch", "xid", "id"], unique=False)
    op.create_index(
        "ix_events_imports",
        "events",
        ["type"],
        unique=False,
        postgresql_where=sa.text("type IN ('qr.imported', 'qr.import_refused')"),
    )
    op.create_index(
        "ix_events_refused_orders",
        "events",
        ["id"],
        unique=False,
        postgresql_where=sa.text("type = 'order.refused'"),
    )
    for block in (APPEND_ONLY, DISCARD_IS_FINAL):
        for statement in _statements(block):
            op.execute(statement)


def _statements(block: str) -> list[str]:
    """Split a block at each `;` that ends an unindented line: asyncpg runs one statement at a time."""
    return [part for part in re.split(r";\n(?=CREATE|\n|$)", block.strip() + "\n") if part.strip()]


def downgrade() -> None:
    for trigger, table in (
        ("sims_discard_is_final", "sims"),
        ("sims_never_truncated", "sims"),
        ("sim_groups_no_discarded", "sim_groups"),
        ("events_append_only", "events"),
        ("events_never_truncated", "events"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in ("keep_discarded", "refuse_discarded_member", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}()")
    for table in ("events", "feed_epoch"):
        op.drop_table(table)
    op.execute("DROP FUNCTION esim_epoch()")
