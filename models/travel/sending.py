"""Sending an e-mail to the subscriber of an eSIM line again (T43)."""

from enum import StrEnum

from pydantic import Field

from models.values import View


class SentAgain(StrEnum):
    """Which e-mail is sent again."""

    QR_CODE = "qr_code"
    CONFIRMATION = "confirmation"


class Resent(View):
    """An e-mail that is being sent again."""

    what: SentAgain
    line: str
    """Such as `EL-9`."""
    id: str
    """Of the notification of the QR code, or of the order that is confirmed again."""
    replayed: bool = Field(default=False, exclude=True)
    """It had been sent before under the key of the call."""
