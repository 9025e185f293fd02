"""The workflow that sends a user an invitation or a link to another password: its id and its status."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.identifiers import USER_MAIL_ID_PATTERN

UserMailId = Annotated[str, Field(pattern=USER_MAIL_ID_PATTERN)]


class UserMailStatus(StrEnum):
    """The status of the workflow that sends the e-mail."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _LABELS[self]


_LABELS = {
    UserMailStatus.WAITING: "The user's e-mail is being sent",
    UserMailStatus.SENT: "The user has the e-mail",
    UserMailStatus.GIVEN_UP: "Given up: the e-mail could not be sent",
}
