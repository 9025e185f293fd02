"""The tables of QR codes: requests with their e-mail texts, codes with their files, notifications and links.

Secrets (codes, files) are encrypted with the key ring (`store.key_ring`); only the SHA-256 of a link's token
is stored. Triggers (see `migrations/`) refuse to delete a version, or to change anything of it but `current`
and the encryption of its secrets.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.codes.requests import RequestStatus
from store.made_keys import MADE_AS
from store.personal import CODE, ENCRYPTED, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, now, of_account, own_id, owner

FILE_TYPES = ("png", "jpeg", "svg", "tiff", "pdf", "typed")
LINK_PURPOSES = ("upload", "download")


class QrEmailTextRow(Row):
    """An e-mail text that a user edited, with cc addresses. Free text is kept out of every history (W6)."""

    __tablename__ = "qr_email_texts"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    subject: Mapped[str | None] = mapped_column(info=personal(Erase.REPLACE, Erase.MENTIONS))
    body: Mapped[str | None] = mapped_column(info=personal(Erase.REPLACE, Erase.MENTIONS))
    """None if the user left it as pre-filled: each recipient then gets it in their own language."""
    cc: Mapped[list[str]] = mapped_column(
        ARRAY(String), server_default=text("'{}'"), info=personal(Erase.REPLACE, Erase.ADDRESS)
    )
    written_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (UniqueConstraint("id", "account_id"),)


class QrRequestRow(Row):
    """A request for the QR code of an eSIM, sent once or, after "send again", in several rounds."""

    __tablename__ = "qr_requests"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    sim_id: Mapped[int]
    requested_by: Mapped[int]
    status: Mapped[str] = mapped_column(info=CODE)
    status_since: Mapped[datetime] = mapped_column(server_default=now())
    requested_at: Mapped[datetime] = mapped_column(server_default=now())
    round: Mapped[int] = mapped_column(server_default=text("1"))
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        server_default=text("'[]'"),
        info=not_personal("codes and their parameters, never names or addresses"),
    )
    __table_args__ = (
        # a cancelled order deletes its temporary eSIM; a refused request must not prevent that
        of_account("sim_id", "sims", ondelete="CASCADE"),
        of_account("requested_by", "users"),
        UniqueConstraint("id", "account_id"),
        CheckConstraint(among("status", RequestStatus), name="status"),
        CheckConstraint("(status = 'refused') = (refusals <> '[]')", name="refused_says_why"),
        Index("uq_open_qr_request", "sim_id", unique=True, postgresql_where=text("status = 'requested'")),
        Index("ix_qr_requests_sim_id", "sim_id"),
        Index("ix_qr_requests_newest", "account_id", "requested_at", "id"),
    )


class QrRoundRow(Row):
    """One sending of a request: its recipients and its e-mail text (the standard text if there is none)."""

    __tablename__ = "qr_rounds"
    request_id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    number: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    call: Mapped[str] = mapped_column(info=REFERENCE)
    """The id of the update that added the round: a repeat of the update finds the round."""
    contacts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    email_text_id: Mapped[int | None]
    sent_by: Mapped[str] = mapped_column(info=REFERENCE)
    at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        of_account("request_id", "qr_requests"),
        of_account("email_text_id", "qr_email_texts"),
        UniqueConstraint("request_id", "call"),
    )


class QrVersionRow(Row):
    """A current or earlier code of a SIM, with the file it was read from (F59)."""

    __tablename__ = "qr_versions"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    sim_id: Mapped[int]
    number: Mapped[int]
    current: Mapped[bool]
    code: Mapped[bytes] = mapped_column(LargeBinary, info=ENCRYPTED)
    """Encrypted."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, info=ENCRYPTED)
    """Keyed digest of the eSIM profile that the code names: at most one SIM has a code (F62)."""
    confirmation_code: Mapped[bytes | None] = mapped_column(LargeBinary, info=ENCRYPTED)
    """Encrypted; what the phone asks for besides this very code (SGP.22 4.1). NULL if it is not known."""
    file_type: Mapped[str] = mapped_column(info=CODE)
    original: Mapped[bytes | None] = mapped_column(LargeBinary, info=ENCRYPTED)
    """Encrypted; NULL if the code was typed in."""
    request_id: Mapped[str | None] = mapped_column(info=REFERENCE)
    imported_by: Mapped[str] = mapped_column(info=REFERENCE)
    imported_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        of_account("sim_id", "sims"),
        of_account("request_id", "qr_requests"),
        UniqueConstraint("id", "account_id"),
        UniqueConstraint("sim_id", "number"),
        CheckConstraint(among("file_type", FILE_TYPES), name="file_type"),
        CheckConstraint("(original IS NULL) = (file_type = 'typed')", name="original"),
        Index("ix_qr_versions_fingerprint", "fingerprint"),
        Index("uq_current_qr_version", "sim_id", unique=True, postgresql_where=text("current")),
        Index("uq_current_qr_code", "fingerprint", unique=True, postgresql_where=text("current")),
    )


