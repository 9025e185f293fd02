"""The table of the links in the e-mails to order contacts."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import ENCRYPTED, REFERENCE
from store.row import Row, now, of_account, own_id, owner


class OrderLinkRow(Row):
    """A link in an e-mail about an order: its bearer acts on that one order as the contact, until the order
    ends or the link expires (P9).

    Each attempt to send the e-mail has a token of its own, as only the digest is stored.
    """

    __tablename__ = "order_links"
    id: Mapped[int] = own_id()
    token: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=ENCRYPTED)
    """SHA-256 of the token."""
    account_id: Mapped[int] = owner()
    order_id: Mapped[str] = mapped_column(String, info=REFERENCE)
    recipient: Mapped[str] = mapped_column(String, info=REFERENCE)
    """The contact to whom the e-mail was sent, such as `contact:7`."""
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("order_id", "orders"),
        Index("ix_order_links_order_id", "order_id"),
        Index("ix_order_links_recipient", "recipient", "revoked_at"),
    )
