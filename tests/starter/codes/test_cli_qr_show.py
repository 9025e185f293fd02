"""`esim-orders qr show`: where a code may be put, and that it scans there."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from starter.cli.codes.pictures import Format, parse_format
from store.session import Database
from tests.starter.codes.qr_shell import BY_ANA, CODE, a_qr_shell, esims, picture, read
from tests.starter.shell import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


_UPPER = {" ": False, "▀": True, "▄": False, "█": True}
_LOWER = {" ": False, "▀": False, "▄": True, "█": True}


def drawn(seen: str) -> bytes:
    """A photograph of the half blocks in a terminal."""
    rows: list[list[bool]] = []
    for blocks in re.findall("\x1b\\[38;5;16;48;5;231m([ ▀▄█]+)\x1b\\[0m", seen):
        rows += [[_UPPER[block] for block in blocks], [_LOWER[block] for block in blocks]]
    photo = Image.new("L", (len(rows[0]), len(rows)), 255)
    for y, row in enumerate(rows):
        for x, black in enumerate(row):
            photo.putpixel((x, y), 0 if black else 255)
    written = io.BytesIO()
    photo.resize((photo.width * 6, photo.height * 6), Image.Resampling.NEAREST).save(written, "PNG")
    return written.getvalue()


@pytest.mark.covers("F36")
async def test_a_terminal_shows_a_code_that_scans(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.process("qr", "import", "S-1", "--code", "-", *BY_ANA, typed=CODE)
    seen = shell.terminal("qr", "show", "S-1", *BY_ANA, answers=())
    assert "S-1, version 1 of its QR code" in seen
    assert read(drawn(seen)) == [CODE]
    narrow = shell.terminal("qr", "show", "S-1", answers=(), columns=30, code=2)
    assert "columns; widen the terminal" in narrow
    assert "█" not in narrow


async def test_a_code_is_put_nowhere_unasked(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.process("qr", "import", "S-1", "--code", "-", *BY_ANA, typed=CODE)
    facts = shell.run("qr", "show", "S-1", "--json").out
    assert "smdp" not in facts
    assert "AAAA" not in facts
    folder = shell.folder / "folder.png"
    folder.mkdir()
    for arguments, sentence in (
        ((), "the code is drawn only at a terminal."),
        (("-o", str(shell.folder / "code")), "Name the file .png or .svg"),
        (("-o", str(shell.folder / "code.png"), "--format", "gif"), "Name the file .png or .svg"),
        (("-o", str(shell.folder / "no" / "code.png")), "cannot be written."),
        (("-o", str(folder)), "no file that could be replaced."),
        (("-o", "/dev/null", "--format", "png"), "no file that could be replaced."),
        (("--user", "nobody"), "drawn only at a terminal."),
        (("-o", str(shell.folder / "code.png"), "--user", "nobody"), "There is no such user"),
    ):
        said = shell.run("qr", "show", "S-1", *arguments, code=2)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1
    assert not list(shell.folder.glob("*code*"))


async def test_a_picture_is_piped_and_overwrites_nothing_unasked(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.process("qr", "import", "S-1", "--code", "-", *BY_ANA, typed=CODE)
    assert parse_format(Path("-"), None) is Format.PNG, "a pipe gets a picture that everything can show"
    piped = shell.process("qr", "show", "S-1", "-o", "-", "--format", "svg")
    assert piped.out.startswith("<svg")
    assert "S-1, version 1" in piped.err
    assert "piped somewhere" in shell.terminal(
        "qr", "show", "S-1", "-o", "-", "--format", "png", answers=(), code=2
    )
    assert "not both" in shell.run("qr", "show", "S-1", "-o", "-", "--format", "png", "--json", code=2).err
    kept = shell.folder / "kept.png"
    kept.write_text("mine")
    refused = shell.run("qr", "show", "S-1", "-o", str(kept), code=2)
    assert "is there already; --force overwrites it." in refused.err
    assert kept.read_text() == "mine"
    shell.run("qr", "show", "S-1", "-o", str(kept), "--force")
    assert read(kept.read_bytes()) == [CODE]
    assert [event["type"] for event in shell.json("qr", "history", "S-1")["events"]].count("qr.shown") == 2


@pytest.mark.covers("S9")
async def test_a_server_in_punycode_is_shown_as_both(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.run("qr", "import", "S-1", picture(shell, "LPA:1$xn--bcher-kva.example$AAAA-1111"), "--no-notify")
    shown = shell.run("qr", "show", "S-1", "-o", str(shell.folder / "shown.png"))
    assert "xn--bcher-kva.example (bücher.example)" in shown.err
