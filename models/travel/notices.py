"""The workflow that alerts the staff: which notice it is about, and its status."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.identifiers import TRAVEL_NOTICE_ID_PATTERN

NoticeId = Annotated[str, Field(pattern=TRAVEL_NOTICE_ID_PATTERN)]


class NoticeStatus(StrEnum):
    """The status of the workflow that sends a notice."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _NOTIFYING[self]


_NOTIFYING = {
    NoticeStatus.WAITING: "The staff are being notified",
    NoticeStatus.SENT: "The staff are notified",
    NoticeStatus.GIVEN_UP: "Given up: the mail could not be sent",
}
