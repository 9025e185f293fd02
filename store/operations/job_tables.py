"""The tables of jobs and their reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.operations.jobs import UNFINISHED, JobStatus, RowOutcome
from store.personal import CODE, ENCRYPTED, REFERENCE, not_personal
from store.row import Row, among, now, of_account, own_id, owner

_REFUSALS = not_personal("codes of refusals with parameters, which never name a person")

KEPT = "ended_at IS NOT NULL AND input IS NOT NULL"
"""The condition that the file of a check is kept."""


class JobRow(Row):
    """A file import or a bulk action that runs in the background."""

    __tablename__ = "jobs"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    distributor_id: Mapped[int | None]
    """Of a job of a provider desk: the desk sees its distributor's jobs alone."""
    kind: Mapped[str] = mapped_column(info=CODE)
    status: Mapped[str] = mapped_column(server_default=text("'queued'"), info=CODE)
    dry_run: Mapped[bool]
    made_key: Mapped[str] = mapped_column(info=REFERENCE)
    """The mark of the idempotency key."""
    digest: Mapped[bytes] = mapped_column(info=ENCRYPTED)
    """A keyed digest of the input, which recognises a repeat with other content."""
    input: Mapped[bytes | None] = mapped_column(info=ENCRYPTED)
    """The file or the rows, and what headings mean, encrypted (`job_inputs`). Removed when the job has ended,
    the file of a check a day later.
    """
    save_mapping: Mapped[bool] = mapped_column(server_default=text("false"))
    """The account keeps the mapping once the file is imported."""
    rows: Mapped[int | None]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    report: Mapped[dict[str, Any] | None] = mapped_column(
        info=not_personal("how many records an import made and changed")
    )
    """Written in the transaction of the import."""
    refusals: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"), info=_REFUSALS)
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String), info=CODE)
    """Those of who made it: it is run with at most these."""
    language: Mapped[str] = mapped_column(info=CODE)
    origin_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    workflow_id: Mapped[str] = mapped_column(
        Computed("'job-'::text || (id)::text", persisted=True), unique=True, info=REFERENCE
    )
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        UniqueConstraint("account_id", "made_key"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("status", JobStatus), name="status"),
        CheckConstraint(f"(ended_at IS NULL) = ({among('status', UNFINISHED)})", name="ended"),
        CheckConstraint(
            "ended_at IS NULL OR input IS NULL OR (dry_run AND status = 'done')", name="input_removed"
        ),
        Index("ix_jobs_kept", "ended_at", postgresql_where=text(KEPT)),
        Index("ix_jobs_newest", "account_id", "id"),
        Index("ix_jobs_unfinished", "id", postgresql_where=text(among("status", UNFINISHED))),
    )


class JobReportRow(Row):
    """What became of a row of a job."""

    __tablename__ = "job_rows"
    job_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    outcome: Mapped[str] = mapped_column(info=CODE)
    record: Mapped[str | None] = mapped_column(info=REFERENCE)
    line_id: Mapped[int | None]
    sim_id: Mapped[int | None]
    """What a row of a bulk action is about, without a foreign key: the report outlives it."""
    problems: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"), info=_REFUSALS)
    __table_args__ = (
        ForeignKeyConstraint(["job_id", "account_id"], ["jobs.id", "jobs.account_id"]),
        CheckConstraint(among("outcome", RowOutcome), name="outcome"),
    )
