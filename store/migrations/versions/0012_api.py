"""API keys, accounts for tests, and indexes of lists that are read page by page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

_MADE = {
    "accounts": ["made_key"],
    "authorised_actions_profiles": ["account_id", "made_key"],
    "users": ["account_id", "made_key"],
    "contacts": ["made_key"],
    "subscribers": ["account_id", "made_key"],
}
"""The tables whose records keep the mark of the idempotency key that they were made under; what is unique."""
_INDEXES = {
    "ix_sims_newest": "sims (account_id, id)",
    "ix_sims_by_state": "sims (account_id, state, id)",
    "ix_sims_iccid_ending": "sims (reverse(iccid) text_pattern_ops)",
    "ix_line_groups_group_id": "line_groups (group_id, line_id)",
    "ix_sim_groups_group_id": "sim_groups (group_id, sim_id)",
    "ix_employees_by_name": "employees (account_id, name, id)",
    "ix_employees_name_begins": "employees (account_id, lower(name) text_pattern_ops)",
    "ix_employees_email_begins": "employees (account_id, lower(email) text_pattern_ops)",
    "ix_orders_newest": "orders (account_id, placed_at, id)",
    "ix_follow_ups_resent": "follow_ups (target) WHERE target LIKE 'confirmation:%'",
    "ix_qr_requests_newest": "qr_requests (account_id, requested_at, id)",
    "ix_qr_notifications_newest": "qr_notifications (account_id, created_at, id)",
    "ix_agents_by_name": "agents (account_id, name, id)",
    "ix_numbers_by_msisdn": "numbers (account_id, msisdn, id)",
    "ix_licences_unused": "licences (account_id, id) WHERE number_id IS NULL",
    "ix_licences_ending": "licences (account_id, id) WHERE usable_until IS NOT NULL",
    "ix_licences_counted": "licences (account_id, add_on, next_add_on, next_from, usable_until, number_id)",
    "ix_licences_by_add_on": "licences (account_id, add_on, id)",
    "ix_licences_changing": "licences (account_id, id) WHERE next_add_on IS NOT NULL",
    "ix_licence_entries_purchase_id": "licence_entries (purchase_id)",
    "ix_licence_entries_bought": "licence_entries (account_id, day, add_on, licence_id)"
    " WHERE entry = 'bought'",
    "ix_licence_entries_later": "licence_entries (account_id, licence_id) WHERE entry <> 'bought'",
    "ix_licence_requests_by_time": "licence_requests (account_id, at, id)",
    "ix_subscribers_by_name": "subscribers (account_id, lower(name), id)",
    "ix_subscribers_words": "subscribers USING gin (to_tsvector('simple'::regconfig, name))",
    "ix_subscribers_email_begins": "subscribers (account_id, lower(email) text_pattern_ops)",
    "ix_subscribers_msisdn_begins": "subscribers (account_id, msisdn text_pattern_ops)",
    "ix_subscribers_msisdn_ending": "subscribers (account_id, reverse(msisdn) text_pattern_ops)",
    "ix_esim_lines_account_id": "esim_lines (account_id, id)",
    "ix_travel_stock_by_end": "travel_stock"
    " (account_id, profile, coalesce(ends_on, '9999-01-01'::date), sim_id)",
    "ix_mails_newest": "mails (account_id, updated_at, id)",
    "ix_mails_sending": "mails (updated_at) WHERE state = 'sending'",
    "ix_events_of_actor": "events (account_id, actor, epoch, xid, id)",
    "ix_events_of_type": "events (account_id, type, epoch, xid, id)",
    "ix_events_at": "events (account_id, at)",
    "ix_events_origin_id": "events (origin_id)",
    "ix_origins_session": "origins (session)",
    "ix_origins_address": "origins (address)",
    "ix_holds_longest": "holds (account_id, since, workflow_id)",
}
"""By which lists are read page by page, and searched."""
_FREE_STOCK = """travel_stock (account_id, profile, coalesce(ends_on, '9999-01-01'::date), sim_id)
    WHERE order_id IS NULL AND revealed_at IS NULL"""
_ABOUT = (
    ("order_id", "orders"),
    ("qr_request_id", "qr_requests"),
    ("qr_notification_id", "qr_notifications"),
    *(("work_id", table) for table in ("number_changes", "licence_requests", "travel_notices")),
)
"""By which column an e-mail is about a record of which table."""
KEEP_ORIGINS = """
CREATE FUNCTION keep_origins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.session IS NULL AND NEW.address IS NULL
        AND (NEW.id, NEW.at, NEW.actor, NEW.surface, NEW.request_id)
        IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.actor, OLD.surface, OLD.request_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % is not allowed', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
