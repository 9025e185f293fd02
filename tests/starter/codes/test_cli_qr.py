"""`esim-orders qr ...`, as a shell runs it: all that needs no Temporal."""

import io
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from qrcode.main import make

from starter.cli.codes.pictures import Format, parse_format
from starter.people.accounts import AccountDesk
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ANA, OPERATOR, DataDesks, line, run, world
from tests.starter.shell import ROOT, Shell

CODE = "LPA:1$smdp.example.com$AAAA-BBBB-CCCC-DDDD"
OTHER = "LPA:1$smdp.example.com$EEEE-FFFF-0000-1111"
EVIL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
BY_ANA = ("--user", ANA)
_UPPER = {" ": False, "▀": True, "▄": False, "█": True}
_LOWER = {" ": False, "▀": False, "▄": True, "█": True}


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """With keys for codes, and without Temporal."""
    more = {"ESIM_SECRET_KEYS": KeyRing.new_key(), "ESIM_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    return Shell(tmp_path, database_url, more)


async def esims(database: Database, count: int = 1) -> DataDesks:
    """eSIMs S-1 and on of a distributor whose contact C-1 may be asked for their codes."""
    desks = await world(database, *(line(number, sim_type="esim") for number in range(1, count + 1)))
    await desks.contacts.edit_contact(OPERATOR, None, "C-1", add_roles=["esim_qr_code"])
    return desks


def picture(shell: Shell, code: str = CODE, name: str = "code.png") -> str:
    """A file with the code, as a provider's portal makes it."""
    file = shell.folder / name
    with file.open("wb") as opened:
        make(code).save(opened)
    return str(file)


def read(picture: bytes) -> list[str]:
    """What a phone reads from a picture."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]


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


@pytest.mark.covers("F27", "F30")
async def test_the_mail_is_shown_before_it_is_sent(database: Database, shell: Shell) -> None:
    await esims(database)
    seen = shell.terminal("qr", "draft", "S-1", *BY_ANA, answers=())
    assert max(map(len, seen.splitlines())) <= 80
    said = shell.run("qr", "draft", "S-1", *BY_ANA).out
    assert "C-1  Orders <orders@telvia.example>" in said
    as_json = shell.json("qr", "draft", "S-1", *BY_ANA)
    assert [person["id"] for person in as_json["recipients"]] == [1]
    assert as_json["subject"] in said


@pytest.mark.covers("F25", "F26")
async def test_a_draft_tells_every_reason_why_not(database: Database, shell: Shell) -> None:
    await world(database)
    said = shell.run("qr", "draft", "S-1", *BY_ANA, code=2)
    assert [line[:10] for line in said.err.splitlines()] == [
        "Only an eS",
        "No contact",
        "To add one",
    ]


@pytest.mark.covers("F27", "F28", "F29", "F30", "F56")
async def test_the_mail_is_confirmed_at_a_terminal(database: Database, shell: Shell) -> None:
    await esims(database)
    letter = shell.folder / "letter.txt"
    letter.write_text("Dear Telvia,\n\nplease send it.\n", encoding="utf-8-sig")
    asked = ("qr", "request", "S-1", *BY_ANA, "--text-file", str(letter), "--cc", "boss@acme.example")
    seen = shell.terminal(*asked, "--subject", "Our code", answers=("n",), code=2)
    for shown in ("Orders <orders@telvia.example>", "boss@acme.example", "Our code", "please send it."):
        assert shown in seen
    assert "nothing was done." in seen
    assert "this is no letter" not in seen
    assert shell.json("qr", "history", "S-1")["requests"] == []


@pytest.mark.covers("F28", "F29", "F56")
async def test_a_request_is_refused_before_anybody_is_asked(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.run("contact", "add", "Lea", "lea@telvia.example", "--distributor", "Telvia")
    long = shell.folder / "long.txt"
    long.write_text("a" * 10_001)
    latin = shell.folder / "latin.txt"
    latin.write_bytes("é".encode("latin-1"))
    for arguments, sentence in (
        (("--to", "C-2"), "Only contacts with the role 'eSIM QR Code' can be chosen: C-1."),
        (("--cc", "nobody"), "This is not an e-mail address."),
        (("--cc", "a@b.example\nBcc: c@d.example"), "This is not an e-mail address."),
        (("--subject", "a\nBcc: c@d.example"), "The subject has to be a single line."),
        (("--text-file", "/dev/null"), "The text is empty."),
        (("--text-file", "/dev/zero"), "The text is empty."),
        (("--text-file", str(long)), "The text has more than"),
        (("--text-file", str(shell.folder)), "is a folder."),
        (("--text-file", str(latin)), "The text is not UTF-8."),
        (("--text-file", "-"), "nothing can be confirmed there: add --yes."),
    ):
        said = shell.run("qr", "request", "S-1", *BY_ANA, *arguments, code=2)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1
        assert said.out == ""
    unanswered = shell.process("qr", "request", "S-1", *BY_ANA, code=2)
    assert unanswered.err == "There is no terminal to confirm at: add --yes.\n"
    assert shell.json("qr", "history", "S-1")["requests"] == []


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
    assert "nothing is new" in shell.run("qr", "import", "S-1", picture(shell), *BY_ANA, "--no-notify").out
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
        (web, "The QR code holds something else than an activation code"),
        (picture(shell, OTHER, "other.png"), "another SIM"),
        (str(ROOT / "README.md"), "Only PNG, JPG, SVG, TIFF and PDF files"),
        (str(shell.folder / "nowhere.png"), "is not there."),
        (str(shell.folder), "is a folder."),
    ):
        said = shell.run("qr", "import", "S-1", file, *BY_ANA, code=2)
        assert sentence in said.err
        assert len(said.err.splitlines()) == 1
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
    assert "Tell whom by e-mail?" in seen
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


async def test_what_needs_temporal_says_so_and_what_was_done_stays(database: Database, shell: Shell) -> None:
    await esims(database)
    said = shell.process(
        "qr",
        "import",
        "S-1",
        "--code",
        "-",
        *BY_ANA,
        "--notify",
        "boss@acme.example",
        "--json",
        typed=CODE,
        code=3,
    )
    assert '"notification": null' in said.out
    assert "Temporal" in said.err
    assert shell.json("qr", "history", "S-1")["versions"][0]["number"] == 1
    asked = ("qr", "request", "S-1", *BY_ANA, "--yes")
    assert "Temporal" in shell.process(*asked, code=3).err


@pytest.mark.covers("F37", "F65")
async def test_a_notification_goes_to_the_manager_unless_another_address_is_named(
    database: Database, shell: Shell
) -> None:
    await esims(database, 3)
    for number in (1, 2, 3):
        code = CODE.replace("AAAA", f"AAA{number}")
        by = () if number == 3 else BY_ANA
        shell.process("qr", "import", f"S-{number}", "--code", "-", *by, "--no-notify", typed=code)
    nobody = shell.run("qr", "notify", "S-3", code=2).err
    assert "the account has no contact address; name whom to notify." in nobody
    shell.run("qr", "notify", "S-1", code=3)  # without Temporal it is written down, and not sent
    await AccountDesk(database).set_contact(OPERATOR, None, "office@acme.example")
    shell.run("qr", "notify", "S-2", code=3)
    shell.run("qr", "notify", "S-3", code=3)
    shell.run("qr", "notify", "S-3", "--to", "boss@acme.example", code=3)
    rows = await run(database, "SELECT sim_id, address FROM qr_notifications ORDER BY created_at")
    assert [tuple(row) for row in rows] == [
        (1, ANA),
        (2, "office@acme.example"),
        (3, "office@acme.example"),
        (3, "boss@acme.example"),
    ]


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
    old, new = shell.more["ESIM_SECRET_KEYS"], shell.run("keys", "new").out.strip()
    assert new != old
    shell.more["ESIM_SECRET_KEYS"] = f"{new},{old}"
    assert "Everything is encrypted with the first key." in shell.run("keys", "reencrypt").out
    shell.more["ESIM_SECRET_KEYS"] = new
    assert shell.json("keys", "reencrypt") == {"reencrypted": 0}
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


@pytest.mark.covers("S9")
async def test_a_server_in_punycode_is_shown_as_both(database: Database, shell: Shell) -> None:
    await esims(database)
    shell.run("qr", "import", "S-1", picture(shell, "LPA:1$xn--bcher-kva.example$AAAA-1111"), "--no-notify")
    shown = shell.run("qr", "show", "S-1", "-o", str(shell.folder / "shown.png"))
    assert "xn--bcher-kva.example (bücher.example)" in shown.err
