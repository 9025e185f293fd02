"""What a caller sends about QR codes."""

from typing import Annotated

from pydantic import Field

from models.codes.edited_emails import MOST_CC
from portal.api.fields import Body, Id, SimId, Text
from starter.codes.drafts import QrEmailDraft, QrRequestDraft

_MOST_CONTACTS = 50
_LONGEST_CODE = 4096


class QrRequestEmailBody(Body):
    """The e-mail of a request. What is left out is pre-filled, in the language of each recipient."""

    contacts: list[Id] | None = Field(
        default=None,
        max_length=_MOST_CONTACTS,
        description="`C-7` or an address: those chosen among the distributor's contacts with the role "
        "`esim_qr_code`. Left out: all of them.",
    )
    cc: list[Text] = Field(
        default=[], max_length=MOST_CC, description="Addresses that get a copy, without the upload link."
    )
    subject: Text | None = None
    text: Annotated[str | None, Field(description="Paragraphs, parted by empty lines.")] = None

    def email(self, key: str | None = None) -> QrEmailDraft:
        """The draft of the e-mail."""
        return QrEmailDraft(**self.model_dump(), key=key)


class QrRequestBody(QrRequestEmailBody):
    """A request for the QR code of an eSIM."""

    sim: SimId = Field(description="`S-12`, an ICCID, or the phone number of its line or number.")

    def request(self, key: str | None = None, *, again: bool = False) -> QrRequestDraft:
        """The draft of the request."""
        return QrRequestDraft(**self.model_dump(), key=key, again=again)


class ActivationCodeBody(Body):
    """An activation code that was typed in."""

    activation_code: str = Field(
        max_length=_LONGEST_CODE,
        description="`LPA:1$server$matching id`; `LPA:` may be left out. An install link with the code in "
        "it, a percent-encoded code, and server and activation code, labelled or on two lines, are read too.",
    )
    confirmation_code: Text | None = Field(
        default=None, description="What the phone asks for besides, if the distributor gave one."
    )


class QrNotifyBody(Body):
    """The recipient of a notification."""

    to: Text | None = Field(
        default=None,
        description="An e-mail address. Left out: the manager, who is the user who requested the code, else "
        "the account's contact address, else the user who imported it; for a number's eSIM its agent.",
    )
