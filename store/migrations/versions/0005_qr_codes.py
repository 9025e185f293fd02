"""QR codes: requests for them with their e-mail texts, codes and their files, and links.

Each e-mail is about one order, one request or one notification; before this migration all are about orders.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

KEEP_VERSION = """
CREATE FUNCTION keep_qr_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'version % of a QR code cannot be deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.account_id, NEW.sim_id, NEW.number, NEW.file_type, NEW.request_id,
        NEW.imported_by, NEW.imported_at)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.sim_id, OLD.number, OLD.file_type, OLD.request_id,
        OLD.imported_by, OLD.imported_at) THEN
        RAISE EXCEPTION 'version % of a QR code cannot be changed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
VERSIONS_ARE_KEPT = """
CREATE TRIGGER qr_versions_are_kept BEFORE UPDATE OR DELETE ON qr_versions
    FOR EACH ROW EXECUTE FUNCTION keep_qr_version()
"""
VERSIONS_NEVER_TRUNCATED = """
CREATE TRIGGER qr_versions_never_truncated BEFORE TRUNCATE ON qr_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ABOUT_ONE = "num_nonnulls(order_id, qr_request_id, qr_notification_id, work_id) = 1"


def upgrade() -> None:
    op.create_table(
        "qr_email_texts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("cc", sa.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "written_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_email_texts_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_qr_email_texts"),
        sa.UniqueConstraint("id", "account_id", name="uq_qr_email_texts_id_account_id"),
    )
    op.create_table(
        "qr_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column(
            "status_since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("round", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("refusals", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint(
            "(status = 'refused') = (refusals <> '[]')", name=op.f("ck_qr_requests_refused_says_why")
        ),
        sa.CheckConstraint(
            "status IN ('imported', 'refused', 'requested', 'sim_discarded', 'withdrawn')",
            name=op.f("ck_qr_requests_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_requests_account_id"),
        sa.ForeignKeyConstraint(
            ["requested_by", "account_id"],
            ["users.id", "users.account_id"],
            name="fk_qr_requests_requested_by_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name="fk_qr_requests_sim_id_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qr_requests"),
        sa.UniqueConstraint("id", "account_id", name="uq_qr_requests_id_account_id"),
    )
    op.create_index("ix_qr_requests_sim_id", "qr_requests", ["sim_id"], unique=False)
    op.create_index(
        "uq_open_qr_request",
        "qr_requests",
        ["sim_id"],
        unique=True,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_table(
        "qr_rounds",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("contacts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("email_text_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_rounds_account_id"),
        sa.ForeignKeyConstraint(
            ["email_text_id", "account_id"],
            ["qr_email_texts.id", "qr_email_texts.account_id"],
            name="fk_qr_rounds_email_text_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "account_id"],
            ["qr_requests.id", "qr_requests.account_id"],
            name="fk_qr_rounds_request_id_account_id",
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name="pk_qr_rounds"),
        sa.UniqueConstraint("request_id", "call", name="uq_qr_rounds_request_id_call"),
    )
    op.create_table(
        "qr_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("file_type", sa.String(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column(
            "imported_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(original IS NULL) = (file_type = 'typed')", name=op.f("ck_qr_versions_original")
        ),
        sa.CheckConstraint(
            "file_type IN ('jpeg', 'pdf', 'png', 'svg', 'tiff', 'typed')",
            name=op.f("ck_qr_versions_file_type"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_versions_account_id"),
        sa.ForeignKeyConstraint(
            ["request_id", "account_id"],
            ["qr_requests.id", "qr_requests.account_id"],
            name="fk_qr_versions_request_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"], ["sims.id", "sims.account_id"], name="fk_qr_versions_sim_id_account_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qr_versions"),
        sa.UniqueConstraint("id", "account_id", name="uq_qr_versions_id_account_id"),
        sa.UniqueConstraint("sim_id", "number", name="uq_qr_versions_sim_id_number"),
    )
    op.create_index("ix_qr_versions_fingerprint", "qr_versions", ["fingerprint"], unique=False)
    op.create_index(
        "uq_current_qr_code", "qr_versions", ["fingerprint"], unique=True, postgresql_where=sa.text("current")
    )
    op.create_index(
        "uq_current_qr_version", "qr_versions", ["sim_id"], unique=True, postgresql_where=sa.text("current")
    )
    op.create_table(
        "qr_notifications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("given_up", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_notifications_account_id"),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"],
            ["sims.id", "sims.account_id"],
            name="fk_qr_notifications_sim_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "account_id"],
            ["qr_versions.id", "qr_versions.account_id"],
            name="fk_qr_notifications_version_id_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qr_notifications"),
        sa.UniqueConstraint("id", "account_id", name="uq_qr_notifications_id_account_id"),
    )
    op.create_index("ix_qr_notifications_sim_id", "qr_notifications", ["sim_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sim_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("notification_id", sa.String(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE purpose WHEN 'upload' THEN request_id IS NOT NULL AND recipient IS NOT NULL "
            "ELSE notification_id IS NOT NULL AND version_id IS NOT NULL END",
            name=op.f("ck_links_bound"),
        ),
        sa.CheckConstraint("purpose IN ('download', 'upload')", name=op.f("ck_links_purpose")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_links_account_id"),
        sa.ForeignKeyConstraint(
            ["notification_id", "account_id"],
            ["qr_notifications.id", "qr_notifications.account_id"],
            name="fk_links_notification_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "account_id"],
            ["qr_requests.id", "qr_requests.account_id"],
            name="fk_links_request_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["sim_id", "account_id"], ["sims.id", "sims.account_id"], name="fk_links_sim_id_account_id"
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "account_id"],
            ["qr_versions.id", "qr_versions.account_id"],
            name="fk_links_version_id_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("token", name="uq_links_token"),
    )
    op.create_index("ix_links_sim_id", "links", ["sim_id"], unique=False)
    op.create_index(
        "ix_links_recipient",
        "links",
        ["recipient"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "qr_uploads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("file_type", sa.String(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=True),
        sa.Column(
            "uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_qr_uploads_link_id"),
        sa.PrimaryKeyConstraint("id", name="pk_qr_uploads"),
    )
    op.create_index("ix_qr_uploads_link_id", "qr_uploads", ["link_id"], unique=False)
    op.add_column("mails", sa.Column("qr_request_id", sa.String(), nullable=True))
    op.add_column("mails", sa.Column("qr_notification_id", sa.String(), nullable=True))
    op.add_column("mails", sa.Column("work_id", sa.String(), nullable=True))
    op.alter_column("mails", "order_id", existing_type=sa.String(), nullable=True)
    op.create_index("ix_mails_qr_notification_id", "mails", ["qr_notification_id"], unique=False)
    op.create_index("ix_mails_work_id", "mails", ["work_id"], unique=False)
    op.create_index("ix_mails_qr_request_id", "mails", ["qr_request_id"], unique=False)
    op.create_foreign_key("fk_mails_qr_request_id", "mails", "qr_requests", ["qr_request_id"], ["id"])
    op.create_foreign_key(
        "fk_mails_qr_notification_id", "mails", "qr_notifications", ["qr_notification_id"], ["id"]
    )
    op.create_check_constraint("about_one", "mails", ABOUT_ONE)
    for statement in (
        KEEP_VERSION,
        VERSIONS_ARE_KEPT,
        VERSIONS_NEVER_TRUNCATED,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DELETE FROM mails WHERE order_id IS NULL")
    op.drop_constraint("ck_mails_about_one", "mails")
    op.drop_column("mails", "work_id")
    op.drop_column("mails", "qr_notification_id")
    op.drop_column("mails", "qr_request_id")
    op.alter_column("mails", "order_id", existing_type=sa.String(), nullable=False)
    for table in (
        "qr_uploads",
        "links",
        "qr_notifications",
        "qr_versions",
        "qr_rounds",
        "qr_requests",
        "qr_email_texts",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_qr_version()")
