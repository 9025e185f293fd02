"""The tables of accounts, their people and their distributors."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.language import Language
from models.orders.rules import TARGETS
from models.people.api_keys import Mode
from models.people.callers import USER_ROLES, Role, UserKind
from models.people.views import ContactRole
from store.personal import CODE, ENCRYPTED, NAME, REFERENCE, Erase, not_personal, personal
from store.row import Row, among, clock, made_as, made_key, now, of_account, own_id, owner


class AccountRow(Row):
    __tablename__ = "accounts"
    id: Mapped[int] = own_id()
    name: Mapped[str] = mapped_column(unique=True, info=NAME)
    language: Mapped[str] = mapped_column(server_default=text("'en'"), info=CODE)
    contact_email: Mapped[str | None] = mapped_column(info=personal(Erase.ADDRESS))
    """The address to which a notification is offered if the code was not requested (F65)."""
    sender_name: Mapped[str | None] = mapped_column(info=NAME)
    """The name that e-mails of the account come from; NULL: that of the platform."""
    closed_at: Mapped[datetime | None]
    """Since when the account accepts no new orders and its users cannot act (F67)."""
    mode: Mapped[str] = mapped_column(server_default=Mode.LIVE, info=CODE)
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("made_key"),
        CheckConstraint(among("language", Language), name="language"),
        CheckConstraint(among("mode", Mode), name="mode_known"),
    )


class ReminderScheduleRow(Row):
    """When distributors are reminded of what was placed from then on; NULL: the platform's setting."""

    __tablename__ = "reminder_schedules"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True, server_default=now())
    acknowledgement_days: Mapped[int | None]
    processing_days: Mapped[int | None]
    reminders: Mapped[int | None]
    qr_code_days: Mapped[int | None]
    qr_reminders: Mapped[int | None]


class ProfileRow(Row):
    __tablename__ = "authorised_actions_profiles"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=NAME)
    is_default: Mapped[bool]
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("account_id", "made_key"),
        UniqueConstraint("account_id", "name"),
        UniqueConstraint("id", "account_id"),
        Index("uq_default_profile", "account_id", unique=True, postgresql_where=text("is_default")),
    )


class ProfileTargetRow(Row):
    """An enabled target. A target without a row is disabled (F40, F61)."""

    __tablename__ = "profile_targets"
    profile_id: Mapped[int] = mapped_column(ForeignKey("authorised_actions_profiles.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True, info=CODE)
    __table_args__ = (CheckConstraint(among("target", TARGETS), name="target_known"),)


class UserRow(Row):
    __tablename__ = "users"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=personal(Erase.REPLACE))
    email: Mapped[str] = mapped_column(
        info=personal(Erase.REPLACE, erased="'erased-user-' || id || '@erased.invalid'")
    )
    profile_id: Mapped[int]
    language: Mapped[str | None] = mapped_column(info=personal(Erase.BLANK))
    """NULL: the language of the account."""
    role: Mapped[str] = mapped_column(server_default=Role.MANAGER, info=CODE)
    kind: Mapped[str] = mapped_column(server_default=UserKind.PERSON, info=CODE)
    deactivated_at: Mapped[datetime | None]
    distributor_id: Mapped[int | None]
    """The distributor whose orders a user of the provider desk sees."""
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("account_id", "made_key"),
        of_account("profile_id", "authorised_actions_profiles"),
        of_account("distributor_id", "distributors"),
        CheckConstraint(among("language", Language), name="language"),
        CheckConstraint(among("role", USER_ROLES), name="role_known"),
        CheckConstraint(among("kind", UserKind), name="kind_known"),
        CheckConstraint(
            f"(distributor_id IS NOT NULL) = (role = '{Role.PROVIDER_DESK}')", name="distributor_of_desk"
        ),
        UniqueConstraint("id", "account_id"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index(
            "ix_users_words", literal_column("inventory_words(ARRAY[name, email])"), postgresql_using="gin"
        ),
    )


class ApiKeyRow(Row):
    """An API key (A1): of an account, which acts as a service user, or of the platform (without both)."""

    __tablename__ = "api_keys"
    id: Mapped[int] = own_id()
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(info=NAME)
    mode: Mapped[str] = mapped_column(info=CODE)
    shown: Mapped[str] = mapped_column(info=CODE)
    """The first characters, which are no secret."""
    digest: Mapped[bytes] = mapped_column(info=ENCRYPTED)
    """Keyed digest of the whole key, with the first of the secret keys; renewed when the key is used."""
    secret_key: Mapped[str] = mapped_column(info=CODE)
    """The id of the secret key that the digest is made with: without that one, the API key is refused."""
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String), info=CODE)
    created_at: Mapped[datetime] = mapped_column(server_default=now())
    created_by: Mapped[str] = mapped_column(info=REFERENCE)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("account_id", "made_key"),
        of_account("user_id", "users"),
        CheckConstraint(among("mode", Mode), name="mode_known"),
        CheckConstraint("(account_id IS NULL) = (user_id IS NULL)", name="user_of_account"),
        Index("uq_api_keys_digest", "digest", unique=True),
        Index("ix_api_keys_account_id", "account_id"),
    )


