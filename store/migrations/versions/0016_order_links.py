"""Links in e-mails to order contacts, and orders that are e-mailed again, once per key; jobs of provider
desks; open and ended orders found by time; and confirmation codes of uploads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_OPEN = sa.text("status IN ('provider_processing', 'submitted')")


def upgrade() -> None:
    op.create_table(
        "order_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_order_links_account_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "account_id"],
            ["orders.id", "orders.account_id"],
            name=op.f("fk_order_links_order_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_links")),
        sa.UniqueConstraint("token", name=op.f("uq_order_links_token")),
    )
    op.create_index("ix_order_links_order_id", "order_links", ["order_id"], unique=False)
    op.create_index("ix_order_links_recipient", "order_links", ["recipient", "revoked_at"], unique=False)
    op.create_index(
        "ix_follow_ups_mailed_again",
        "follow_ups",
        ["target"],
        unique=True,
        postgresql_where=sa.text("kind = 'mail_again'"),
    )
    op.add_column("jobs", sa.Column("distributor_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_jobs_distributor_id_account_id"),
        "jobs",
        "distributors",
        ["distributor_id", "account_id"],
        ["id", "account_id"],
    )
    op.create_index(
        "ix_orders_waiting",
        "orders",
        ["account_id", "distributor_id", "placed_at", "id"],
        unique=False,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_orders_ended", "orders", ["account_id", "status", "status_since"], unique=False)
    op.add_column("qr_uploads", sa.Column("confirmation_code", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("qr_uploads", "confirmation_code")
    op.drop_index("ix_orders_ended", table_name="orders")
    op.drop_index("ix_orders_waiting", table_name="orders")
    op.drop_constraint(op.f("fk_jobs_distributor_id_account_id"), "jobs", type_="foreignkey")
    op.drop_column("jobs", "distributor_id")
    op.drop_index("ix_follow_ups_mailed_again", table_name="follow_ups")
    op.drop_table("order_links")
