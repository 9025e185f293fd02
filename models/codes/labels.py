"""A code that comes in parts: a server and a matching id under labels, as mails and phones have them, or on
two lines (R3).

    SM-DP+ address: smdp.example.com          Adresse SM-DP+ : smdp.example.com
    Activation code: P014-6RW4-10707          Code d'activation : P014-6RW4-10707
    Confirmation code: 4711                   Code de confirmation : 4711

Labels are in English or French, with a colon, an equals sign or a blank after them, and the value may be on
the next line. Other lines are not looked at. What a value is depends on its form alone where it has no label.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

ENDS = " \t\n\"'<>()[]{}«»“”\u2018\u2019`*,;.!?|:="
"""Characters around a value that are none of it."""
_BEFORE = ENDS + "-•·0123456789"
"""Characters before a label at the beginning of a line: of a list, for example."""
_APOSTROPHE = "['\u2019 ]"
_LABEL = re.compile(
    r"(?<![\w.$-])(?:"
    r"(?P<server>(?:adresse |address |server |serveur )?(?:du serveur |of the )?sm-?dp ?\+?"
    r"(?:[ -]?(?:server|serveur|address|adresse|url|host)){0,2}"
    r"|adresse du serveur|(?:server|serveur)(?: address)?|rsp url)"
    rf"|(?P<code>activation[ -]?code|code d{_APOSTROPHE} ?activation|code activation|matching[ -]?id"
    r"|id de correspondance)"
    r"|(?P<confirmation>confirmation[ -]?code|code de confirmation|code confirmation)"
    rf")(?: (?:de l{_APOSTROPHE}|de votre |of the |of your )e-?sim)?"
    r"(?![\w.+-])(?: ?\([^()\n]{0,40}\))? {0,3}(?P<colon>[:=])?",
    re.IGNORECASE,
)
_HOST = re.compile(r"[^\s.$/@]+(?:\.[^\s.$/@]+)+")
_ID = re.compile(r"[0-9A-Z-]+|(?=[^0-9]*[0-9])[0-9A-Za-z-]+")
"""A matching id with no label or a blank after it: capitals alone, or a digit, so no word of a sentence."""
_NUMBER_OF_A_SIM = re.compile(r"89[0-9]{16,18}|89[0-9]{30}")


class Part(StrEnum):
    """What a label announces."""

    SERVER = "server"
    CODE = "code"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class Parts:
    """The values of each part, each once, in the order of the text. Matching ids and confirmation codes are
    secrets.
    """

    values: dict[Part, list[str]] = field(repr=False)

    def __bool__(self) -> bool:
        return any(self.values.values())

    @property
    def complete(self) -> tuple[str, str] | None:
        """Server and matching id, if there is one of each."""
        servers, ids = self.values[Part.SERVER], self.values[Part.CODE]
        return (servers[0], ids[0]) if len(servers) == len(ids) == 1 else None

    @property
    def confirmation(self) -> str | None:
        """The confirmation code, if there is one."""
        found = self.values[Part.CONFIRMATION]
        return found[0] if len(found) == 1 else None


def labelled(text: str) -> Parts:
    """The values under labels in a clean text."""
    found: dict[Part, list[str]] = {part: [] for part in Part}
    for part, value in _values(text):
        if value not in found[part]:
            found[part].append(value)
    return Parts(found)


def on_two_lines(text: str) -> tuple[str, str] | None:
    """Server and matching id, if the clean text is one line of each, in either order, and nothing else. The
    number of a SIM or of a chip is no matching id: no person means that.
    """
    lines = [line.strip(ENDS) for line in text.split("\n") if line.strip()]
    if len(lines) != 2:
        return None
    for server, matching_id in (lines, reversed(lines)):
        if (
            _HOST.fullmatch(server)
            and _ID.fullmatch(matching_id)
            and not _NUMBER_OF_A_SIM.fullmatch(matching_id)
        ):
            return server, matching_id
    return None


def _values(text: str) -> Iterator[tuple[Part, str]]:
    labels = list(_LABEL.finditer(text))
    ends = [label.start() for label in labels[1:]]
    for label, end in zip(labels, (*ends, len(text)), strict=False):
        part = next(part for part in Part if label[part] is not None)
        value = _first_line(text[label.end() : end], " " if part is Part.CONFIRMATION else ENDS)
        form = _HOST if part is Part.SERVER else _ID
        alone = text[: label.start()].rpartition("\n")[2].strip(_BEFORE) == ""
        if value and " " not in value and (label["colon"] or (alone and form.fullmatch(value))):
            yield part, value


def _first_line(text: str, ends: str) -> str:
    """The first line that says something, without the characters around it."""
    return next((line.strip(ends) for line in text.split("\n") if line.strip(ENDS)), "")
