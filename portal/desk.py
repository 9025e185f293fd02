"""What the portal asks of the desk behind its links: the port that `starter.codes.link_desk` implements.

Whoever has a link has no account. Each call takes who bears the link and may be repeated. All raise `Refused`
(`link_unknown`, `link_expired`, `link_revoked`, `request_over`, `too_many_tries`, or why a file or a code is
not taken) or `PartAway`.
"""

from datetime import datetime
from typing import Protocol

from models.codes.activation import ActivationCode
from models.codes.requests import Imported, RequestStatus
from models.people.callers import LinkBearer


class AboutSim(Protocol):
    """The SIM that a link is for."""

    @property
    def sim(self) -> str:
        """Such as `S-12`."""
        ...

    @property
    def iccid_tail(self) -> str:
        """The last four digits."""
        ...

    @property
    def provider(self) -> str: ...
    @property
    def distributor(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def expires_at(self) -> datetime:
        """When the link ends."""
        ...


class AboutRequest(AboutSim, Protocol):
    """What a distributor's contact is told of the code that is asked for."""

    @property
    def request(self) -> str:
        """The reference that the mail has, too."""
        ...

    @property
    def requested_at(self) -> datetime: ...
    @property
    def recipient(self) -> str:
        """Whom the link was sent to, such as `contact:7`."""
        ...

    @property
    def recipient_name(self) -> str:
        """The contact; empty where the name is not known."""
        ...


class AboutEnd(AboutSim, Protocol):
    """What became of a request."""

    @property
    def request(self) -> str: ...
    @property
    def status(self) -> RequestStatus: ...
    @property
    def since(self) -> datetime: ...
    @property
    def answered_by_recipient(self) -> bool:
        """Whether whoever has this link answered it."""
        ...

    @property
    def untold(self) -> bool:
        """Whether nobody was told yet of the code that they brought."""
        ...


class Over(Protocol):
    """A request that is over, and whom a notification is still offered to."""

    @property
    def page(self) -> AboutEnd: ...
    @property
    def manager_name(self) -> str: ...
    @property
    def manager_address(self) -> str: ...


class Preview(Protocol):
    """A code that was read and is not imported yet."""

    @property
    def upload_id(self) -> str: ...
    @property
    def code(self) -> ActivationCode: ...


class Sent(Protocol):
    """A code that was imported, and whom a notification is offered to (F37)."""

    @property
    def imported(self) -> Imported: ...
    @property
    def manager_name(self) -> str: ...
    @property
    def manager_address(self) -> str: ...


class Shown(Protocol):
    """A code for the eyes of whoever has the link."""

    @property
    def code(self) -> ActivationCode: ...


class LinkDesk(Protocol):
    """What a person may do with a link."""

    async def upload_page(self, bearer: LinkBearer) -> AboutRequest:
        """What the upload link is for. Uses nothing up."""
        ...

    async def over(self, bearer: LinkBearer) -> Over:
        """What became of the request: for whoever was refused because of `request_over`."""
        ...

    async def check(self, bearer: LinkBearer, content: bytes, filename: str) -> Preview:
        """Read the code out of a file, and keep it for `send`."""
        ...

    async def check_code(self, bearer: LinkBearer, text: str) -> Preview:
        """Read a code that was typed in, and keep it for `send`."""
        ...

    async def send(self, bearer: LinkBearer, upload_id: str) -> Sent:
        """Import what was checked."""
        ...

    async def tell_manager(self, bearer: LinkBearer) -> None:
        """Mail whoever asked for the code that it is there."""
        ...

    async def download_page(self, bearer: LinkBearer) -> AboutSim:
        """What the download link is for. Uses nothing up."""
        ...

    async def reveal(self, bearer: LinkBearer) -> Shown:
        """The code, to be shown."""
        ...

    async def download(self, bearer: LinkBearer) -> Shown:
        """The code, to be downloaded."""
        ...