class ProviderRow(Row):
    __tablename__ = "providers"
    id: Mapped[int] = own_id()
    name: Mapped[str] = mapped_column(info=NAME)
    __table_args__ = (Index("uq_providers_name", text("lower(name)"), unique=True),)


class DistributorRow(Row):
    __tablename__ = "distributors"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=NAME)
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        Index("uq_distributors_name", "account_id", text("lower(name)"), unique=True),
    )


class ContactRow(Row):
    __tablename__ = "contacts"
    id: Mapped[int] = own_id()
    distributor_id: Mapped[int] = mapped_column(ForeignKey("distributors.id"))
    name: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    email: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    language: Mapped[str | None] = mapped_column(info=personal(Erase.DELETE_ROW))
    """NULL: the language of the account."""
    made_key: Mapped[str | None] = made_key()
    made_as: Mapped[str | None] = made_as()
    __table_args__ = (
        UniqueConstraint("made_key"),
        CheckConstraint(among("language", Language), name="language"),
        Index("uq_contacts_email", "distributor_id", text("lower(email)"), unique=True),
    )


class ContactRoleRow(Row):
    __tablename__ = "contact_roles"
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contacts.id"), primary_key=True, info=personal(Erase.DELETE_ROW)
    )
    role: Mapped[str] = mapped_column(primary_key=True, info=personal(Erase.DELETE_ROW))
    __table_args__ = (CheckConstraint(among("role", ContactRole), name="role_known"),)


class EmployeeRow(Row):
    __tablename__ = "employees"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    email: Mapped[str | None] = mapped_column(info=personal(Erase.DELETE_ROW))
    language: Mapped[str | None] = mapped_column(info=personal(Erase.DELETE_ROW))
    """NULL: the language of the account."""
    __table_args__ = (
        CheckConstraint(among("language", Language), name="language"),
        UniqueConstraint("id", "account_id"),
        Index("uq_employees_email", "account_id", text("lower(email)"), unique=True),
        Index("uq_employees_name", "account_id", "name", unique=True, postgresql_where=text("email IS NULL")),
        Index(
            "ix_employees_words",
            literal_column("inventory_words(ARRAY[name, email])"),
            postgresql_using="gin",
        ),
        Index("ix_employees_by_name", "account_id", "name", "id"),
        Index(
            "ix_employees_name_begins",
            "account_id",
            literal_column("lower(name)").label("begins"),
            postgresql_ops={"begins": "text_pattern_ops"},
        ),
        Index(
            "ix_employees_email_begins",
            "account_id",
            literal_column("lower(email)").label("begins"),
            postgresql_ops={"begins": "text_pattern_ops"},
        ),
    )


class GroupRow(Row):
    __tablename__ = "management_groups"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    name: Mapped[str] = mapped_column(info=NAME)
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("id", "account_id"))


class ErasureRow(Row):
    """The log of erasures: ids of records and counts, never their content."""

    __tablename__ = "erasures"
    id: Mapped[int] = own_id()
    at: Mapped[datetime] = mapped_column(server_default=clock())
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    data: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'"), info=not_personal("ids of records and counts")
    )
