"""What `esim-orders qr list` and `qr history` tell: what is held, and who did what, at 80 columns too."""

import re
from pathlib import Path

import pytest

from models.errors import Refused
from models.orders.lifecycle import HoldReason
from models.people.callers import By
from store import events, mails
from store.codes import imports, request_steps
from store.key_ring import KeyRing
from store.mail_subjects import AboutNotification, AboutRequest
from store.session import Database
from tests.builders import ANA
from tests.qr_world import QrWorld, hold, qr_world
from tests.starter.shell import Shell

BOSS = "boss@acme.example"
COPY = "copy@acme.example"


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """Without Temporal."""
    more = {"ESIM_SECRET_KEYS": KeyRing.new_key(), "ESIM_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    return Shell(tmp_path, database_url, more)


@pytest.fixture
async def qr(database: Database, shell: Shell) -> QrWorld:
    return await qr_world(database, keys=shell.more["ESIM_SECRET_KEYS"])


async def sent(qr: QrWorld, about: AboutRequest | AboutNotification, template: str, recipient: str) -> None:
    record = mails.EmailRecord(template + recipient, about, template, recipient, "id@esim.example")
    async with qr.database.transaction() as connection:
        await mails.claim(connection, [record], 0)
        await mails.record(connection, about, [mails.Outcome(record, "sent")], 0)


async def test_what_is_held_is_found_without_knowing_its_sim(qr: QrWorld, shell: Shell) -> None:
    assert shell.run("order", "list", "--held").out == "No order is held.\n"
    assert "is held" in shell.run("qr", "list", "--held").out
    assert shell.run("qr", "list").out == "There are no requests.\n"
    request = await qr.asked()
    await qr.asked(2, key="b")
    await hold(qr, request, HoldReason.NO_QR_CODE)
    for columns in (80, 120):
        listed = shell.run("qr", "list", "--held", columns=columns).out
        assert max(map(len, listed.splitlines()[:5])) <= columns
        assert ("U-1" in listed) == (columns == 120), "narrow, the status keeps its words instead"
        for shown in (request, "S-1", "no_qr_code: The distributor does not send the QR code."):
            assert shown in listed
        assert "S-2" not in listed
    assert "1 request or notification of a QR code is held, too" in shell.run("order", "list", "--held").out
    assert len(shell.lines("qr", "list", "--open")) == 2
    assert shell.lines("order", "list", "--held") == []
    assert "There is no such account" in shell.run("qr", "list", "--account", "Else", code=2).err
    assert "import the code or withdraw the request" in shell.run("qr", "history", "S-1").out


async def test_the_history_says_who_was_mailed_and_folds_refused_tries(qr: QrWorld, shell: Shell) -> None:
    async with qr.database.transaction() as connection:
        letter = await request_steps.write_email_text(
            connection, qr.account_id, "The code", "Send it.", [COPY]
        )
    request = await qr.asked(email_text_id=letter)
    await sent(qr, AboutRequest(request, 1, 1), "contact_requested", f"contact:{qr.contacts[0]}")
    await sent(qr, AboutRequest(request, 1, 1), "copy_requested", "cc:1")
    for _ in range(3):
        async with qr.database.transaction() as connection:
            refused = Refused.because("file_unsafe")
            await imports.note_refused(connection, 1, By(f"contact:{qr.contacts[0]}"), refused)
    imported = await qr.take()
    told = await qr.notify(imported.version.id, to=BOSS)
    await qr.download_link(told, imported.version.id)
    await sent(qr, AboutNotification(told.id, 1, 1), "manager_notified", "manager")
    (link,) = (await qr.history()).notifications
    assert link.link_expires_at is not None
    async with qr.database.transaction() as connection:
        about = (told.id, "sim:1", "link:1")
        await events.append(connection, 1, about, "link:1", ("link.shown", {}))
    seen = shell.run("qr", "history", "S-1", columns=200).out
    for sentence in (
        "mailed the request to codes <codes@telvia.example>",
        f"mailed a copy of the request to {COPY}",
        "a code was refused: the file could do harm (3 times, last ",
        "gave version 1 of the code (PDF)",
        f"notifies {BOSS} of version 1",
        f"mailed the notification to {BOSS}",
        f"holder of the link sent to {BOSS}",
    ):
        assert sentence in seen
    for raw in ("file_unsafe", "how account", "link:1", "link id", "cc:1"):
        assert raw not in seen.partition("What happened")[2]
    narrow = shell.run("qr", "history", "S-1", columns=80).out
    assert max(map(len, narrow.splitlines())) <= 80
    assert f"{link.link_expires_at:%Y-%m-%d %H:%M}" in narrow


async def test_a_code_that_is_there_already_is_said(qr: QrWorld, shell: Shell) -> None:
    first = await qr.take()
    told = await qr.notify(first.version.id)
    await qr.download_link(told, first.version.id)
    previewed = shell.run("qr", "preview", "S-1", "--user", ANA)
    assert "S-1 has a QR code already (version 1)" in previewed.err
    typed = "LPA:1$smdp.example.com$ANOTHER-CODE-0001"
    said = shell.process("qr", "import", "S-1", "--code", "-", "--no-notify", typed=typed)
    assert "It replaces version 1; 1 link that showed it shows nothing any more." in said.out


async def test_the_phone_number_of_a_line_names_its_esim(qr: QrWorld, shell: Shell) -> None:
    del qr
    assert shell.json("qr", "preview", "+33639980001", "--user", ANA)["sim_id"] == 1
    assert len(shell.lines("fleet", "list", "--kind", "esim")) == 2
    assert shell.lines("fleet", "list", "--kind", "physical") == []


async def test_lines_without_a_code_are_listed(qr: QrWorld, shell: Shell) -> None:
    await qr.take()
    assert [line["sim"]["id"] for line in shell.lines("fleet", "list", "--without-code")] == [2]


async def test_what_is_over_already_is_said_so(qr: QrWorld, shell: Shell) -> None:
    told = await qr.notify((await qr.take()).version.id)
    assert shell.run("qr", "revoke", told.id).out == f"{told.id}: revoked\n"
    assert shell.run("qr", "revoke", told.id).out == f"{told.id}: revoked already\n"


async def test_the_next_step_is_named_after_a_refusal(qr: QrWorld, shell: Shell) -> None:
    request = await qr.asked()
    asked = shell.process("qr", "request", "S-1", "--user", ANA, "--yes", code=2).err.splitlines()
    assert request in asked[0]
    assert "--again" in asked[1]
    adding = ("contact", "add", "X", "x@x.example", "--distributor", "Nobody")
    assert shell.run(*adding, code=2).err.endswith("The account's distributors: Telvia.\n")


def test_a_path_does_nothing_to_the_terminal(shell: Shell) -> None:
    said = shell.run("qr", "import", "S-1", "\x1b[31mred\u202e.png", code=2).err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "is not there." in said


@pytest.mark.covers("S4")
async def test_one_link_is_revoked_as_the_history_names_it(qr: QrWorld, shell: Shell) -> None:
    await qr.upload_link(await qr.asked())
    assert re.search(r"link:1 .* codes .* open", shell.run("qr", "history", "S-1").out)
    assert shell.run("qr", "revoke", "link:1").out.strip() == "link:1: revoked"
    told = shell.run("qr", "history", "S-1").out
    assert re.search(r"link:1 .* codes .* revoked", told)
    assert "link:1 was revoked" in told
    assert "by link" not in told
    for wrong, sentence in (("link:99", "There is no link link:99."), ("link:x", "named as in link:7")):
        assert sentence in shell.run("qr", "revoke", wrong, code=2).err
