"""Cells of a workbook whose formula failed or was never calculated: the library gives them as empty, and an
empty cell removes what it stands for, such as the employee of a line (R10).
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from zipfile import ZipFile

_CHUNK = 1024 * 1024
_LONGEST = 64 * 1024
"""Bytes of a cell with its formula, which has at most 8,192 characters."""
_CELL = re.compile(
    rb"<(?:\w{1,20}:)?c\s([^<>]*)>\s{0,40}"
    rb"(<(?:\w{1,20}:)?f\b[^<>]*>(?:[^<]*</(?:\w{1,20}:)?f>)?)?\s{0,40}"
    rb"(?:<(?:\w{1,20}:)?v\b[^<>]*>([^<]*)(?:</(?:\w{1,20}:)?v>)?)?\s{0,40}"
    rb"</(?:\w{1,20}:)?c>"
)
"""No part of it repeats what the next part may match for long: hostile sheets are read in linear time."""
_FORMULA = re.compile(rb"""<(?:\w{1,20}:)?f\b|\bt=["']e["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

Failed = Mapping[tuple[int, int], str]
"""What a spreadsheet shows in these cells, by row and column, counted from 1."""


def failed_formulas(archive: ZipFile, sheet: str) -> Failed:
    """The cells of a sheet whose formula failed, or has no result."""
    path = _path(archive, sheet)
    if path is None:
        return {}
    found: dict[tuple[int, int], str] = {}
    for part in _parts(archive, path):
        if _FORMULA.search(part):
            found.update(_failed(part))
    return found


def _path(archive: ZipFile, sheet: str) -> str | None:
    """Where the sheet is in the archive."""
    names = set(archive.namelist())
    if not {_BOOK, _RELATIONS} <= names:
        return None
    book = ElementTree.fromstring(archive.read(_BOOK))  # noqa: S314  in a process that is confined
    relation = next((one.get(_RELATION) for one in book.iter() if one.get("name") == sheet), None)
    relations = ElementTree.fromstring(archive.read(_RELATIONS))  # noqa: S314
    target = next((one.get("Target") for one in relations if one.get("Id") == relation), None)
    path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None
    return path if path in names else None


def _parts(archive: ZipFile, path: str) -> Iterator[bytes]:
    """The sheet in parts that overlap by more than a cell, so that each cell is whole in one of them."""
    before = b""
    with archive.open(path) as opened:
        while chunk := opened.read(_CHUNK):
            yield before + chunk
            before = (before + chunk)[-_LONGEST:]


def _failed(part: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, formula, value in _CELL.findall(part):
        kind, place = _TYPE.search(attributes), _PLACE.search(attributes)
        failed = kind is not None and kind[1] == b"e"
        if place and (failed or (formula and kind is None and not value.strip())):
            yield (int(place[2]), _column(place[1])), value.decode(errors="replace").strip() or "#N/A"


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
