"""Encode header fields as bytes: values are shown exactly as given, and none can inject a header.

    text_field("Subject", "Équipe, =?utf-8?q?x?=", utf8=False)
    address_field("From", [("Orders, eSIM", "orders@esim.example")], utf8=False)

Python's `email` is not used to write them: it decodes encoded words within a value, and up to 3.13.0 writes
the line breaks that were encoded in them. Here a value that contains the beginning of an encoded word is
encoded itself, so that it is shown as it was typed. Sources: RFC 5322 (folding, phrases), RFC 2047 (encoded
words), RFC 6532 (UTF-8 where the server has SMTPUTF8). All raise `MailInvalid`, quoting no value.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import lru_cache

from mail.errors import MailInvalid
from models.characters import CONTROL

LONGEST_LINE = 998
"""The maximum bytes of a line, without the line break (RFC 5322, 2.1.1)."""
_LINE = 76
"""The maximum bytes of a folded line: the limit of a line with an encoded word (RFC 2047, 2)."""
_BEGINS_ENCODED_WORD = "=?"
_ENCODED_WORD = 75
_AROUND_ENCODED = len("=?utf-8?q??=")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED_PAIR = re.compile(r'(["\\])')
_FIRST_LINE = re.compile(rb"[!-9;-~]+: [^\x00-\x1f\x7f]*")
_NEXT_LINE = re.compile(rb" [^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*")
_IN_ENCODED_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""Bytes that need no escape in an encoded word, phrases included (RFC 2047, 5)."""


def text_field(name: str, value: str, *, utf8: bool) -> bytes:
    """Unstructured text, such as a subject."""
    _refuse_controls(name, value)
    room = _LINE - len(name) - len(": ")
    plain = not value or ((utf8 or value.isascii()) and _plain(value, room))
    return _folded(name, value.split(" ") if plain else _encoded(value, room), utf8)


def token_field(name: str, value: str) -> bytes:
    """A structured value such as a Message-ID or a date: ASCII, on one line."""
    _refuse_controls(name, value)
    return _folded(name, [value], utf8=False)


def address_field(name: str, people: Iterable[tuple[str, str]], *, utf8: bool) -> bytes:
    """Addresses, each with the name of its owner (empty: none), separated by commas."""
    return _address_field(name, tuple(people), utf8)


@lru_cache(maxsize=64)
def _address_field(name: str, people: tuple[tuple[str, str], ...], utf8: bool) -> bytes:
    """Cached, as every e-mail has the same sender."""
    words: list[str] = []
    for written, address in people:
        _refuse_controls(name, written + address)
        owner = " ".join(written.split())  # readers disagree on other blanks in a name
        if _BEGINS_ENCODED_WORD in address or " " in address:  # an address cannot be encoded
            raise MailInvalid(f"The field {name} holds an address that cannot be written.")
        phrase = _phrase(owner, _LINE - len(name) - len(": ")) if owner else []
        words += [*phrase, f"<{address}>," if owner else f"{address},"]
    words[-1] = words[-1].removesuffix(",")
    return _folded(name, words, utf8)


def _phrase(owner: str, room: int) -> list[str]:
    """The display name before an address: plain, quoted if it has special characters, or encoded. It is
    always ASCII: some mail programs accept UTF-8 in a subject but not before an address.
    """
    if not (owner.isascii() and _plain(owner, room - len('""'))):
        return _encoded(owner, room)
    if _ATOMS.fullmatch(owner):
        return owner.split(" ")
    return ('"' + _QUOTED_PAIR.sub(r"\\\1", owner) + '"').split(" ")


def _plain(value: str, room: int) -> bool:
    """Whether the value may be written unencoded. Blanks must be single and between words, as folding puts
    line breaks there. A long word, or one that looks like an encoded word, needs encoding.
    """
    return (
        value.isprintable()
        and _BEGINS_ENCODED_WORD not in value
        and "" not in value.split(" ")
        and max(len(word.encode()) for word in value.split(" ")) <= room // 2
    )


def _encoded(value: str, room: int) -> list[str]:
    """The value as encoded words of whole characters; blanks between encoded words are not part of it."""
    widths = (room - _AROUND_ENCODED, _ENCODED_WORD - _AROUND_ENCODED)
    quoted = [_quoted(character) for character in value]
    sizes = [len(character.encode()) for character in value]
    if sum(map(len, quoted)) <= sum(sizes) * 4 // 3:
        chunks = _chunks(quoted, list(map(len, quoted)), widths)
        return [f"=?utf-8?q?{chunk}?=" for chunk in chunks]
    chunks = _chunks(value, sizes, (widths[0] // 4 * 3, widths[1] // 4 * 3))
    return [f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks]


def _quoted(character: str) -> str:
    """A character in the encoding Q (RFC 2047, 4.2)."""
    if character == " ":
        return "_"
    return "".join(chr(byte) if byte in _IN_ENCODED_WORD else f"={byte:02X}" for byte in character.encode())


def _chunks(parts: Sequence[str], sizes: Sequence[int], widths: tuple[int, int]) -> list[str]:
    """Join the parts into chunks of the given sizes: that of the first chunk, and of all others."""
    chunks, left = [""], widths[0]
    for part, size in zip(parts, sizes, strict=True):
        if size > left:
            chunks.append("")
            left = widths[1]
        chunks[-1] += part
        left -= size
    return chunks


def _folded(name: str, words: Sequence[str], utf8: bool) -> bytes:
    """Fold the words into short lines where possible; each line after the first begins with a blank."""
    lines, line = [], f"{name}: {words[0]}".encode()
    for word in map(str.encode, words[1:]):
        if len(line) + 1 + len(word) > _LINE:
            lines.append(line)
            line = b" " + word
        else:
            line += b" " + word
    return _checked(name, b"\r\n".join([*lines, line, b""]), utf8)


def _checked(name: str, field: bytes, utf8: bool) -> bytes:
    """Validate the bytes of every field as the last step: line breaks only from folding, no line too long or
    blank, ASCII unless UTF-8 is permitted. Raises `MailInvalid`.
    """
    first, *others = field.removesuffix(b"\r\n").split(b"\r\n")
    sound = (
        _FIRST_LINE.fullmatch(first)
        and all(map(_NEXT_LINE.fullmatch, others))
        and max(map(len, (first, *others))) <= LONGEST_LINE
        and (utf8 or field.isascii())
    )
    if not sound:
        raise MailInvalid(f"The field {name} cannot be written.")
    return field


def _refuse_controls(name: str, value: str) -> None:
    if CONTROL.search(value):
        raise MailInvalid(f"The field {name} holds a line break or control character.")
