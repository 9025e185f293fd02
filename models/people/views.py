"""Users and contacts as they are read."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.language import Language
from models.people.callers import Role, UserKind
from models.values import View


class ContactRole(StrEnum):
    """The e-mails that a distributor's contact receives: orders, or requests for QR codes."""

    ORDER = "order"
    ESIM_QR_CODE = "esim_qr_code"

    @property
    def label(self) -> str:
        """The role's name as it is shown to users."""
        return "eSIM QR Code" if self is ContactRole.ESIM_QR_CODE else "Order"


class ContactView(View):
    """A contact who receives the orders of a distributor."""

    distributor: str
    name: str
    email: str
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    account: str = ""


class UserView(View):
    """A user of an account: the role says what it may do, the profile on which lines and SIMs."""

    id: int
    account: str
    account_id: int
    name: str
    email: str
    profile: str
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    role: Role
    kind: UserKind
    distributor_id: int | None = None
    """The distributor whose orders a user with the role provider_desk sees."""
    distributor: str | None = None
    deactivated_at: datetime | None = None
    account_closed_at: datetime | None = None
    has_password: bool | None = Field(default=None, exclude=True)
    """Whether the user has chosen a password; None where that was not read."""
    is_linked: bool | None = Field(default=None, exclude=True)
    """Whether the user signs in at an OpenID provider; None where that was not read."""
    was_invited: bool | None = Field(default=None, exclude=True)
    """Whether the user was ever sent a link to choose one; None where that was not read."""
    replayed: bool = Field(default=False, exclude=True)
    """The user was created before under the key of this call."""

    @property
    def actor(self) -> str:
        """The user's reference in events."""
        return f"user:{self.id}"


class ContactDetails(View):
    """A distributor's contact, with its roles (F42)."""

    id: int
    account: str
    distributor: str
    name: str
    email: str
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    roles: tuple[str, ...] = ()
    replayed: bool = Field(default=False, exclude=True)
    """The contact was created before under the key of this call."""


class OpenLinks(View):
    """The mailed links that a contact would lose with a role, or with the address (S4)."""

    uploads: int
    """Links to upload QR codes, of open requests: they end with the role "eSIM QR Code"."""
    orders: int
    """Open orders to which there are links: they end with the role "Order"."""

    @property
    def total(self) -> int:
        """How many there are of both."""
        return self.uploads + self.orders

    def ends(self, roles: Collection[str]) -> bool:
        """Whether a link ends with one of these roles."""
        uploads, orders = ContactRole.ESIM_QR_CODE in roles, ContactRole.ORDER in roles
        return bool((uploads and self.uploads) or (orders and self.orders))


class EmployeeView(View):
    """An employee who uses SIMs."""

    id: int
    account: str
    name: str
    email: str | None
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    sims: int
    """The number of SIMs that they use, discarded ones left out."""


class GroupView(View):
    """A management group, with the number of its lines, counted up to `MOST_COUNTED`."""

    id: int
    account: str
    name: str
    lines: int


class DistributorView(View):
    """A distributor, with how many of its contacts have which role."""

    name: str
    contacts: int
    orders: int
    """Contacts who receive orders."""
    codes: int
    """Contacts who receive requests for QR codes; without any, none can be requested."""
