"""Read a text file as a table: CSV in every encoding and dialect that people have (R10).

encoding    UTF-8, UTF-16 or UTF-32 with a byte-order mark, UTF-16 without one, else Windows-1252, which
            is said with a sample
separator   as a line `sep=;` says, else the one of , ; tab | that makes most columns of the first line
lines       end with CR LF, LF or CR; a quoted cell may have line breaks
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from models.characters import visible
from models.errors import Refusal, Refused
from models.files.read import FileRead
from models.files.table import Line, Table, check_size
from models.imports import RowNotes

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\0\0", "utf-32", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_WINDOWS = "Windows-1252"
_HEAD = 64 * 1024
"""Characters in which the first line is looked for."""
_SEPARATORS = ",;\t|"
_SEP_LINE = re.compile(r'"?sep=([^\w"\r\n])"?[,;\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_ACCENTED = re.compile(r"[^\x00-\x7f]")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[\w'\u2019-]*\Z"), re.compile(r"[\w'\u2019-]*")
_MOST_EMPTY = 1_100_000
"""Lines: a sheet that was emptied and saved as CSV has 1,048,576 of them."""
_LONGEST_SAMPLE = 40
_MOST_ACCENTS = 50


def read_text(content: bytes) -> Table:
    """The table in a text file. Raises `Refused`, also while its lines are read."""
    check_size(content)
    text, encoding = decoded(content)
    if text.lstrip()[:1] == "<":
        raise Refused.because("file_not_utf8")
    separator, start, before = _separator(text)
    found = Table(
        lines=_lines(_stream(text[start:] if start else text), separator, before),
        expected=content.count(b"\n") or content.count(b"\r"),
        read=FileRead(format="csv", encoding=encoding, separator=separator),
    )
    if encoding == _WINDOWS:
        _add_sample(found.warnings, text, before + 1)
    return found


def visible_cells(cells: list[str]) -> list[str]:
    """The cells of a line that is in no text file, as those of a text file are."""
    return [visible(cell) for cell in cells]


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding. Raises `Refused` for what is no text."""
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _text(content, codec), name
    if b"\0" in content:
        return _text(content, _utf_16(content)), "UTF-16"
    try:
        return visible(content.decode()), "UTF-8"
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
    try:
        return visible(content.decode("cp1252")), _WINDOWS
    except UnicodeDecodeError:
        raise Refused.because("line_not_utf8", line=line) from None


def _text(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        raise Refused.because("file_not_utf8") from None
    if "\0" in text:
        raise Refused.because("file_not_utf8")
    return visible(text)


def _utf_16(content: bytes) -> str:
    """The sequence of bytes of UTF-16 without a mark: each second one of mostly Latin text is zero."""
    head = content[:1000]
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(head) > 1 and zeros.count(0) > len(zeros) * 0.7:
            return codec
    raise Refused.because("file_not_utf8")


def _separator(text: str) -> tuple[str, int, int]:
    """The separator, where the table begins, and how many lines there are before."""
    said = _SEP_LINE.match(text)
    if said:
        return said[1], said.end(), 1
    head = text[:_HEAD]
    return max(_SEPARATORS, key=lambda separator: _width(head, separator)), 0, 0


def _width(head: str, separator: str) -> int:
    """How many cells the first line has with this separator; 0 if it is no CSV then."""
    try:
        for cells in csv.reader(io.StringIO(head, newline=""), delimiter=separator, strict=True):
            if any(cell.strip() for cell in cells):
                return len(cells)
    except csv.Error:
        pass
    return 0


def _stream(text: str) -> Iterable[str]:
    """The text line by line; `io.StringIO` would need four bytes for each character."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")


def _lines(text: Iterable[str], separator: str, before: int) -> Iterator[Line]:
    """The lines that are not empty, each with the number of its first line in the file."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    empty = 0
    while True:
        number = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused.because("line_not_csv", line=number) from None
        if any(cells) and any(map(str.strip, cells)):
            yield number, cells
        elif (empty := empty + 1) > _MOST_EMPTY:
            raise Refused.because("too_many_empty_lines", lines=_MOST_EMPTY)


def _add_sample(warnings: RowNotes, text: str, line: int) -> None:
    accents = (found.start() for found in islice(_ACCENTED.finditer(text), _MOST_ACCENTS))
    words = dict.fromkeys(_word(text, at) for at in accents if text[at].isalpha())
    sample = ", ".join(islice(words, 2)) or next((one for one in text if not one.isascii()), "")
    warnings.add(line, None, Refusal.of("file_read_as_windows", sample=sample))


def _word(text: str, at: int) -> str:
    """The word around a letter, of which no more than a few dozen characters."""
    before = _WORD_BEFORE.search(text, max(0, at - _LONGEST_SAMPLE), at)
    after = _WORD_AFTER.match(text, at, at + _LONGEST_SAMPLE)
    return (before[0] if before else "") + (after[0] if after else "")
