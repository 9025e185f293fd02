"""The table of all outgoing e-mails: about orders, requests for QR codes and notifications."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.codes.tables import QrNotificationRow, QrRequestRow
from store.orders.tables import OrderRow
from store.personal import CODE, REFERENCE
from store.row import Row, now


class MailRow(Row):
    """An e-mail to one recipient. It is recorded before it is sent, so that a repeat is recognised.

    It is about one order, one request for a QR code, one notification of a code, or one other workflow.
    """

    __tablename__ = "mails"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """Subject, purpose, round and recipient: a repeat of the e-mail has the same id and Message-ID."""
    account_id: Mapped[int | None]
    """The account that it is about. No foreign key: what it is about has one."""
    order_id: Mapped[str | None] = mapped_column(ForeignKey(OrderRow.id), index=True, info=REFERENCE)
    qr_request_id: Mapped[str | None] = mapped_column(ForeignKey(QrRequestRow.id), index=True, info=REFERENCE)
    qr_notification_id: Mapped[str | None] = mapped_column(
        ForeignKey(QrNotificationRow.id), index=True, info=REFERENCE
    )
    work_id: Mapped[str | None] = mapped_column(index=True, info=REFERENCE)
    """The id of another workflow that it is about, such as a change of a number."""
    template: Mapped[str] = mapped_column(info=CODE)
    recipient: Mapped[str] = mapped_column(info=REFERENCE)
    """contact:7, user:3, employee:12, cc:1 or manager: the address is read when the mail is sent."""
    message_id: Mapped[str] = mapped_column(info=REFERENCE)
    state: Mapped[str] = mapped_column(info=CODE)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    uncertain: Mapped[int] = mapped_column(server_default=text("0"))
    retries: Mapped[int] = mapped_column(server_default=text("0"))
    """The number of the manual retry that it failed in: a later retry sends it again."""
    failure: Mapped[str | None] = mapped_column(info=CODE)
    reason: Mapped[str | None] = mapped_column(info=CODE)
    """Why a mail that `failed` holds its order or request (a `HoldReason`): refused, or not composable."""
    updated_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        CheckConstraint("state IN ('unsent', 'sending', 'sent', 'failed')", name="state"),
        CheckConstraint(
            "num_nonnulls(order_id, qr_request_id, qr_notification_id, work_id) = 1", name="about_one"
        ),
        Index("ix_mails_newest", "account_id", "updated_at", "id"),
        Index("ix_mails_sending", "updated_at", postgresql_where=text("state = 'sending'")),
    )
