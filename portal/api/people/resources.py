"""Accounts, users, profiles, contacts, employees and groups as the API answers them."""

from datetime import datetime

from pydantic import Field

from models.identifiers import reference
from models.people.account import AccountView
from models.people.profiles import ProfileView
from models.people.reminders import AccountReminders
from models.people.views import ContactDetails, EmployeeView, GroupView, UserView
from portal.api.fields import COUNTED_UP, Resource


class AccountResource(Resource):
    """An account."""

    id: str = Field(examples=["A-1"])
    name: str
    mode: str = Field(description="`live` or `test`.", examples=["test"])
    language: str
    contact_email: str | None
    sender_name: str | None = Field(description="The name that e-mails come from; null: the platform's.")
    closed_at: datetime | None
    open_orders: int

    @classmethod
    def of(cls, view: AccountView) -> "AccountResource":
        """The account as it is answered."""
        return cls(**view.model_dump(exclude={"id"}), id=reference("A", view.id))


class RemindersResource(Resource):
    """When distributors are reminded; null where the settings of the platform hold."""

    acknowledgement_days: int | None
    processing_days: int | None
    reminders: int | None
    qr_code_days: int | None
    qr_reminders: int | None

    @classmethod
    def of(cls, view: AccountReminders) -> "RemindersResource":
        """The schedule as it is answered."""
        return cls(**view.model_dump())


class UserResource(Resource):
    """A user: the role says what it may do, the profile on which lines and SIMs."""

    id: str = Field(examples=["U-3"])
    name: str
    email: str
    role: str = Field(examples=["manager"])
    profile: str
    kind: str = Field(description="`person` or `service`.", examples=["person"])
    language: str
    distributor: str | None = Field(description="Whose orders a user of the provider desk sees.")
    deactivated_at: datetime | None

    @classmethod
    def of(cls, view: UserView) -> "UserResource":
        """The user as it is answered."""
        return cls(**view.model_dump(include=set(cls.model_fields) - {"id"}), id=reference("U", view.id))


class ProfileResource(Resource):
    """An authorised actions profile, with its nine targets."""

    name: str
    is_default: bool
    users: int = Field(description="How many users have it.")
    enabled: list[str] = Field(description="The enabled ones of the nine targets: `switch_to_esim:2`.")

    @classmethod
    def of(cls, view: ProfileView) -> "ProfileResource":
        """The profile as it is answered."""
        return cls(**view.model_dump(include=set(cls.model_fields)))


class ContactResource(Resource):
    """A contact of a distributor."""

    id: str = Field(examples=["C-7"])
    distributor: str
    name: str
    email: str
    language: str
    roles: list[str] = Field(description="`order`, `esim_qr_code`.")

    @classmethod
    def of(cls, view: ContactDetails) -> "ContactResource":
        """The contact as it is answered."""
        return cls(**view.model_dump(include=set(cls.model_fields) - {"id"}), id=reference("C", view.id))


class EmployeeResource(Resource):
    """An employee who uses SIMs."""

    id: str = Field(examples=["E-3"])
    name: str
    email: str | None
    language: str
    sims: int

    @classmethod
    def of(cls, view: EmployeeView) -> "EmployeeResource":
        """The employee as it is answered."""
        return cls(**view.model_dump(exclude={"id", "account"}), id=reference("E", view.id))


class GroupResource(Resource):
    """A management group."""

    id: str = Field(examples=["G-2"])
    name: str
    lines: int = Field(description=f"How many lines it has{COUNTED_UP}")

    @classmethod
    def of(cls, view: GroupView) -> "GroupResource":
        """The group as it is answered."""
        return cls(**view.model_dump(exclude={"id", "account"}), id=reference("G", view.id))


class DistributorResource(Resource):
    """A distributor."""

    name: str
