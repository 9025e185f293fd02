"""Users and contacts as they are read."""

from datetime import datetime
from enum import StrEnum

from models.language import Language
from models.people.callers import Role, UserKind
from models.values import View


class ContactRole(StrEnum):
    """What a distributor's contact is written to for."""

    ORDER = "order"
    ESIM_QR_CODE = "esim_qr_code"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return "eSIM QR Code" if self is ContactRole.ESIM_QR_CODE else "Order"


class ContactView(View):
    """Whom orders of a distributor are sent to."""

    distributor: str
    name: str
    email: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
    account: str = ""


class UserView(View):
    """A user of an account: its role says what it may do, its profile on which lines and SIMs."""

    id: int
    account: str
    account_id: int
    name: str
    email: str
    profile: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
    role: Role
    kind: UserKind
    distributor_id: int | None = None
    """Whose orders a user of the provider desk sees."""
    distributor: str | None = None
    deactivated_at: datetime | None = None
    account_closed_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How events name the user."""
        return f"user:{self.id}"


# --- what is read --------------------------------------------------------------------------------------


class ContactDetails(View):
    """A distributor's contact, with its roles (F42)."""

    id: int
    account: str
    distributor: str
    name: str
    email: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
    roles: tuple[str, ...] = ()
