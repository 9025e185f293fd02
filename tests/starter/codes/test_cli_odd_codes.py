"""Codes as people have them, given by commands: a link, a mail, a file with an odd name (R1 to R7)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from qrcode.main import make

from models.codes.activation import parse_activation_code
from qr.draw import svg
from store.session import Database
from tests.qr.drawings import PUBLIC_TYPE, around
from tests.starter.codes.qr_shell import BY_ANA, CODE, a_qr_shell, esims, read
from tests.starter.shell import Shell

LINK = f"https://esimsetup.apple.com/esim_qrcode_provisioning?carddata={quote(CODE, safe='')}"
MAIL = "Adresse SM-DP+ : smdp.example.com\r\nCode d\u2019activation : AAAA-BBBB-CCCC-DDDD\r\n"
TYPED = ("qr", "import", "S-1", *BY_ANA, "--code", "-", "--no-notify")


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


def encoded(kind: str, text: str = CODE) -> bytes:
    written = BytesIO()
    make(text).get_image().convert("RGB").save(written, kind)
    return written.getvalue()


def shown(shell: Shell) -> list[str]:
    out = shell.folder / "out.png"
    shell.run("qr", "show", "S-1", "-o", str(out), "--force")
    return read(out.read_bytes())


def _with_its_type(drawing: str) -> bytes:
    return f"<!DOCTYPE {PUBLIC_TYPE}>{drawing}".encode()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "an install link": ("code.png", lambda: encoded("PNG", LINK)),
    "saved by Windows": ("code.jfif", lambda: encoded("JPEG")),
    "another JPEG": ("code.jpe", lambda: encoded("JPEG")),
    "a short name of a TIFF": ("code.tif", lambda: encoded("TIFF")),
    "a PDF behind a line end": ("code.pdf", lambda: b"\r\n" + encoded("PDF")),
    "an SVG with a document type": (
        "code.svg",
        lambda: _with_its_type(svg(parse_activation_code(CODE))),
    ),
    "an SVG around a JPEG": ("code.svg", lambda: around(encoded("JPEG"), "jpeg").encode()),
}


@pytest.mark.covers("R1", "R6", "R7")
async def test_each_file_gives_its_code(database: Database, shell: Shell) -> None:
    await esims(database)
    for title, (name, content) in FILES.items():
        file = shell.folder / name
        file.write_bytes(content())
        said = shell.run("qr", "import", "S-1", *BY_ANA, str(file), "--no-notify")
        assert "S-1 has" in said.out, title
        assert shown(shell) == [CODE], title


@pytest.mark.covers("R1", "R2", "R3")
@pytest.mark.parametrize(
    "text", [f"{LINK}\n", f"\ufeff{CODE}\r\n", quote(CODE), MAIL], ids=["link", "mark", "encoded", "mail"]
)
async def test_each_text_gives_its_code(database: Database, shell: Shell, text: str) -> None:
    await esims(database)
    assert "version 1, typed in." in shell.process(*TYPED, typed=text).out
    assert shown(shell) == [CODE]


@pytest.mark.covers("R3", "R8")
async def test_the_last_line_is_the_confirmation_code_whatever_the_code_is(
    database: Database, shell: Shell
) -> None:
    await esims(database)
    shell.process(*TYPED, "--confirmation-code", typed=f"{MAIL}4711\n")
    out = str(shell.folder / "out.png")
    assert "enter: 4711" in shell.run("qr", "show", "S-1", "-o", out).out
    assert shown(shell) == [CODE]


@pytest.mark.covers("R4", "R5")
async def test_it_is_said_what_it_is_instead_and_what_is_odd(database: Database, shell: Shell) -> None:
    await esims(database)
    refused = shell.process(*TYPED, typed="8933011122233344455\n", code=2)
    assert "This is an ICCID, the number of the SIM" in refused.err
    assert "8933" not in refused.err
    file = shell.folder / "help.png"
    file.write_bytes(encoded("PNG", "https://provider.example/help"))
    arguments = ("qr", "import", "S-1", *BY_ANA, str(file), "--no-notify")
    assert "This is a web address" in shell.run(*arguments, code=2).err
    french = shell.run("--language", "fr", *arguments, code=2).err
    assert "C\u2019est une adresse web" in french
    small = shell.process(*TYPED, typed=CODE.replace("AAAA", "aaaa"))
    assert "has small letters" in small.out + small.err
