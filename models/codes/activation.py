"""The activation code of an eSIM: the content of its QR code, and a secret.

    LPA:1$<SM-DP+ address>$<matching id>[$<OID of the SM-DP+>][$1]

Source: GSMA SGP.22 4.1; requirement F62. The last field is the flag "a confirmation code will be asked
for", never the code itself; without an OID the flag follows an empty field. `LPA:` belongs to the QR code
and may be left out where the code is typed in. The specification has only capital letters in a matching id,
but issuers break that, and phones take it: small letters are kept as they are (R4).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

import idna

LONGEST_CODE = 255
"""Characters of a code, the prefix `LPA:` not counted."""
_PREFIX = "LPA:"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP_LEVEL = "(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_TOP_LEVEL}")
"""A domain name, not an IP address: none ends in letters alone (`192.0.2.1`, `0x7f.1`, `2130706433`)."""
_PUNYCODE = "xn--"
_MATCHING_ID = re.compile("[0-9A-Za-z-]*")
_SMALL_LETTER = re.compile("[a-z]")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")


SMALL_LETTERS = (
    "The code has small letters, which the specification does not know; they are kept as they are."
)
"""The warning about them (R4)."""


class Rule(StrEnum):
    """A rule that a code may break."""

    LENGTH = "length"
    FORM = "form"
    SERVER = "server"
    MATCHING_ID = "matching_id"
    OID = "oid"
    FLAG = "flag"


class ActivationCodeInvalid(ValueError):
    """The text is not a valid activation code. `rule` is the first broken rule; the message is redacted."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(f"This is not a valid activation code: {rule}.")
        self.rule = rule


@dataclass(frozen=True)
class ActivationCode:
    """A valid activation code. Its `repr` is redacted; `str` is the whole secret."""

    smdp_address: str
    """Host name of the SM-DP+ that has the profile."""
    matching_id: str = field(repr=False)
    oid: str | None = field(default=None, repr=False)
    confirmation_code_required: bool = False

    def __repr__(self) -> str:
        return "ActivationCode(...)"

    def __str__(self) -> str:
        fields = ["1", self.smdp_address, self.matching_id]
        if self.oid or self.confirmation_code_required:
            fields.append(self.oid or "")
        if self.confirmation_code_required:
            fields.append("1")
        return _PREFIX + "$".join(fields)

    @property
    def unicode_address(self) -> str | None:
        """The server's name in Unicode if it is written in punycode: it may look like another name."""
        if not _in_punycode(self.smdp_address):
            return None
        return idna.decode(self.smdp_address.lower())

    @property
    def server(self) -> str:
        """The server's name as it is written, followed by its Unicode form if it is in punycode."""
        read = self.unicode_address
        return self.smdp_address if read is None else f"{self.smdp_address} ({read})"

    @property
    def profile(self) -> str:
        """Identifies the eSIM profile: two codes with the same value install the same eSIM, as far as can be
        told: those that differ only in small and capital letters are taken for one.
        """
        return f"{self.smdp_address.lower()}${self.matching_id.upper()}"

    @property
    def has_small_letters(self) -> bool:
        """Whether the matching id has letters that the specification does not know."""
        return _SMALL_LETTER.search(self.matching_id) is not None


def _in_punycode(host: str) -> bool:
    return any(label.startswith(_PUNYCODE) for label in host.lower().split("."))


def _server(host: str) -> str:
    """The domain name in ASCII, as SGP.22 requires; Unicode becomes punycode. Raises on an invalid one."""
    try:
        if not host.isascii():
            host = idna.encode(host.lower()).decode()
        if not _HOST.fullmatch(host):
            raise ActivationCodeInvalid(Rule.SERVER)
        if _in_punycode(host):
            idna.decode(host.lower())
    except idna.IDNAError:
        raise ActivationCodeInvalid(Rule.SERVER) from None
    return host


def parse_activation_code(text: str) -> ActivationCode:
    """Parse an activation code as it is stored. Raises `ActivationCodeInvalid`. What people enter or scan is
    read by `models.codes.reading`.
    """
    code = text.strip()
    if code[: len(_PREFIX)].upper() == _PREFIX:
        code = code[len(_PREFIX) :]
    if len(code) > LONGEST_CODE:
        raise ActivationCodeInvalid(Rule.LENGTH)
    version, *fields = code.split("$")
    if version != "1" or len(fields) not in (2, 3, 4):
        raise ActivationCodeInvalid(Rule.FORM)
    host, matching_id, oid, flag = [*fields, "", ""][:4]
    host = _server(host)
    if not _MATCHING_ID.fullmatch(matching_id):
        raise ActivationCodeInvalid(Rule.MATCHING_ID)
    if oid and not _OID.fullmatch(oid):
        raise ActivationCodeInvalid(Rule.OID)
    if flag not in ("", "1") or (len(fields) == 4 and not flag):
        raise ActivationCodeInvalid(Rule.FLAG)
    found = ActivationCode(host, matching_id, oid or None, flag == "1")
    if len(str(found)) > len(_PREFIX) + LONGEST_CODE:  # in punycode a name is longer
        raise ActivationCodeInvalid(Rule.LENGTH)
    return found
