"""The links in e-mails: their addresses, and a new token for every attempt to send an e-mail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncConnection

from store.codes import emails, links
from store.codes.emails import RoundMails
from store.codes.notification_emails import NotificationMail
from store.mail_subjects import Person
from store.orders import links as order_links

UPLOAD_PAGE = "u"
DOWNLOAD_PAGE = "q"
ORDER_PAGE = "o"


@dataclass(frozen=True)
class FreshLink:
    """A link made for one attempt to send one e-mail. Its token is a secret, so its `repr` is redacted."""

    url: str
    until: datetime

    @property
    def token(self) -> str:
        """The random token, by whose hash the link is found: the last part of the address."""
        return self.url.rpartition("/")[2]

    def __repr__(self) -> str:
        return "FreshLink(...)"


MakeLink = Callable[[AsyncConnection], Awaitable[FreshLink]]


def address(portal: str, page: str, token: str) -> str:
    """The address of a link: `portal` is the address or the path at which the portal is reached."""
    return f"{portal}/{page}/{quote(token, safe='')}"


class Links:
    """Makes links to the portal at `portal_url`, which expire after these times."""

    def __init__(
        self,
        portal_url: str,
        upload_link_expires_after: timedelta,
        download_link_expires_after: timedelta,
        order_link_expires_after: timedelta,
    ) -> None:
        self._portal_url = portal_url.rstrip("/")
        self._upload_for = upload_link_expires_after
        self._download_for = download_link_expires_after
        self._order_for = order_link_expires_after

    def upload(self, found: RoundMails, contact: Person) -> MakeLink:
        """The contact's own link, to upload the code that is requested."""
        whose = {"request_id": found.about.id, "recipient": contact.key, "address": contact.email}
        return self._link(UPLOAD_PAGE, "upload", found, self._upload_for, whose)

    def download(self, found: NotificationMail) -> MakeLink:
        """The link that shows the code."""
        whose = {"notification_id": found.about.id, "version_id": found.version_id}
        return self._link(DOWNLOAD_PAGE, "download", found, self._download_for, whose)

    def order(self, account_id: int, order_id: str, contact: Person) -> MakeLink:
        """The contact's own link, which opens the order without an account (P9)."""

        async def make(connection: AsyncConnection) -> FreshLink:
            token, until = await order_links.mint(
                connection, account_id, order_id, contact.key, contact.email or "", self._order_for
            )
            return FreshLink(address(self._portal_url, ORDER_PAGE, token), until)

        return make

    def _link(
        self,
        page: str,
        purpose: str,
        found: RoundMails | NotificationMail,
        expires_after: timedelta,
        whose: dict[str, Any],
    ) -> MakeLink:
        async def make(connection: AsyncConnection) -> FreshLink:
            token = await links.mint(
                connection,
                purpose=purpose,
                account_id=found.account_id,
                sim_id=found.about.sim_id,
                expires_after=expires_after,
                **whose,
            )
            until = await emails.from_now(connection, expires_after)
            return FreshLink(address(self._portal_url, page, token), until)

        return make
