"""Every time that a command prints says its time zone, in the text or in the heading of its column."""

import json
import re
from typing import Any

import pytest
from rich.table import Table

from models.orders.lifecycle import HoldReason
from sandbox.mails import file_name
from starter.cli.output import console
from starter.people.accounts import AccountDesk
from store.key_ring import KeyRing
from store.operations import holds
from store.session import Database
from tests.builders import OPERATOR, acknowledge, line, place, world
from tests.qr_world import hold, qr_world
from tests.starter.shell import Shell

TIME = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d(?::\d\d)?(?P<zone> UTC)?")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """All that is printed: the heading of its column, if it has one, and the text before it is wrapped."""
    texts: list[tuple[str, str]] = []

    def keep(what: Any, **_: Any) -> None:
        if isinstance(what, Table):
            for column in what.columns:
                texts.extend((str(column.header), str(cell)) for cell in column.cells)
        else:
            texts.append(("", str(what)))

    monkeypatch.setattr(console, "print", keep)
    return texts


@pytest.mark.parametrize("columns", [100, 200])
async def test_every_time_says_its_zone(
    database: Database, shell: Shell, printed: list[tuple[str, str]], columns: int
) -> None:
    keys = KeyRing.new_key()
    esims = [line(1), line(2, sim_type="esim"), line(3, sim_type="esim")]
    qr = await qr_world(database, *esims, keys=keys)
    order = await place(database, 1)
    await acknowledge(database, order)
    async with database.transaction() as connection:
        await holds.hold(connection, order.order_id, "waiting", HoldReason.NO_PROCESSING)
    requested = await qr.asked(2)
    await qr.upload_link(requested, 2)
    await hold(qr, requested, HoldReason.MAIL_REJECTED)
    code = await qr.take(3)
    await qr.download_link(await qr.notify(code.version.id, 3), code.version.id)
    await AccountDesk(database).create(OPERATOR, "Gone")
    await AccountDesk(database).close(OPERATOR, "Gone")
    mailbox = shell.folder / "mailbox"
    mailbox.mkdir()
    (mailbox / file_name(1)).write_bytes(b"To: a@b.example\r\nSubject: x\r\n\r\ntext\r\n")
    shell.more["ESIM_SECRET_KEYS"] = keys
    commands = ["order list", "order list --held", f"order show {order.order_id}", "qr list", "account list"]
    commands += ["mail list", "qr history S-2", "qr history S-3", "fleet show S-3"]
    for command in commands:
        printed.clear()
        shell.run(*command.split(), columns=columns)
        times = [(heading, found) for heading, text in printed for found in TIME.finditer(text)]
        assert times or (command, columns) == ("account list", 100), command
        for heading, found in times:
            assert found["zone"] or heading.endswith("(UTC)"), (command, heading, found.string)


@pytest.mark.parametrize("wrong", ["yesterday", "08:00", "2026-13-01", "0001-01-01T00:00+14:00"])
async def test_a_time_that_is_none_is_refused_with_an_example(
    database: Database, shell: Shell, wrong: str
) -> None:
    await world(database)
    for command in (
        ("webhook", "replay", "WH-1", "--from", wrong),
        ("webhook", "replay", "WH-1", "--from", "2026-01-01", "--to", wrong),
        ("api-key", "create", "shop", "--platform", "test", "--expires", wrong),
        ("audit", "--since", wrong),
        ("audit", "--until", wrong),
    ):
        said = shell.run(*command, code=2).err
        assert said.startswith("A time is like 2026-07-01 or 2026-07-01T12:00, in UTC"), command


async def test_a_time_is_in_utc_unless_it_has_an_offset(database: Database, shell: Shell) -> None:
    await world(database)
    shell.more["ESIM_SECRET_KEYS"] = KeyRing.new_key()
    for number, (typed, means) in enumerate(
        (
            ("2099-12-31", "2099-12-31T00:00:00Z"),
            ("2099-12-31T08:00", "2099-12-31T08:00:00Z"),
            ("2099-12-31T08:00+02:00", "2099-12-31T06:00:00Z"),
        )
    ):
        name = f"shop {number}"
        made = shell.run("api-key", "create", name, "--platform", "test", "--expires", typed, "--json").out
        assert json.loads(made)["expires_at"] == means
