"""Mappings of the headings of files that accounts keep, and jobs that save one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_import_mappings_account_id")),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_import_mappings")),
    )
    op.add_column(
        "jobs", sa.Column("save_mapping", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("jobs", "save_mapping")
    op.drop_table("import_mappings")
