"""`esim-orders qr ...`, as a shell runs it: all that needs no Temporal."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from store.session import Database
from tests.starter.codes.qr_shell import BY_ANA, CODE, OTHER, a_qr_shell, esims, picture, read
from tests.starter.shell import ROOT, Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


EVIL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.mark.covers("F32", "F33", "F34", "F35", "F36", "F59")
async def test_from_a_picture_to_a_picture(database: Database, shell: Shell) -> None:
    await esims(database)
    empty = shell.run("fleet", "show", "S-1", columns=80).out
    assert "none yet" in empty
    assert "esim-orders qr import S-1 FILE" in empty
    assert "PNG, JPG/JPEG, SVG, TIFF or PDF" in empty
    said = shell.process("qr", "import", "S-1", picture(shell), *BY_ANA)
    assert "S-1 has its QR code: version 1, from a PNG file." in said.out
    assert "esim-orders qr notify S-1 --to" in said.out
    assert (
        "nothing is changed" in shell.run("qr", "import", "S-1", picture(shell), *BY_ANA, "--no-notify").out
    )
    for name, more in (("a.png", ()), ("b.bin", ("--format", "png")), ("a.png", BY_ANA)):
        file = shell.folder / name
        shell.run("qr", "show", "S-1", "-o", str(file), "--force", *more)
        assert read(file.read_bytes()) == [CODE]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    drawing = shell.folder / "a.svg"
    assert "The QR code is in" in shell.run("qr", "show", "S-1", "-o", str(drawing)).out
    assert drawing.read_text().startswith("<svg")
    filled = shell.run("fleet", "show", "S-1", columns=80).out
    for shown in ("1, from a PNG file", "by Ana", "esim-orders qr show S-1"):
        assert shown in filled
    assert [file.name for file in shell.folder.iterdir() if file.name.startswith(".")] == []


@pytest.mark.covers("F34", "F57", "F58", "F59", "F62")
async def test_a_refused_file_is_one_sentence_and_the_version_before_stays(
    database: Database, shell: Shell
) -> None:
    await esims(database, 2)
    shell.run("qr", "import", "S-1", picture(shell), *BY_ANA, "--no-notify")
    shell.run("qr", "import", "S-2", picture(shell, OTHER), *BY_ANA, "--no-notify")
    evil = shell.folder / "evil.svg"
    evil.write_text(EVIL)
    web = picture(shell, "https://evil.example", "web.png")
    for file, sentence in (
        (str(evil), "The SVG file holds scripts"),
        (web, "This is a web address, not an activation code"),
        (picture(shell, OTHER, "other.png"), "another SIM"),
        (str(ROOT / "README.md"), "Only PNG, JPG, SVG, TIFF and PDF files"),
        (str(shell.folder / "nowhere.png"), "is not there."),
        (str(shell.folder), "is a folder."),
    ):
        said = shell.run("qr", "import", "S-1", file, *BY_ANA, code=2)
        assert sentence in said.err
        as_text = "esim-orders qr import SIM --code -" in said.err
        assert as_text == ("PNG, JPG" in sentence)
        assert len(said.err.splitlines()) == 1 + as_text
        assert said.out == ""
    out = shell.folder / "kept.png"
    shell.run("qr", "show", "S-1", "-o", str(out))
    assert read(out.read_bytes()) == [CODE]
    history = shell.json("qr", "history", "S-1")
    assert [(version["number"], version["current"]) for version in history["versions"]] == [(1, True)]
    assert "qr.import_refused" in {event["type"] for event in history["events"]}


@pytest.mark.covers("F59", "F62")
async def test_a_code_is_typed_in_and_the_versions_are_kept(database: Database, shell: Shell) -> None:
    await esims(database)
    typed = ("qr", "import", "S-1", "--code", "-", *BY_ANA)
    said = shell.process(*typed, "--no-notify", typed=f"  {CODE}\n")
    assert "version 1, typed in." in said.out
    seen = shell.terminal(*typed, answers=(OTHER, "-"))
    assert "version 2, typed in." in seen
    assert "Notify whom by e-mail?" in seen
    assert "smdp" not in said.out + said.err + seen
    for arguments, sentence in (
        (("--code", CODE), "A code is never an argument"),
        ((), "Name a FILE with the QR code"),
        (("--code", "-", picture(shell)), "Name a FILE with the QR code"),
        (("--code", "-", "--notify", "a@b.example", "--no-notify"), "not both."),
        (("--code", "-"), "it does not have the form"),
    ):
        refused = shell.process("qr", "import", "S-1", *BY_ANA, *arguments, typed="LPA:2$x", code=2)
        assert sentence in refused.err
        assert "smdp" not in refused.err
    for columns in (80, 120):
        listed = shell.process("qr", "history", "S-1", columns=columns).out
        assert max(map(len, listed.splitlines())) <= columns
        assert "typed in" in listed
        assert "Ana" in listed
        assert "smdp" not in listed
    versions = shell.json("qr", "history", "S-1")["versions"]
    assert [(version["number"], version["current"]) for version in versions] == [(2, True), (1, False)]


async def test_ids_and_keys_that_are_none(database: Database, shell: Shell) -> None:
    await esims(database)
    assert (
        "nothing" in shell.run("qr", "history", "S-1").out or "never" in shell.run("qr", "history", "S-1").out
    )
    for arguments, sentence in (
        (("withdraw", "order-aaaaaaaaaaaaaaaa"), "A request's id is qr-request- and 16"),
        (("retry", "qr-request-a"), "A request's id is qr-request- and 16"),
        (("revoke", "x"), "A notification's id is qr-notification- and 16"),
        (("revoke", "qr-notification-aaaaaaaaaaaaaaaa"), "There is no notification"),
        (("show", "S-9", "--json"), "There is no such SIM"),
        (("show", "S-1", "--json"), "no QR code"),
        (("history", "S-9"), "There is no such SIM"),
        (("notify", "S-1", "--to", "nobody"), "This is not an e-mail address."),
        (("notify", "S-1", "--to", "a@b.example"), "no QR code"),
    ):
        said = shell.run("qr", *arguments, code=2)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1


async def test_keys_are_made_and_changed(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.process("qr", "import", "S-1", "--code", "-", *BY_ANA, typed=CODE)
    shell.run("api-key", "create", "Operations", "--platform", "live")
    old, new = shell.more["ESIM_SECRET_KEYS"], shell.run("keys", "new").out.strip()
    assert new != old
    shell.more["ESIM_SECRET_KEYS"] = f"{new},{old}"
    reencrypted = shell.run("keys", "reencrypt").out
    assert "Everything is encrypted with the first key." in reencrypted
    assert "older key until they are used: 1 (K-1); keep it." in " ".join(reencrypted.split())
    shell.more["ESIM_SECRET_KEYS"] = new
    assert shell.json("keys", "reencrypt") == {"reencrypted": 0, "api_keys": ["K-1"]}
    file = shell.folder / "a.png"
    shell.run("qr", "show", "S-1", "-o", str(file))
    assert read(file.read_bytes()) == [CODE]
    shell.more["ESIM_SECRET_KEYS"] = old
    again = ("qr", "show", "S-1", "--force", "-o", str(file))
    assert "add it to ESIM_SECRET_KEYS" in shell.run(*again, code=2).err
    shell.more["ESIM_SECRET_KEYS"] = ""
    assert "set ESIM_SECRET_KEYS" in shell.run(*again, code=2).err
    assert read(file.read_bytes()) == [CODE]


def test_help_loads_nothing_that_draws_reads_or_serves() -> None:
    heavy = ("PIL", "zxingcpp", "qrcode", "fastapi", "pypdfium2", "resvg_py", "jinja2", "cryptography")
    script = (
        "import sys\nfrom starter.cli import commands\nsys.argv = ['esim-orders', '--help']\ncommands.run()\n"
        f"loaded = [name for name in {heavy} if name in sys.modules]\nassert not loaded, loaded"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