class QrNotificationRow(Row):
    """An e-mail that notifies a person of an imported code. The address is kept out of every history."""

    __tablename__ = "qr_notifications"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    sim_id: Mapped[int]
    version_id: Mapped[int]
    address: Mapped[str] = mapped_column(info=personal(Erase.ADDRESS))
    made_as: Mapped[str | None] = mapped_column(info=not_personal(MADE_AS))
    """NULL where no caller named the key, and in rows of before."""
    created_by: Mapped[str] = mapped_column(info=REFERENCE)
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    given_up: Mapped[bool] = mapped_column(server_default=text("false"))
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("sim_id", "sims"),
        of_account("version_id", "qr_versions"),
        UniqueConstraint("id", "account_id"),
        Index("ix_qr_notifications_sim_id", "sim_id"),
        Index("ix_qr_notifications_newest", "account_id", "created_at", "id"),
    )


class QrUploadRow(Row):
    """An upload that was checked and is shown to the contact, until they submit it. Kept for a day."""

    __tablename__ = "qr_uploads"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), index=True)
    code: Mapped[bytes] = mapped_column(LargeBinary, info=ENCRYPTED)
    confirmation_code: Mapped[bytes | None] = mapped_column(LargeBinary, info=ENCRYPTED)
    """NULL if the contact entered none."""
    file_type: Mapped[str] = mapped_column(info=CODE)
    original: Mapped[bytes | None] = mapped_column(LargeBinary, info=ENCRYPTED)
    uploaded_at: Mapped[datetime] = mapped_column(server_default=now())


class LinkRow(Row):
    """A link in an e-mail: its bearer token allows one action for one SIM, until it expires (F60).

    Each attempt to send the e-mail has a token of its own, as only the digest is stored.
    """

    __tablename__ = "links"
    id: Mapped[int] = own_id()
    token: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=ENCRYPTED)
    """SHA-256 of the token."""
    purpose: Mapped[str] = mapped_column(info=CODE)
    account_id: Mapped[int] = owner()
    sim_id: Mapped[int]
    request_id: Mapped[str | None] = mapped_column(info=REFERENCE)
    recipient: Mapped[str | None] = mapped_column(info=REFERENCE)
    """Of an upload link: the contact to whom the e-mail was sent, such as `contact:7`."""
    notification_id: Mapped[str | None] = mapped_column(info=REFERENCE)
    version_id: Mapped[int | None]
    """Of a download link: the only version that it shows."""
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("sim_id", "sims"),
        of_account("request_id", "qr_requests"),
        of_account("notification_id", "qr_notifications"),
        of_account("version_id", "qr_versions"),
        CheckConstraint(among("purpose", LINK_PURPOSES), name="purpose"),
        CheckConstraint(
            "CASE purpose WHEN 'upload' THEN request_id IS NOT NULL AND recipient IS NOT NULL "
            "ELSE notification_id IS NOT NULL AND version_id IS NOT NULL END",
            name="bound",
        ),
        Index("ix_links_sim_id", "sim_id"),
        Index("ix_links_recipient", "recipient", postgresql_where=text("revoked_at IS NULL")),
    )
