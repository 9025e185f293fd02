"""What the page of an e-mailed link shows: enough to identify the SIM, and no other data of the account."""

import re
from dataclasses import dataclass
from datetime import datetime

from models.codes.activation import ActivationCode
from models.codes.requests import Imported, RequestStatus
from models.errors import Refused

LINK = "link:"
"""The prefix of a link's id, such as `link:7`."""


def parse_link(text: str) -> int:
    """Parse the id of a link, such as `link:7`. Raises `Refused` (`link_id_invalid`)."""
    number = text.strip().lower().removeprefix(LINK)
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Refused.because("link_id_invalid")
    return int(number)


@dataclass(frozen=True)
class LinkPage:
    """The SIM of a link. `iccid_tail` is the last four digits of its ICCID, as printed on its carrier."""

    sim: str
    iccid_tail: str
    provider: str
    distributor: str
    account: str
    expires_at: datetime


@dataclass(frozen=True)
class UploadPage(LinkPage):
    """What a contact is asked to upload. `recipient` is the contact who received the link, such as
    `contact:7`; its name is empty if it is not known.
    """

    request: str
    requested_at: datetime
    recipient: str
    recipient_name: str


@dataclass(frozen=True)
class OverPage(LinkPage):
    """How and when the request of an upload link ended, for a link that is opened afterwards."""

    request: str
    status: RequestStatus
    since: datetime
    answered_by_recipient: bool
    """Whether the code was uploaded by this link's contact."""
    unnotified: bool
    """Whether the SIM has the code that this contact uploaded and no notification of it was sent yet."""


@dataclass(frozen=True)
class Over:
    """A request that has ended and, if no notification of this contact's code was sent yet, the manager to
    notify.
    """

    page: OverPage
    manager_name: str = ""
    manager_address: str = ""


@dataclass(frozen=True)
class Preview:
    """A code that was read from an upload, shown to the contact before it is imported. Of a confirmation code
    it says only that there is one.
    """

    upload_id: str
    code: ActivationCode
    file_type: str
    has_confirmation_code: bool = False


@dataclass(frozen=True)
class Sent:
    """An imported code, and the manager to whom a notification may be sent (F37)."""

    imported: Imported
    manager_name: str
    manager_address: str
