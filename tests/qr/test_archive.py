"""A ZIP of pictures named by ICCID: what is read of it, and what becomes of a hostile one (R13)."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from models.codes.many import MOST_CODES
from models.errors import Refused
from models.refusals import DECLARED
from qr import archive
from qr.archive import Picture, is_archive, open_archive
from qr.intake import LARGEST_UPLOAD
from tests.builders import iccid
from tests.codes_in_files import zipped

PICTURE = b"\x89PNG\r\n\x1a\n rest"
FIRST, SECOND = iccid(1), iccid(2)

pytestmark = pytest.mark.covers("R13")


def pictures(content: bytes) -> dict[str, Picture]:
    return {picture.name: picture for picture in open_archive(content).pictures}


def why(picture: Picture) -> str | None:
    return picture.problem.code if picture.problem else None


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        open_archive(content)
    (refusal,) = caught.value.refusals
    assert refusal.code in DECLARED
    return refusal.code


@pytest.mark.parametrize(
    "name",
    [
        "{}.png",
        "{}F.png",
        "{}.JPG",
        "Codes/Lyon/{}.pdf",
        "Codes\\Lyon\\{}.svg",
        "esim_{}.png",
        "Code QR {} - copie.tif",
    ],
)
def test_a_picture_belongs_to_the_iccid_in_its_name(name: str) -> None:
    named = name.format(FIRST)
    (found,) = open_archive(zipped({named: PICTURE})).pictures
    assert (found.iccid, found.problem) == (FIRST, None)


def test_a_name_without_one_iccid_is_refused_with_how_to_name_it() -> None:
    found = pictures(
        zipped({"photo.png": PICTURE, f"{FIRST}_{SECOND}.png": PICTURE, "89330100000008000130000.png": b"x"})
    )
    assert [why(picture) for picture in found.values()] == [
        "picture_name_no_iccid",
        "picture_name_two_iccids",
        "picture_name_no_iccid",
    ]
    problem = found["photo.png"].problem
    assert problem is not None
    assert "such as 8933010000000800013.png" in problem.sentence


def test_files_of_systems_and_files_that_are_no_pictures_are_named_and_not_read() -> None:
    ignored = (
        f"__MACOSX/._{FIRST}.png",
        f"codes/._{FIRST}.png",
        "codes/.DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "esims.csv",
        "README.txt",
    )
    found = open_archive(
        zipped({"codes/": b"", f"codes/{FIRST}.png": PICTURE} | dict.fromkeys(ignored, b"x"))
    )
    assert [picture.name for picture in found.pictures] == [f"codes/{FIRST}.png"]
    assert set(found.not_read) == set(ignored)


def test_a_picture_of_another_type_is_named_rather_than_left_out() -> None:
    (found,) = open_archive(zipped({f"{FIRST}.webp": b"RIFF"})).pictures
    assert found.iccid == FIRST


def test_a_zip_without_pictures_or_no_zip_is_refused() -> None:
    assert refused(zipped({"esims.csv": "iccid"})) == "archive_empty"
    assert refused(zipped({})) == "archive_empty"
    whole = zipped({f"{FIRST}.png": PICTURE})
    assert refused(whole[: len(whole) // 2]) == "archive_damaged"


def test_a_workbook_is_no_archive_of_pictures_and_a_broken_one_neither() -> None:
    book = zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"})
    assert not is_archive(book, "codes.xlsx")
    assert not is_archive(book[:40], "Codes.XLSX")
    assert is_archive(zipped({f"{FIRST}.png": PICTURE}), "codes.zip")
    assert is_archive(book[:40], "codes.zip")
    assert not is_archive(b"iccid,activation_code\n", "codes.zip")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped({f"{FIRST}.png": PICTURE + bytes(200 * 1024 * 1024), f"{SECOND}.png": PICTURE})
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    found = open_archive(bomb)
    assert [why(picture) for picture in found.pictures] == ["file_too_large", None]
    with pytest.raises(Refused) as caught:
        found.content(found.pictures[0])
    assert caught.value.refusals[0].code == "file_too_large"
    assert tracemalloc.get_traced_memory()[1] < 5 * LARGEST_UPLOAD
    tracemalloc.stop()


def test_many_small_bombs_are_refused_as_a_whole() -> None:
    each = bytes(LARGEST_UPLOAD)
    count = archive.MOST_UNPACKED // LARGEST_UPLOAD + 1
    assert refused(zipped({f"{iccid(number)}.png": each for number in range(count)})) == "archive_too_large"


def test_a_zip_of_too_many_files_is_refused_before_its_directory_is_read() -> None:
    many = zipped({f"{number}.txt": b"" for number in range(MOST_CODES + 1)}, zipfile.ZIP_STORED)
    assert refused(many) == "archive_too_many"


@pytest.mark.parametrize("declared", [5, 50_000_000 % LARGEST_UPLOAD])
def test_an_entry_that_lies_about_its_size_is_refused(declared: int) -> None:
    content = bytearray(zipped({f"{FIRST}.png": PICTURE * 50}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", declared)
    found = open_archive(bytes(content))
    with pytest.raises(Refused) as caught:
        found.content(found.pictures[0])
    assert caught.value.refusals[0].code == "entry_damaged"


def test_a_damaged_entry_is_refused() -> None:
    content = bytearray(zipped({f"{FIRST}.png": PICTURE * 50}, zipfile.ZIP_STORED))
    content[content.index(PICTURE) + 20] ^= 0xFF
    found = open_archive(bytes(content))
    with pytest.raises(Refused) as caught:
        found.content(found.pictures[0])
    assert caught.value.refusals[0].code == "entry_damaged"


def test_an_encrypted_entry_a_nested_zip_and_an_odd_method_have_a_sentence_each() -> None:
    content = bytearray(zipped({f"{FIRST}.png": PICTURE}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert [why(picture) for picture in open_archive(bytes(content)).pictures] == ["entry_encrypted"]
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        found = pictures(zipped({f"{FIRST}.png": bytes(100)}, method))
        assert [why(picture) for picture in found.values()] == ["entry_packed_otherwise"]
    nested = pictures(zipped({"more.zip": zipped({f"{FIRST}.png": PICTURE}), f"{FIRST}.png": PICTURE}))
    assert [why(picture) for picture in nested.values()] == ["entry_is_archive", None]


@pytest.mark.parametrize("name", ["../{}.png", "a/../../{}.png", "/etc/{}.png", "C:\\{}.png", "..\\{}.png"])
def test_a_path_that_leads_out_is_refused_and_never_used(name: str) -> None:
    (found,) = open_archive(zipped({name.format(FIRST): PICTURE})).pictures
    assert why(found) == "entry_path_odd"


def test_names_with_control_characters_are_shown_without() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(zipfile.ZipInfo(f"\x1b[31m\u202e{FIRST}.png"), PICTURE)
    (found,) = open_archive(written.getvalue()).pictures
    assert found.name == f"\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}{FIRST}.png"
