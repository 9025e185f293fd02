"""The words of the pages about QR codes, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.codes.requests import RequestStatus
from models.events import EventView
from models.language import Language
from portal.pages.orders.timeline import details, who
from wording import history
from wording.labels import hold_sentence, request_status
from wording.pages import page_texts

REQUEST_BADGES: Mapping[RequestStatus, str] = {
    RequestStatus.REQUESTED: "qr_requested",
    RequestStatus.IMPORTED: "qr_present",
    RequestStatus.WITHDRAWN: "cancelled",
    RequestStatus.SIM_DISCARDED: "discarded",
    RequestStatus.REFUSED: "refused",
}
NOTIFICATION_BADGES: Mapping[str, str] = {
    "waiting": "waiting",
    "sent": "done",
    "held": "held",
    "revoked": "cancelled",
    "given_up": "failed",
}
_EVENT_SHAPES = (
    ("refused", "refused"),
    ("withdrawn", "cancelled"),
    ("revoked", "cancelled"),
    ("discarded", "discarded"),
    ("imported", "qr_present"),
    ("requested", "qr_requested"),
    ("sent_again", "qr_requested"),
)


@dataclass(frozen=True)
class CodeWords:
    """What templates ask for: `words.request(request.status)`. `people`: names by reference."""

    language: Language
    people: Mapping[str, str]

    def request(self, status: RequestStatus) -> str:
        """The status of a request."""
        return request_status(status, self.language)

    def request_badge(self, status: RequestStatus) -> str:
        """The shape of a request's badge."""
        return REQUEST_BADGES[status]

    def notification_badge(self, state: str) -> str:
        """The shape of a notification's badge."""
        return NOTIFICATION_BADGES.get(state, "neutral")

    def hold(self, reason: str) -> str:
        """Why a request or a notification is held, and what to do."""
        return hold_sentence(reason, self.language)

    def event(self, event: str) -> str:
        """What happened."""
        return history.sentence(event, self.language)

    def details(self, event: EventView) -> str:
        """To whom, and why."""
        return details(event.type, event.data, self.people, self.language)

    def event_shape(self, event: str) -> str:
        """The sign of what happened."""
        return next((state for part, state in _EVENT_SHAPES if event.endswith(part)), "neutral")

    def person(self, reference: str) -> str:
        """A name for `user:3` or `contact:7`; for others, who they are."""
        return who(reference, self.people, self.language)

    def file_type(self, kind: str) -> str:
        """The type of the file that a code was read from."""
        return page_texts(self.language)["qr"]["typed"] if kind == "typed" else kind.upper()
