"""What a mailed link shows the person who has it: enough to know which SIM is meant, and no more of the
account's data.
"""

from dataclasses import dataclass
from datetime import datetime

from models.codes.activation import ActivationCode
from models.codes.requests import Imported, RequestStatus


@dataclass(frozen=True)
class LinkPage:
    """The SIM of a link. `iccid_tail` are the last four digits, as printed on what the SIM came with."""

    sim: str
    iccid_tail: str
    provider: str
    distributor: str
    account: str
    expires_at: datetime


@dataclass(frozen=True)
class UploadPage(LinkPage):
    """What a contact is asked for. `recipient` is the contact that the link was sent to, such as `contact:7`;
    its name is empty where it is not known.
    """

    request: str
    requested_at: datetime
    recipient: str
    recipient_name: str


@dataclass(frozen=True)
class OverPage(LinkPage):
    """What became of the request of an upload link that is opened after the request has ended."""

    request: str
    status: RequestStatus
    since: datetime
    answered_by_recipient: bool
    """Whether it was this link's contact who answered it."""
    unnotified: bool
    """Whether the SIM has the code that this contact brought, and no notification of it was sent yet."""


@dataclass(frozen=True)
class Over:
    """A request that has ended and, where no notification of this contact's code was sent yet, the manager
    to notify.
    """

    page: OverPage
    manager_name: str = ""
    manager_address: str = ""


@dataclass(frozen=True)
class Preview:
    """A code that was read, shown to the contact before it is imported."""

    upload_id: str
    code: ActivationCode
    file_type: str


@dataclass(frozen=True)
class Sent:
    """A code that was imported, and the manager whom a notification is offered to (F37)."""

    imported: Imported
    manager_name: str
    manager_address: str
