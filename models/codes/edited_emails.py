"""The e-mail that requests a QR code from a contact: its facts, and the checks of a user's edits.

Source: requirements F29, F30, F56. No refusal repeats what was entered: e-mails contain personal data.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.characters import CONTROL, CONTROLS, UNPRINTABLE
from models.errors import Refusal
from models.people.addresses import parse_email

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000
MOST_CC = 20

_PREFILLED = "..."
"""Replaces a field that was not edited, in the checks: pre-filled text is always valid."""
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028]")
_UNKEPT = re.compile(f"(?![\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029])[{CONTROLS}]")
"""Control characters but for tabs and line ends; NUL and unpaired surrogates too."""
_PARAGRAPH_END = re.compile("\u2029|\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True)
class CodeFacts:
    """The facts in e-mails about the QR code of an eSIM. A fact that is not known (yet) is None or empty."""

    account: str
    provider: str
    iccid: str | None
    requester_name: str | None
    """The person who requests the code, or sends the notification of it."""
    reference: str | None = None
    """The id of the request or notification; a preview has none."""
    distributor: str | None = None
    requested_at: datetime | None = None
    asked: tuple[str, ...] = ()
    """The names of the contacts who receive the upload link."""
    cc: tuple[str, ...] = ()
    """The addresses that receive a copy."""
    subject: str | None = None
    text: str | None = None
    """The text as the user edited it; without one, it is sent as it is pre-filled."""
    msisdn: str | None = None
    device: str | None = None
    """The name of the device that the SIM is for."""
    line_name: str | None = None
    """The name of the eSIM line that the eSIM is on."""


def email_refusals(subject: str | None, text: str | None, cc: Sequence[str]) -> list[Refusal]:
    """Every reason why this e-mail cannot be sent. A field that was not edited is None."""
    found = []
    subject = _PREFILLED if subject is None else subject
    text = _PREFILLED if text is None else text
    if CONTROL.search(subject):
        found.append(Refusal.of("subject_not_one_line"))
    elif not _readable(subject):
        found.append(Refusal.of("subject_empty"))
    elif len(subject) > LONGEST_SUBJECT:
        found.append(Refusal.of("subject_too_long", characters=LONGEST_SUBJECT))
    if not paragraphs(text):
        found.append(Refusal.of("text_empty"))
    elif len(text) > LONGEST_TEXT:
        found.append(Refusal.of("text_too_long", characters=LONGEST_TEXT))
    elif _UNKEPT.search(text):
        found.append(Refusal.of("text_not_storable"))
    if not all(map(_is_address, cc)):
        found.append(Refusal.of("email_invalid"))
    if len(cc) > MOST_CC:
        found.append(Refusal.of("too_many_cc", most=MOST_CC))
    return found


def copies(cc: Sequence[str], asked: Collection[str]) -> dict[int, str]:
    """The recipients of copies, by position from 1: each address once, and none of the contacts asked."""
    found: dict[int, str] = {}
    known = {address.casefold() for address in asked}
    for place, written in enumerate(cc, start=1):
        address = _as_stored(written)
        if address.casefold() not in known:
            known.add(address.casefold())
            found[place] = address
    return found


def _as_stored(written: str) -> str:
    """The normalized address. An invalid one stays unchanged: sending its e-mail will report it."""
    try:
        return parse_email(written)
    except ValueError:
        return written


def paragraphs(text: str) -> list[list[str]]:
    """The text as it is sent: the lines of each paragraph, without unprintable and bidirectional control
    characters.
    """
    found = []
    for paragraph in _PARAGRAPH_END.split(_LINE_END.sub("\n", text)):
        lines = [UNPRINTABLE.sub("", line.replace("\t", " ")).rstrip() for line in paragraph.split("\n")]
        if any(map(_readable, lines)):
            found.append([line for line in lines if _readable(line)])
    return found


def _readable(text: str) -> bool:
    return bool(UNPRINTABLE.sub("", text).strip())


def _is_address(text: str) -> bool:
    try:
        parse_email(text)
    except ValueError:
        return False
    return True
