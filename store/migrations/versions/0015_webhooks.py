"""Webhooks: endpoints, their earlier secrets, calls, and attempts to deliver that failed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0015"
down_revision = "0014"


class Xid8(UserDefinedType[str]):
    """PostgreSQL's id of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


_WAITING = sa.text("next_attempt_at IS NOT NULL")


def _time(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("esim_now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _place() -> list[sa.Column[object]]:
    return [
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("xid", Xid8(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _time("disabled_at"),
        sa.Column("disabled_for", sa.String(), nullable=True),
        _time("notified_at"),
        *_place(),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _time("failing_since"),
        _time("next_attempt_at"),
        _time("woken_until"),
        _time("served_at", now=True),
        _time("working_since", now=True),
        _time("created_at", now=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("made_key", sa.String(), nullable=True),
        sa.Column("made_as", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_for IS NULL)", name=op.f("ck_webhooks_disabled")
        ),
        sa.CheckConstraint(
            "disabled_for IN ('asked', 'failing', 'gone')", name=op.f("ck_webhooks_disabled_for")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhooks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("account_id", "made_key", name=op.f("uq_webhooks_account_id_made_key")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_webhooks_id_account_id")),
    )
    op.create_index("ix_webhooks_account_id", "webhooks", ["account_id", "id"], unique=False)
    op.create_table(
        "webhook_earlier_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_webhook_earlier_secrets_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id", "account_id"],
            ["webhooks.id", "webhooks.account_id"],
            name=op.f("fk_webhook_earlier_secrets_webhook_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_earlier_secrets")),
    )
    op.create_index(
        "ix_webhook_earlier_secrets_webhook_id", "webhook_earlier_secrets", ["webhook_id"], unique=False
    )
    op.create_table(
        "webhook_calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        _time("at", now=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_key", sa.String(), nullable=True),
        sa.Column("made_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_calls_account_id")),
        sa.ForeignKeyConstraint(
            ["webhook_id", "account_id"],
            ["webhooks.id", "webhooks.account_id"],
            name=op.f("fk_webhook_calls_webhook_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_calls")),
        sa.UniqueConstraint("account_id", "made_key", name=op.f("uq_webhook_calls_account_id_made_key")),
    )
    op.create_index("ix_webhook_calls_webhook_id", "webhook_calls", ["webhook_id"], unique=False)
    op.create_index("ix_webhook_calls_at", "webhook_calls", ["at"], unique=False)
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        *_place(),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _time("at", now=True),
        _time("first_at", now=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=True),
        _time("next_attempt_at"),
        _time("delivered_at"),
        _time("given_up_at"),
        sa.CheckConstraint(
            "outcome IN ('connection', 'delivered', 'private_address', 'status', 'timeout', 'tls',"
            " 'unknown_host')",
            name=op.f("ck_webhook_attempts_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (number = 0)", name=op.f("ck_webhook_attempts_tried")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_attempts_account_id")),
        sa.ForeignKeyConstraint(
            ["webhook_id", "account_id"],
            ["webhooks.id", "webhooks.account_id"],
            name=op.f("fk_webhook_attempts_webhook_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index("ix_webhook_attempts_newest", "webhook_attempts", ["webhook_id", "id"], unique=False)
    op.create_index(
        "uq_webhook_attempts_waiting",
        "webhook_attempts",
        ["webhook_id", "epoch", "event_id"],
        unique=True,
        postgresql_where=_WAITING,
    )
    op.create_index(
        "ix_webhook_attempts_due",
        "webhook_attempts",
        ["webhook_id", "next_attempt_at"],
        unique=False,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_webhook_attempts_at", "webhook_attempts", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("webhook_attempts")
    op.drop_table("webhook_calls")
    op.drop_table("webhook_earlier_secrets")
    op.drop_table("webhooks")
