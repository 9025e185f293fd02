"""`esim-orders qr preview`, `request` and `notify`, as a shell runs them: all that needs no Temporal."""

from pathlib import Path

import pytest

from starter.people.accounts import AccountDesk
from store.session import Database
from tests.builders import ANA, OPERATOR, run, world
from tests.starter.codes.qr_shell import BY_ANA, CODE, a_qr_shell, esims
from tests.starter.shell import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


@pytest.mark.covers("F27", "F30")
async def test_the_mail_is_shown_before_it_is_sent(database: Database, shell: Shell) -> None:
    await esims(database)
    seen = shell.terminal("qr", "preview", "S-1", *BY_ANA, answers=())
    assert max(map(len, seen.splitlines())) <= 80
    said = shell.run("qr", "preview", "S-1", *BY_ANA).out
    assert "C-1  Orders <orders@telvia.example>" in said
    as_json = shell.json("qr", "preview", "S-1", *BY_ANA)
    assert [person["id"] for person in as_json["recipients"]] == [1]
    assert as_json["subject"] in said


@pytest.mark.covers("F25", "F26")
async def test_a_preview_says_every_reason_why_not(database: Database, shell: Shell) -> None:
    await world(database)
    said = shell.run("qr", "preview", "S-1", *BY_ANA, code=2)
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
