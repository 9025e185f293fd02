"""The tables of signing in: passwords, identities at the OpenID provider, sessions, e-mails, rate limits."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.people.sign_in import TokenPurpose
from store.people.tables import UserRow  # noqa: F401  the tables refer to it
from store.personal import CODE, ENCRYPTED, NAME, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, now, of_account, own_id, owner


class PasswordRow(Row):
    """The password of a user who has one: its argon2 hash."""

    __tablename__ = "passwords"
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = owner()
    hash: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    changed_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (of_account("user_id", "users"),)


class SessionRow(Row):
    """A browser in which a user is signed in (P1)."""

    __tablename__ = "sessions"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    user_id: Mapped[int]
    digest: Mapped[bytes] = mapped_column(info=ENCRYPTED)
    """SHA-256 of the 32 random bytes that the browser sends."""
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    confirmed_at: Mapped[datetime] = mapped_column(server_default=now())
    """When the password was entered last, or the user authenticated at the OpenID provider."""
    seen_at: Mapped[datetime] = mapped_column(server_default=now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(info=personal(Erase.DELETE_ROW))
    browser: Mapped[str | None] = mapped_column(info=personal(Erase.DELETE_ROW))
    __table_args__ = (
        of_account("user_id", "users"),
        Index("uq_sessions_digest", "digest", unique=True),
        Index("ix_sessions_user_id", "user_id"),
    )


class IdentityRow(Row):
    """How the OpenID provider names a user who signs in there: by issuer and subject (P1)."""

    __tablename__ = "identities"
    issuer: Mapped[str] = mapped_column(primary_key=True, info=NAME)
    subject: Mapped[str] = mapped_column(primary_key=True, info=personal(Erase.DELETE_ROW))
    account_id: Mapped[int] = owner()
    user_id: Mapped[int]
    linked_at: Mapped[datetime] = mapped_column(server_default=now())
    __table_args__ = (
        of_account("user_id", "users"),
        Index("uq_identities_user_id_issuer", "user_id", "issuer", unique=True),
    )


class UserMailRow(Row):
    """An e-mail to a user that invites to a password or lets a user set another one. The token is made when
    it is composed.
    """

    __tablename__ = "user_mails"
    id: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    user_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(info=CODE)
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    created_by: Mapped[str] = mapped_column(info=REFERENCE)
    done_at: Mapped[datetime | None]
    """When it was sent, or given up."""
    __table_args__ = (
        of_account("user_id", "users"),
        CheckConstraint(among("purpose", TokenPurpose), name="purpose_known"),
        Index("ix_user_mails_user_id", "user_id"),
        Index("ix_user_mails_unfinished", "id", postgresql_where=text("done_at IS NULL")),
    )


class MailedTokenRow(Row):
    """A token in an e-mail to a user, which lets its bearer choose the user's password, once."""

    __tablename__ = "mailed_tokens"
    digest: Mapped[bytes] = mapped_column(primary_key=True, info=ENCRYPTED)
    mail_id: Mapped[str] = mapped_column(ForeignKey("user_mails.id"), index=True, info=REFERENCE)
    account_id: Mapped[int] = owner()
    user_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(info=CODE)
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (
        of_account("user_id", "users"),
        CheckConstraint(among("purpose", TokenPurpose), name="purpose_known"),
        Index("ix_mailed_tokens_user_id", "user_id"),
    )


class RateBucketRow(Row):
    """A token bucket: how many attempts are left, by what they are counted (S9)."""

    __tablename__ = "rate_buckets"
    name: Mapped[str] = mapped_column(primary_key=True, info=not_personal("a digest, deleted after a day"))
    left: Mapped[float]
    allowed: Mapped[bool]
    """Whether the last attempt was."""
    at: Mapped[datetime]
    __table_args__ = (Index("ix_rate_buckets_at", "at"),)
