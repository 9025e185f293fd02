"""Signing in: passwords, identities at the OpenID provider, sessions, mailed tokens, rate limits."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_PURPOSE = "purpose IN ('invitation', 'reset')"


def upgrade() -> None:
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        _time("changed_at", now=True),
        *_of_user("passwords"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        _time("linked_at", now=True),
        *_of_user("identities"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
    )
    op.create_index("uq_identities_user_id_issuer", "identities", ["user_id", "issuer"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _time("created_at", now=True),
        _time("confirmed_at", now=True),
        _time("seen_at", now=True),
        _time("expires_at"),
        _time("ended_at", nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("browser", sa.String(), nullable=True),
        *_of_user("sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("uq_sessions_digest", "sessions", ["digest"], unique=True)
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    op.create_table(
        "user_mails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        _time("created_at", now=True),
        sa.Column("created_by", sa.String(), nullable=False),
        _time("done_at", nullable=True),
        sa.CheckConstraint(_PURPOSE, name=op.f("ck_user_mails_purpose_known")),
        *_of_user("user_mails"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_mails")),
    )
    op.create_index("ix_user_mails_user_id", "user_mails", ["user_id"], unique=False)
    op.create_index(
        "ix_user_mails_unfinished",
        "user_mails",
        ["id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "mailed_tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("mail_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        _time("created_at", now=True),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.CheckConstraint(_PURPOSE, name=op.f("ck_mailed_tokens_purpose_known")),
        sa.ForeignKeyConstraint(["mail_id"], ["user_mails.id"], name=op.f("fk_mailed_tokens_mail_id")),
        *_of_user("mailed_tokens"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mailed_tokens")),
    )
    op.create_index("ix_mailed_tokens_mail_id", "mailed_tokens", ["mail_id"], unique=False)
    op.create_index("ix_mailed_tokens_user_id", "mailed_tokens", ["user_id"], unique=False)
    op.create_table(
        "rate_buckets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rate_buckets")),
    )
    op.create_index("ix_rate_buckets_at", "rate_buckets", ["at"], unique=False)


def downgrade() -> None:
    for table in ("rate_buckets", "mailed_tokens", "user_mails", "sessions", "identities", "passwords"):
        op.drop_table(table)


def _time(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[datetime]:
    default = sa.text("esim_now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def _of_user(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    """The row belongs to a user, and to the user's account."""
    return (
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id")),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["users.id", "users.account_id"],
            name=op.f(f"fk_{table}_user_id_account_id"),
        ),
    )
