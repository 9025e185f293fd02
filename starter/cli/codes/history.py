"""The history of a SIM's QR code in sentences: who did what, and which e-mails went to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from models.codes.requests import QrHistory
from models.events import EventView
from starter.cli.language import held as hold_sentence

_CODES = {
    "activation_code_invalid": "it is no activation code",
    "code_in_parts": "server or activation code was missing",
    "code_on_another_sim": "another SIM has this code",
    "code_shared": "the code is the same for everybody",
    "confirmation_code_in_code": "a confirmation code stands in the code",
    "confirmation_code_instead": "it is a confirmation code alone",
    "confirmation_code_invalid": "it is no confirmation code",
    "eid_instead": "it is an EID",
    "iccid_instead": "it is an ICCID",
    "install_link_without_code": "the install link holds no code",
    "phone_number_instead": "it is a phone number",
    "several_codes": "the text holds several codes",
    "web_address_instead": "it is a web address",
    "wifi_code_instead": "it is the code of a Wi-Fi network",
    "file_damaged": "the file is damaged",
    "file_empty": "the file is empty",
    "file_too_large": "the file is too large",
    "file_unsafe": "the file could do harm",
    "file_protected": "the file has a password",
    "file_type_mismatch": "the file is not what its name says",
    "file_type_unknown": "files of this type are not accepted",
    "broken_activation_code": "the QR code holds no valid activation code",
    "no_activation_code": "the QR code holds no activation code",
    "no_qr_code": "the file holds no QR code",
    "esim_needed": "the SIM is physical",
    "not_enabled": "the user's profile does not allow it",
    "request_over": "the request had ended",
    "sim_discarded": "the SIM is discarded",
    "several_activation_codes": "the file holds several QR codes",
    "too_demanding": "the file takes too much to read",
    "too_many_pages": "the file has too many pages",
    "too_many_pixels": "the picture is too large",
    "too_slow": "the file takes too long to read",
}
_MAILS = {
    "contact_requested": "the request",
    "contact_reminder": "a reminder",
    "copy_requested": "a copy of the request",
    "requester_no_code": "the notice that no code has arrived",
    "manager_notified": "the notification",
    "agent_esim": "the QR code",
}
_TYPES = {"typed": "typed in", "png": "PNG", "jpeg": "JPEG", "svg": "SVG", "tiff": "TIFF", "pdf": "PDF"}
_PLAIN = {
    "qr.withdrawn": "withdrew the request",
    "qr.sim_discarded": "the SIM was discarded; the request is over",
    "qr.released": "the request continues",
    "notification.released": "the notification continues",
    "notification.given_up": "the notification was given up",
    "mail.given_up": "a mail of the request was given up",
    "link.checked": "had a file or code checked with the upload link",
    "link.used": "sent a code with the upload link",
    "link.shown": "looked at the code",
    "link.downloaded": "downloaded the code",
    "link.refused": "was refused with the link",
    "link.revoked": "{link} was revoked",
}
_REVOKED = "link.revoked"
_TRIES = frozenset({"link.checked", "link.used"})
_ANSWERS = frozenset({"qr.imported", "qr.import_refused"})


@dataclass(frozen=True)
class Happening:
    """A row of the history; `times`: how often it happened in succession, the last time at `last`."""

    at: datetime
    who: str
    what: str
    times: int = 1
    last: datetime | None = None


def timeline(history: QrHistory, people: Mapping[str, str]) -> list[Happening]:
    """All events, oldest first; `people` has names and addresses by reference."""
    sentences_of = _Sentences(history, people)
    found = []
    sentences = (
        (sentences_of.who(event), sentences_of.what(event), event.at) for event in _answered(history.events)
    )
    for (who, what), alike in groupby(sentences, lambda sentence: sentence[:2]):
        moments = [at for _, _, at in alike]
        found.append(Happening(moments[0], who, what, len(moments), moments[-1]))
    return found


def _answered(events: tuple[EventView, ...]) -> list[EventView]:
    """Omit each use of a link whose outcome is the next event."""
    found = [
        event
        for event, following in pairwise(events)
        if not (
            event.type in _TRIES
            and following.type in _ANSWERS
            and event.data.get("link_id") == following.data.get("link_id")
        )
    ]
    return [*found, *events[-1:]]


class _Sentences:
    """Makes sentences of events, with the people, rounds and notifications of one SIM's history."""

    def __init__(self, history: QrHistory, people: Mapping[str, str]) -> None:
        self._people = people
        self._rounds = {request.id: request.rounds for request in history.requests}
        self._addresses = {sent.id: sent.address for sent in history.notifications}

    def who(self, event: EventView) -> str:
        """Who did it. The holder of a link is named by the address that it was sent to."""
        if event.actor.startswith("link:"):
            return f"holder of the link sent to {self._recipient(event)}"
        name = self._people.get(event.actor, event.actor).partition(" <")[0]
        return f"{name}, by link" if "link_id" in event.data and event.type != _REVOKED else name

    def what(self, event: EventView) -> str:
        """What happened."""
        if event.type in _PLAIN:
            return _PLAIN[event.type].format(link=f"link:{event.data.get('link_id')}")
        kind = event.type.partition(".")[0]
        if kind == "mail":
            return self._mail(event)
        if kind == "notification":
            return self._notification(event)
        return self._code(event)

    def _code(self, event: EventView) -> str:
        data = event.data
        match event.type:
            case "qr.requested":
                return f"requested the code: {self._asked(event)}"
            case "qr.sent_again":
                return f"sent the request again (round {data.get('round')}): {self._asked(event)}"
            case "qr.refused":
                return f"the request was refused: {_reasons(data)}"
            case "qr.import_refused":
                return f"a code was refused: {_reasons(data)}"
            case "qr.imported":
                came = _TYPES.get(str(data.get("file_type")), "")
                return f"gave version {data.get('version')} of the code ({came})"
            case "qr.shown":
                return f"looked at version {data.get('version')} of the code"
            case "qr.held":
                return f"the request is held: {_hold(data)}"
        return event.type

    def _notification(self, event: EventView) -> str:
        address = self._recipient(event)
        match event.type:
            case "notification.created":
                return f"notifies {address} of version {event.data.get('version')}"
            case "notification.revoked":
                return f"the link sent to {address} was revoked"
            case "notification.held":
                return f"the notification to {address} is held: {_hold(event.data)}"
        return event.type

    def _mail(self, event: EventView) -> str:
        mail = _MAILS.get(str(event.data.get("mail")), "a mail")
        to = self._address(event, str(event.data.get("to")))
        failure = str(event.data.get("failure") or "").replace("_", " ")
        match event.type:
            case "mail.sent":
                return f"mailed {mail} to {to}"
            case "mail.uncertain":
                return f"mailed {mail} to {to}, perhaps: the mail server did not answer"
        return f"{mail} could not be mailed to {to}" + (f": {failure}" if failure else "")

    def _recipient(self, event: EventView) -> str:
        return self._addresses.get(str(event.data.get("notification_id")), "an unknown address")

    def _address(self, event: EventView, to: str) -> str:
        kind, _, number = to.partition(":")
        if kind == "manager":
            return self._addresses.get(str(event.data.get("notification_id")), to)
        if kind == "cc" and number.isdigit():
            rounds = self._rounds.get(str(event.data.get("request_id")), ())
            sent = [sent.cc for sent in rounds if sent.at <= event.at]
            if sent and int(number) <= len(sent[-1]):
                return sent[-1][int(number) - 1]
        return self._people.get(to, to)

    def _asked(self, event: EventView) -> str:
        contacts = event.data.get("contacts")
        asked = contacts if isinstance(contacts, list) else []
        names = [self._people.get(f"contact:{contact}", f"C-{contact}") for contact in asked]
        return ", ".join(name.partition(" <")[0] for name in names) or "no contact"


def _reasons(data: Mapping[str, object]) -> str:
    codes = data.get("codes")
    known = [str(code) for code in codes] if isinstance(codes, list) else []
    return ", ".join(_CODES.get(code, code.replace("_", " ")) for code in known) or "no reason is known"


def _hold(data: Mapping[str, object]) -> str:
    return hold_sentence(str(data.get("reason")))
