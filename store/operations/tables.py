"""The tables of holds, and of e-mails and calls that have not been sent yet."""

from datetime import datetime

from sqlalchemy import ARRAY, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import CODE, REFERENCE
from store.row import Row, now, owner


class HoldRow(Row):
    """Why and since when a step of a workflow waits for a person. Several steps of a workflow may be held."""

    __tablename__ = "holds"
    workflow_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    step: Mapped[str] = mapped_column(primary_key=True, info=CODE)
    account_id: Mapped[int] = owner()
    reason: Mapped[str] = mapped_column(info=CODE)
    since: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (Index("ix_holds_longest", "account_id", "since", "workflow_id"),)


class NotSentRow(Row):
    """A step that calls a mail server or a provider, and whose attempts have failed so far.

    There is a row from the first failed attempt until one succeeds, or until the step is superseded.
    """

    __tablename__ = "not_sent"
    subject_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """The order, request or notification that it is about."""
    step: Mapped[str] = mapped_column(primary_key=True, info=CODE)
    recipients: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"), info=REFERENCE)
    reason: Mapped[str] = mapped_column(info=CODE)
    attempts: Mapped[int]
    since: Mapped[datetime] = mapped_column(server_default=now())
    tried_at: Mapped[datetime] = mapped_column(server_default=now())
