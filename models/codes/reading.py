"""The one way in for activation codes: whatever was scanned or typed becomes a code, or a refusal that says
what it is instead.

    the code itself       with or without `LPA:`, between other lines, in brackets or quotation marks
    an install link       of Apple, of Android, or of a safety program around it (R1)
    a code with additions invisible characters, blanks, percent-encoding (R2)
    server and code       under labels or on two lines, with the confirmation code (R3)
    anything else         `Refused`: a web address, an ICCID, a code that is shared by everybody, ... (R5)

Only `parse_activation_code` decides what a valid code is; stored codes are read by it alone.
"""

import re
from dataclasses import dataclass, field

from models.codes.activation import ActivationCode, ActivationCodeInvalid, Rule, parse_activation_code
from models.codes.cleaning import cleaned, decoded
from models.codes.confirmation import parse_confirmation_code
from models.codes.instead import instead
from models.codes.labels import ENDS, Parts, labelled, on_two_lines
from models.errors import Refusal, Refused

LONGEST_TEXT = 4096
"""Characters of a text that are read: more than any QR code or any line of a mail that holds a code."""
_FIELD = r"[^\s$<>\"'&,;#()\[\]{}|«»“”]*+"
_CODE = re.compile(
    rf"(?<![\w$.%-])(?<!\b[a-z]{{3}}:)(?P<scheme>LPA ?: ?)?1 ?\$ ?{_FIELD}(?: ?\$ ?{_FIELD}){{1,8}}",
    re.IGNORECASE,
)
"""A code in a text. Without `LPA:` it does not stand behind another scheme of three letters."""
_GOES_ON = re.compile(r" *[0-9A-Za-z-]|\n[0-9A-Z-]+\Z")
"""Behind a code: it may have been broken by a blank, or at the end of a line."""
_AROUND_SERVER = re.compile(r"\Ahttps?://|/+\Z", re.IGNORECASE)
_LOOKS_LIKE_ONE = re.compile(r"(?:LPA ?: ?)?[0-9] ?\$|LPA ?:", re.IGNORECASE)
_MOST_FIELDS = 4
"""Of a code that ends without the flag, `LPA:1` counted."""
_SHORTEST_CONFIRMATION = 3


@dataclass(frozen=True)
class ReadCode:
    """What was read: the code and, where it came with one, its confirmation code. Its `repr` is redacted."""

    code: ActivationCode
    confirmation_code: str | None = field(default=None, repr=False)


def read_code(text: str) -> ReadCode:
    """Read the code in what was scanned or typed. Raises `Refused` with one reason, whatever the text is."""
    if len(text) > LONGEST_TEXT:
        raise _invalid(Rule.LENGTH)
    plain = cleaned(text)
    parts = labelled(plain)
    code = _in_one_piece(decoded(plain)) or _put_together(plain, parts)
    if code is None:
        raise Refused(instead(plain) or _other(Rule.FORM))
    if not code.matching_id:
        raise Refused.because("code_shared")
    confirmation = None if parts.confirmation is None else parse_confirmation_code(parts.confirmation)
    return ReadCode(code, confirmation)


def read_code_at(server: str, text: str) -> ReadCode:
    """Read a matching id that stands beside its server, as in files of resellers; or a whole code, of which
    the server beside it says nothing new.
    """
    place = _AROUND_SERVER.sub("", server)
    return read_code(f"1${place}${text}" if place and "$" not in text else text)


def looks_like_code(text: str) -> bool:
    """Whether a text that is refused was meant to be an activation code: then it is a broken one."""
    plain = decoded(text[:LONGEST_TEXT])
    return (_LOOKS_LIKE_ONE.match(plain) or _CODE.search(plain)) is not None


def _in_one_piece(text: str) -> ActivationCode | None:
    """The code that stands in the text. Raises `Refused` for a broken one, and for two."""
    whole = _tidied(text)
    if _LOOKS_LIKE_ONE.match(whole) and whole.count("$") > 1 and not re.search(r"\s", whole):
        return _the_one([whole])
    found = [_cut(text, match) for match in _CODE.finditer(text)]
    return _the_one(found) if found else None


def _tidied(written: str) -> str:
    """A code without blanks around its fields, nor `$` behind its last one."""
    fields = [part.strip() for part in written.strip(ENDS).split("$")]
    while len(fields) > _MOST_FIELDS and not fields[-1]:
        fields.pop()
    return re.sub(r"^(LPA) ?: ?", r"\1:", "$".join(fields), flags=re.IGNORECASE)


def _cut(text: str, match: re.Match[str]) -> str:
    """The code as it stands in the text. Words behind it on its line may belong to it: then it is broken,
    except in a link, which ends at a blank.
    """
    linked = "://" in "".join(text[: match.start()].rsplit(maxsplit=1)[-1:])
    goes_on = not linked and _GOES_ON.match(text, match.end())
    return _tidied(match[0] + " " + goes_on[0].strip() if goes_on else match[0])


def _the_one(written: list[str]) -> ActivationCode:
    codes, wrong = {}, []
    for text in written:
        try:
            code = parse_activation_code(text)
        except ActivationCodeInvalid as invalid:
            wrong.append(_broken(text, invalid.rule))
        else:
            codes[str(code)] = code
    if len(codes) + len(set(wrong)) > 1:
        raise Refused.because("several_codes")
    if wrong:
        raise Refused(wrong[0])
    return next(iter(codes.values()))


def _broken(text: str, rule: Rule) -> Refusal:
    """Why the code is none. What stands where only an OID or the flag may is mostly a confirmation code."""
    fields = text.split("$")
    last = fields[3] if rule is Rule.OID else fields[-1] if rule is Rule.FLAG else ""
    if "." not in last and len(last) >= _SHORTEST_CONFIRMATION:
        return Refusal.of("confirmation_code_in_code")
    return _other(rule)


def _put_together(plain: str, parts: Parts) -> ActivationCode | None:
    found = parts.complete or (None if parts else on_two_lines(plain))
    if found is None:
        return None
    server, matching_id = found
    try:
        return parse_activation_code(f"1${server}${matching_id}")
    except ActivationCodeInvalid as invalid:
        raise _invalid(invalid.rule) from None


def _other(rule: Rule) -> Refusal:
    return Refusal.of("activation_code_invalid", rule=rule)


def _invalid(rule: Rule) -> Refused:
    return Refused(_other(rule))
