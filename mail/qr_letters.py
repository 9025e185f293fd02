"""What the mails about QR codes say, in the reader's language.

    subject, text = prefilled(facts, "fr")                                # as the user may edit it
    content = compose(QrTemplate.CONTACT_REQUESTED, facts, "fr", link=link, reader="Zoé")

What a user wrote is shown as it is, paragraph by paragraph, and never read as a template. A contact and a
manager get one button; who only gets a copy gets none, for only a contact may hand in the code (F35).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from mail.wording import Content, Known, in_words, one_line, printed, sentences, spoken, wordings
from models.qr_letter import QrFacts, paragraphs

FOLDER = "qr"
TAIL = 4
"""Digits that tell one number from another without giving it away."""


class QrTemplate(StrEnum):
    """The mails about a QR code, each for one reader and one moment."""

    CONTACT_REQUESTED = "contact_requested"
    COPY_REQUESTED = "copy_requested"
    CONTACT_REMINDER = "contact_reminder"
    REQUESTER_NO_CODE = "requester_no_code"
    MANAGER_NOTIFIED = "manager_notified"


@dataclass(frozen=True)
class FreshLink:
    """A link made for one try to send one mail. Whoever has it may use it, so it is never printed."""

    url: str
    until: datetime

    @property
    def token(self) -> str:
        """What the link is found by: the last part of its address."""
        return self.url.rpartition("/")[2]

    def __repr__(self) -> str:
        return "FreshLink(...)"


_REQUEST = ("reference", "account", "provider", "distributor", "iccid", "requester_name", "asked", "cc")
_NOTIFIED = ("provider", "iccid_tail", "device", "line_tail", "sender_name")

ROWS: Mapping[QrTemplate, tuple[str, ...]] = {
    QrTemplate.CONTACT_REQUESTED: _REQUEST,
    QrTemplate.COPY_REQUESTED: _REQUEST,
    QrTemplate.CONTACT_REMINDER: ("reference", "account", "provider", "iccid", "requester_name", "asked"),
    QrTemplate.REQUESTER_NO_CODE: ("reference", "account", "provider", "distributor", "iccid", "asked"),
    QrTemplate.MANAGER_NOTIFIED: ("reference", "account", *_NOTIFIED),
}
"""The facts that each reader is shown: of a phone number, and to a manager of an ICCID, only the end."""

BUTTONS: Mapping[QrTemplate, str] = {
    QrTemplate.CONTACT_REQUESTED: "upload",
    QrTemplate.CONTACT_REMINDER: "upload",
    QrTemplate.MANAGER_NOTIFIED: "download",
}
"""Which mails have a link, and what it is for."""

_LETTERS = frozenset({QrTemplate.CONTACT_REQUESTED, QrTemplate.COPY_REQUESTED})


def prefilled(facts: QrFacts, language: str) -> tuple[str, str]:
    """Subject and text of the usual letter to a contact, for a user to edit or to send as they are (F30)."""
    known = _known(facts)
    letter = wordings(spoken(language), FOLDER)["prefilled"]
    return sentences(letter["subjects"], known)[0], "\n\n".join(sentences(letter["text"], known)) + "\n"


def compose(
    template: QrTemplate,
    facts: QrFacts,
    language: str,
    *,
    reader: str | None = None,
    link: FreshLink | None = None,
    reminder_number: int = 0,
) -> Content:
    """Write a mail to `reader`. A template among `BUTTONS` needs a link, any other takes none."""
    if (link is not None) != (template in BUTTONS):
        raise ValueError("Only a mail with a button has a link, and always.")
    language = spoken(language)
    usual, catalogue = wordings(language)["common"], wordings(language, FOLDER)
    wording = catalogue["templates"][template]
    known = _known(facts) | catalogue["phrases"]
    known |= {"recipient_name": one_line(reader), "reminder_number": str(reminder_number)}
    known["requested_at"] = facts.requested_at and in_words(facts.requested_at, language)
    subject, text = _letter(facts, language) if template in _LETTERS else (_subject(wording, known), "")
    page: dict[str, Any] = {
        "language": language,
        "title": wording["title"],
        "greeting": sentences(usual["greetings"], known)[0],
        "colon": usual["colon"],
        "lead": sentences(wording.get("lead", []), known),
        "letter": paragraphs(text),
        "facts_title": catalogue["common"]["facts_title"],
        "rows": [(catalogue["rows"][row], known[row]) for row in ROWS[template] if known[row] is not None],
        "next_title": wording["next_title"],
        "next": sentences(wording["next"], known),
        "footer": catalogue["common"]["footer"].format_map(known),
    }
    return printed("qr", subject, page | _button(language, template, known, link))


def _subject(wording: Mapping[str, Any], known: Known) -> str:
    """The first that all facts are known for, on one line."""
    return " ".join(sentences(wording["subjects"], known)[0].split())


def _letter(facts: QrFacts, language: str) -> tuple[str, str]:
    """The letter as it was edited, else the usual one. A subject is one line, whatever is in it."""
    subject, text = prefilled(facts, language)
    return (
        subject if facts.subject is None else one_line(facts.subject) or subject,
        text if facts.text is None else facts.text,
    )


def _button(language: str, template: QrTemplate, known: Known, link: FreshLink | None) -> dict[str, Any]:
    if link is None:
        return {"link": None}
    wording = wordings(language, FOLDER)["buttons"][BUTTONS[template]]
    known = {**known, "link_until": in_words(link.until, language)}
    return {"link": link.url, "button": wording["label"], "under": sentences(wording["under"], known)}


def _known(facts: QrFacts) -> dict[str, str | None]:
    """The facts as they are written, each on one line; None for what there is none of."""
    return {
        "account": one_line(facts.account),
        "provider": one_line(facts.provider),
        "distributor": one_line(facts.distributor),
        "reference": one_line(facts.reference),
        "requester_name": one_line(facts.requester_name),
        "sender_name": one_line(facts.requester_name),
        "iccid": one_line(facts.iccid),
        "iccid_tail": _tail(facts.iccid),
        "line_tail": _tail(facts.msisdn),
        "device": one_line(facts.device),
        "asked": _listed(facts.asked),
        "cc": _listed(facts.cc),
    }


def _tail(number: str | None) -> str | None:
    return number and f"…{number[-TAIL:]}"


def _listed(names: tuple[str, ...]) -> str | None:
    """All of them, however many: each is as short as any fact."""
    return ", ".join(filter(None, map(one_line, names))) or None
