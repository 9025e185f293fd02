"""The e-mails that invite a user, or let a user choose another password; texts: `wording/people`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from models.people.sign_in import TokenPurpose
from models.people.views import UserView
from outbox.emails import Email
from outbox.links import FreshLink, MakeLink, address
from outbox.sender import Outgoing
from store.mail_subjects import Person
from store.people import user_mails
from store.people.user_mails import Unfinished


@dataclass(frozen=True, kw_only=True, repr=False)
class UserEmail(Email):
    """`reference` is the id of the e-mail."""

    texts: ClassVar[str] = "people"
    rows: ClassVar[tuple[str, ...]] = ("account", "address", "reference")
    reference: str
    account: str
    address: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Invitation(UserEmail):
    """A user is invited to choose a password."""

    name: ClassVar[str] = "user_invitation"
    button: ClassVar[str | None] = "invitation"


@dataclass(frozen=True, kw_only=True, repr=False)
class Reset(UserEmail):
    """A user asked for another password."""

    name: ClassVar[str] = "user_reset"
    button: ClassVar[str | None] = "reset"


EMAILS: Mapping[TokenPurpose, type[UserEmail]] = {
    TokenPurpose.INVITATION: Invitation,
    TokenPurpose.RESET: Reset,
}


class TokenLinks:
    """Makes the links in these e-mails, to the portal at `portal_url`."""

    def __init__(self, portal_url: str) -> None:
        self._portal_url = portal_url.rstrip("/")

    def of(self, mail: Unfinished) -> MakeLink:
        """A new link for an attempt to send the e-mail."""

        async def make(connection: AsyncConnection) -> FreshLink:
            token, until = await user_mails.mint(connection, mail)
            return FreshLink(address(self._portal_url, mail.purpose.value, token), until)

        return make


def outgoing(mail: Unfinished, user: UserView, links: TokenLinks) -> Outgoing:
    """The e-mail to the user."""
    email = EMAILS[mail.purpose](reference=mail.id, account=user.account, address=user.email)
    return Outgoing(email, Person(user.actor, user.name, user.email, user.language), link=links.of(mail))
