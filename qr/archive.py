"""Pictures of QR codes in a ZIP file, each named by the ICCID of its SIM (R13).

Nothing is written to disk, and no name in the ZIP is used but to find the ICCID. A ZIP is not trusted:

    entries              at most `MOST_CODES`; counted before its directory is read
    size of an entry     by the bytes that come out, at most one more than a picture may have
    size of all          at most `MOST_UNPACKED`: an entry never yields more bytes than it declares
    methods              stored and deflated alone: others have no limit of memory while they are unpacked

The pictures themselves are decoded by confined processes (`qr.process`).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from models.characters import UNPRINTABLE
from models.codes.many import MOST_CODES
from models.errors import Refusal, Refused
from models.files.table import check_size
from qr.file_types import claimed_type
from qr.intake import LARGEST_UPLOAD

MOST_UNPACKED = 512 * 1024 * 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
"""What each entry of the directory of a ZIP begins with."""
_WORKBOOK = "[Content_Types].xml"
_OF_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})
_IN_NAME = re.compile(r"(?<![0-9A-Za-z])([0-9]{18,20})F{0,2}(?![0-9A-Za-z])", re.IGNORECASE)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Picture:
    """One file in the ZIP. `problem`: why it is not read."""

    name: str
    iccid: str | None
    entry: zipfile.ZipInfo
    problem: Refusal | None = None


class Archive:
    """The pictures in a ZIP, which stays packed in memory, and the names of files that are none."""

    def __init__(self, opened: zipfile.ZipFile, pictures: Sequence[Picture], not_read: Sequence[str]) -> None:
        self._opened = opened
        self.pictures = tuple(pictures)
        self.not_read = tuple(not_read)

    def content(self, picture: Picture) -> bytes:
        """The bytes of the picture. Raises `Refused` (`file_too_large`, `entry_damaged`)."""
        try:
            with self._opened.open(picture.entry) as entry:
                content = entry.read(LARGEST_UPLOAD + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
            raise Refused.because("entry_damaged") from None
        if len(content) > LARGEST_UPLOAD:
            raise Refused.because("file_too_large")
        if len(content) != picture.entry.file_size:
            raise Refused.because("entry_damaged")
        return content


def is_archive(content: bytes, filename: str) -> bool:
    """Whether this is a ZIP file, and no workbook, which is one as well."""
    if not content.startswith(_ZIP):
        return False
    try:
        return not any(entry.filename == _WORKBOOK for entry in _directory(content).infolist())
    except Refused:
        return not filename.lower().endswith(".xlsx")


def open_archive(content: bytes) -> Archive:
    """Read what is in the ZIP, but no picture yet. Raises `Refused` (`archive_damaged`, `archive_too_many`,
    `archive_too_large`, `archive_empty`).
    """
    check_size(content)
    opened = _directory(content)
    pictures, not_read, unpacked = [], [], 0
    for entry in opened.infolist():
        name = entry.filename
        if entry.is_dir():
            continue
        picture = _picture(entry)
        if picture is None:
            not_read.append(_shown(name))
            continue
        pictures.append(picture)
        if picture.problem is None:
            unpacked += entry.file_size
    if unpacked > MOST_UNPACKED:
        raise Refused.because("archive_too_large", megabytes=MOST_UNPACKED // 1024 // 1024)
    if not pictures:
        raise Refused.because("archive_empty")
    return Archive(opened, pictures, not_read)


def _directory(content: bytes) -> zipfile.ZipFile:
    if content.count(_ENTRY) > MOST_CODES:
        raise Refused.because("archive_too_many", entries=MOST_CODES)
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise Refused.because("archive_damaged") from None


def _picture(entry: zipfile.ZipInfo) -> Picture | None:
    """The picture, or None for a file of a system, or one that is no picture and names no ICCID."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if "__MACOSX" in path.parts or path.name.startswith("._") or path.name.lower() in _OF_SYSTEMS:
        return None
    iccids = _IN_NAME.findall(path.stem)
    nested = path.suffix.lower() in _ARCHIVES
    if claimed_type(path.name) is None and not iccids and not nested:
        return None
    iccid = iccids[0].upper() if len(set(iccids)) == 1 else None
    problem = Refusal.of("entry_is_archive") if nested else _why_not(entry, path, len(set(iccids)))
    return Picture(_shown(entry.filename), iccid, entry, problem)


def _why_not(entry: zipfile.ZipInfo, path: PurePosixPath, iccids: int) -> Refusal | None:
    if ".." in path.parts or path.is_absolute() or ":" in path.parts[0]:
        return Refusal.of("entry_path_odd")
    if iccids != 1:
        return Refusal.of("picture_name_two_iccids" if iccids else "picture_name_no_iccid")
    if entry.flag_bits & _ENCRYPTED:
        return Refusal.of("entry_encrypted")
    if entry.compress_type not in _METHODS:
        return Refusal.of("entry_packed_otherwise")
    return Refusal.of("file_too_large") if entry.file_size > LARGEST_UPLOAD else None


def _shown(name: str) -> str:
    """The name on one line, of which a long one keeps its end."""
    plain = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", name)
    return plain if len(plain) <= _LONGEST_NAME else "…" + plain[-_LONGEST_NAME:]