"""Nothing changes an origin but the erasure of a person."""


_REMINDERS = ("acknowledgement_days", "processing_days", "reminders", "qr_code_days", "qr_reminders")


def upgrade() -> None:
    op.add_column(
        "accounts", sa.Column("mode", sa.String(), server_default=sa.text("'live'"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_accounts_mode_known"), "accounts", "mode IN ('live', 'test')")
    op.add_column("accounts", sa.Column("sender_name", sa.String(), nullable=True))
    op.create_table(
        "reminder_schedules",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _REMINDERS),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reminder_schedules_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "since", name=op.f("pk_reminder_schedules")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("secret_key", sa.String(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_key", sa.String(), nullable=True),
        sa.Column("made_as", sa.String(), nullable=True),
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
        sa.UniqueConstraint("account_id", "made_key", name=op.f("uq_api_keys_account_id_made_key")),
    )
    op.create_index("uq_api_keys_digest", "api_keys", ["digest"], unique=True)
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"], unique=False)
    _mails()
    for name, rows in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {rows}")
    for table, unique in _MADE.items():
        op.add_column(table, sa.Column("made_key", sa.String(), nullable=True))
        op.add_column(table, sa.Column("made_as", sa.String(), nullable=True))
        op.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(unique)}"), table, unique)
    op.add_column("qr_notifications", sa.Column("made_as", sa.String(), nullable=True))
    _licences()
    _travel()
    _operations()
    _jobs()


def downgrade() -> None:
    _without_jobs_and_operations()
    _without_travel()
    _without_licences()
    op.drop_column("qr_notifications", "made_as")
    for name in reversed(_INDEXES):
        op.execute(f"DROP INDEX {name}")
    op.drop_column("mails", "account_id")
    for table, unique in _MADE.items():
        op.drop_constraint(op.f(f"uq_{table}_{'_'.join(unique)}"), table, type_="unique")
        op.drop_column(table, "made_as")
        op.drop_column(table, "made_key")
    op.drop_index("ix_api_keys_account_id", table_name="api_keys")
    op.drop_index("uq_api_keys_digest", table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_table("reminder_schedules")
    op.drop_column("accounts", "sender_name")
    op.drop_constraint(op.f("ck_accounts_mode_known"), "accounts", type_="check")
    op.drop_column("accounts", "mode")


def _licences() -> None:
    op.add_column("agents", sa.Column("made_key", sa.String(), nullable=True))
    op.add_column("agents", sa.Column("made_as", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_agents_account_id_made_key"), "agents", ["account_id", "made_key"])
    op.drop_index("ix_licences_account_id", table_name="licences")
    op.create_index("ix_licences_account_id", "licences", ["account_id", "id"], unique=False)


def _mails() -> None:
    """E-mails are listed by account."""
    op.add_column("mails", sa.Column("account_id", sa.BigInteger(), nullable=True))
    for column, table in _ABOUT:
        op.execute(
            f"UPDATE mails SET account_id = of.account_id FROM {table} of WHERE mails.{column} = of.id"  # noqa: S608
        )


def _without_licences() -> None:
    op.drop_index("ix_licences_account_id", table_name="licences")
    op.create_index("ix_licences_account_id", "licences", ["account_id"], unique=False)
    op.drop_constraint(op.f("uq_agents_account_id_made_key"), "agents", type_="unique")
    op.drop_column("agents", "made_as")
    op.drop_column("agents", "made_key")


def _travel() -> None:
    op.drop_index("ix_travel_stock_free", table_name="travel_stock")
    op.execute(f"CREATE INDEX ix_travel_stock_free ON {_FREE_STOCK}")
    op.add_column("travel_plans", sa.Column("made_key", sa.String(), nullable=True))
    op.add_column("travel_plans", sa.Column("made_as", sa.String(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_travel_plans_account_id_made_key"), "travel_plans", ["account_id", "made_key"]
    )


def _without_travel() -> None:
    op.drop_index("ix_travel_stock_free", table_name="travel_stock")
    op.create_index(
        "ix_travel_stock_free",
        "travel_stock",
        ["account_id", "profile", "ends_on", "sim_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NULL"),
    )
    op.drop_constraint(op.f("uq_travel_plans_account_id_made_key"), "travel_plans", type_="unique")
    op.drop_column("travel_plans", "made_as")
    op.drop_column("travel_plans", "made_key")


def _operations() -> None:
    """Held work and the audit."""
    op.execute(KEEP_ORIGINS)
    op.execute(
        "CREATE TRIGGER origins_append_only BEFORE UPDATE OR DELETE ON origins"
        " FOR EACH ROW EXECUTE FUNCTION keep_origins()"
    )
    op.execute(
        "CREATE TRIGGER origins_never_truncated BEFORE TRUNCATE ON origins"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _jobs() -> None:
    """Imports and bulk actions in the background."""
    unfinished = "status IN ('queued', 'running')"
    times = [
        sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("started_at", "ended_at")
    ]
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("made_key", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("input", sa.LargeBinary(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("refusals", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("esim_now()"), nullable=False
        ),
        *times,
        sa.Column(
            "workflow_id",
            sa.String(),
            sa.Computed("'job-'::text || (id)::text", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('cancelled', 'done', 'failed', 'queued', 'running')", name=op.f("ck_jobs_status")
        ),
        sa.CheckConstraint(f"(ended_at IS NULL) = ({unfinished})", name=op.f("ck_jobs_ended")),
        sa.CheckConstraint(
            "ended_at IS NULL OR input IS NULL OR (dry_run AND status = 'done')",
            name=op.f("ck_jobs_input_removed"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_jobs_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("account_id", "made_key", name=op.f("uq_jobs_account_id_made_key")),
        sa.UniqueConstraint("id", "account_id", name=op.f("uq_jobs_id_account_id")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_jobs_workflow_id")),
    )
    op.create_index("ix_jobs_newest", "jobs", ["account_id", "id"], unique=False)
    kept = "ended_at IS NOT NULL AND input IS NOT NULL"
    op.create_index("ix_jobs_kept", "jobs", ["ended_at"], unique=False, postgresql_where=sa.text(kept))
    op.create_index("ix_jobs_unfinished", "jobs", ["id"], unique=False, postgresql_where=sa.text(unfinished))
    op.create_table(
        "job_rows",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("sim_id", sa.BigInteger(), nullable=True),
        sa.Column("problems", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'noted', 'refused')", name=op.f("ck_job_rows_outcome")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_job_rows_account_id")),
        sa.ForeignKeyConstraint(
            ["job_id", "account_id"],
            ["jobs.id", "jobs.account_id"],
            name=op.f("fk_job_rows_job_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_job_rows")),
    )


def _without_jobs_and_operations() -> None:
    op.drop_table("job_rows")
    op.drop_table("jobs")
    for trigger in ("origins_append_only", "origins_never_truncated"):
        op.execute(f"DROP TRIGGER {trigger} ON origins")
    op.execute("DROP FUNCTION keep_origins()")
