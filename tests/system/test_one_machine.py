"""The whole product as its users have it: `esim-orders up`, commands in a shell, the `temporal` command."""

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models.identifiers import order_id
from sandbox.data_dir import Addresses
from sandbox.stage import running_sandbox
from sandbox.temporal_server import find_temporal
from tests.contract.backend import Backend
from tests.starter import shell as starter_shell
from tests.starter.forked import forked_sandbox

TOP = Path(__file__).parent.parent.parent
ACCOUNT = "Acme Logistics"
USER = "ana.ruiz@acme.example"
ICCIDS = iter(f"893310555000000{number:04d}" for number in range(1000, 9999))


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """What a long list has, one JSON object on each line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Shell:
    """A shell in which the sandbox is found by itself."""

    def __init__(self, folder: Path, addresses: Addresses, **variables: str) -> None:
        self.folder = folder
        self.addresses = addresses
        self.open_before = ("", "")
        """An order that the sandbox had before it was last started, and the order's line."""
        self._typed = starter_shell.Shell(folder, "", variables)

    async def esim(self, *arguments: str, typed: str = "") -> Answer:
        """The command's answer; one that reads what is `typed` runs as a process of its own."""
        run = partial(self._typed.process, typed=typed) if typed else self._typed.run
        said = await asyncio.to_thread(lambda: run(*arguments, code=None))
        assert "Traceback" not in said.err, said.err
        return Answer(said.code, said.out, said.err.strip())

    async def temporal(self, *arguments: str) -> Any:
        done = await asyncio.to_thread(
            subprocess.run,
            (str(find_temporal()), *arguments, "--address", self.addresses.temporal_address, "-o", "json"),
            capture_output=True,
            text=True,
            cwd=TOP,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None  # a signal has no answer

    async def with_a_fleet(self) -> None:
        for room in ("fleet", "catalogue"):
            done = await self.esim(room, "import", f"sandbox/{room}.csv", "--json")
            assert done.code == 0, done.err
        await self.esim("user", "create", "Ana Ruiz", USER, "--account", ACCOUNT)

    async def free_line(self, kind: str) -> dict[str, Any]:
        """A line of the fleet with this kind of SIM, an employee and groups, and no order yet."""
        lines = (await self.esim("fleet", "list", "--account", ACCOUNT, "--limit", "200", "--json")).lines
        used = {order["what"]["line_id"] for order in (await self.esim("order", "list", "--json")).lines}
        for line in lines:
            sim = line["sim"]
            fits = sim and sim["kind"] == kind and sim["employee"] and sim["groups"]
            if fits and line["id"] not in used and line["provider"] == "Orange":
                return dict(line)
        raise AssertionError(f"no line with a free {kind}")


@pytest.fixture(scope="module")
async def shell(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shell]:
    """In a sandbox that was stopped and started again after its first order."""
    folder = tmp_path_factory.mktemp("one machine")
    async with forked_sandbox(folder) as (_, addresses):
        shell = Shell(folder, addresses)
        await shell.with_a_fleet()
        shell.open_before = await an_acknowledged_order(shell)
    async with running_sandbox(folder) as (_, shell.addresses):
        yield shell


async def an_acknowledged_order(shell: Shell) -> tuple[str, str]:
    """The order, and its line."""
    number = (await shell.free_line("physical"))["msisdn"]
    arguments = ("order", "switch", number, "--user", USER, "--pack", "P-1", "--yes", "--json")
    order = (await shell.esim(*arguments)).json["order_id"]
    assert (await shell.esim("order", "acknowledge", order)).code == 0
    return order, number


@pytest.mark.covers("F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "W4", "W8")
async def test_a_line_is_switched_by_commands_alone(shell: Shell) -> None:
    before = await shell.free_line("physical")
    number, old = before["msisdn"], before["sim"]
    pack = (await shell.esim("order", "shop", number, "--user", USER, "--json")).json["packs"][0]

    command = ("order", "switch", number, "--user", USER, "--pack", pack["name"], "--key", "cart-1", "--json")
    declined = await shell.esim(*command, typed="n\n")
    assert declined.code == 2
    assert "irreversibly" in declined.err
    assert "nothing was done." in declined.err

    order = (await shell.esim(*command, typed="y\n")).json["order_id"]
    assert (await shell.esim(*command, "--yes")).json["order_id"] == order

    assert (await shell.esim("order", "acknowledge", order, "--json")).json["status"] == "provider_processing"
    now = (await shell.esim("fleet", "show", number, "--json")).json
    assert now["sim"] == old
    temporary = now["temporary"]
    assert (temporary["state"], temporary["kind"]) == ("temporary", "esim")
    assert (temporary["groups"], temporary["employee"]) == (old["groups"], old["employee"])
    assert "SIM-Temp" in (await shell.esim("fleet", "show", number)).out

    unknown = await shell.esim("order", "processed", order)
    assert (unknown.code, "ICCID is not known" in unknown.err) == (2, True)
    iccid = next(ICCIDS)
    assert (await shell.esim("order", "iccid", order, iccid, "--json")).json["iccid"] == iccid
    assert (await shell.esim("order", "processed", order, "--json")).json["status"] == "processed"

    after = (await shell.esim("fleet", "show", number, "--json")).json
    assert (after["sim"]["iccid"], after["sim"]["state"], after["temporary"]) == (iccid, "active", None)
    assert (after["sim"]["groups"], after["sim"]["employee"]) == (old["groups"], old["employee"])
    gone = (await shell.esim("fleet", "show", f"S-{old['id']}", "--json")).json
    assert (gone["state"], gone["groups"]) == ("discarded", [])

    watched = await shell.esim("order", "watch", order)
    assert watched.out.index("order.submitted") < watched.out.index("sim.discarded")
    mails = (await shell.esim("mail", "list", "--json")).json
    assert sum(order in mail["subject"] for mail in mails) >= 2
    history = json.dumps(await shell.temporal("workflow", "show", "--workflow-id", order))
    for secret in (number, number[1:], old["employee"], USER, f"@{socket.gethostname()}"):
        assert secret not in history


@pytest.mark.covers("F22", "F23", "F24", "F43", "F44", "F50", "F51")
async def test_an_esim_is_replaced_and_another_order_cancelled_by_commands(shell: Shell) -> None:
    line = await shell.free_line("esim")
    number = line["msisdn"]
    arguments = ("order", "replace", number, "--user", USER, "--pack", "P-1", "--yes", "--json")
    first = (await shell.esim(*arguments)).json["order_id"]
    await shell.esim("order", "acknowledge", first, "--iccid", next(ICCIDS))
    cancelled = await shell.esim("order", "cancel", first, "--reason", "wrong phone", "--yes", "--json")
    assert cancelled.json["status"] == "cancelled"
    assert (await shell.esim("fleet", "show", number, "--json")).json["sim"] == line["sim"]
    late = await shell.esim("order", "processed", first, "--iccid", next(ICCIDS))
    assert (late.code, late.err) == (2, "The order is cancelled already; that cannot be changed any more.")
    shown = (await shell.esim("order", "show", first, "--json")).json
    assert shown["cancel_reason"] == "wrong phone"
    assert "incident.processed_after_cancelled" in [event["type"] for event in shown["events"]]

    second = (await shell.esim(*arguments)).json["order_id"]
    iccid = next(ICCIDS)
    await shell.esim("order", "acknowledge", second)
    for _ in range(2):
        again = await shell.esim("order", "processed", second, "--iccid", iccid, "--json")
        assert again.json["iccid"] == iccid
    too_late = await shell.esim("order", "cancel", second, "--reason", "too late", "--yes")
    assert too_late.code == 2
    assert (await shell.esim("fleet", "show", number, "--json")).json["sim"]["iccid"] == iccid


@pytest.mark.covers("W4", "W6")
async def test_another_language_places_and_steers_with_nothing_but_json(shell: Shell, tmp_path: Path) -> None:
    line = await shell.free_line("physical")
    backend = Backend(shell, tmp_path, "EsimOrder")
    wish = {
        "order_id": order_id(1, "from another language"),
        "account_id": 1,
        "user_id": 1,
        "what": {
            "kind": "switch_to_esim",
            "line_id": line["id"],
            "pack_id": 1,
            "quantity": 1,
            "discard_confirmed": True,
        },
    }
    start = {"order": wish}  # the acceptance provides what operators read
    order = str(wish["order_id"])
    for _ in range(2):  # the same id is the same order
        placed = await backend.start(order, start, "place")
        assert (placed["status"], placed["refusals"]) == ("submitted", [])
    assert (await backend.state(order))["status"] == "submitted"
    await backend.signal(order, "retry", {"actor": "operator"})  # nothing is held: nothing happens
    iccid = next(ICCIDS)
    acknowledged = await backend.update(order, "acknowledge", {"actor": "operator"})
    assert acknowledged["status"] == "provider_processing"
    assert (await backend.update(order, "enter_iccid", {"iccid": iccid}))["iccid"] == iccid
    assert (await backend.update(order, "processed", {"actor": "operator"}))["status"] == "processed"
    after = (await shell.esim("fleet", "show", line["msisdn"], "--json")).json
    assert after["sim"]["iccid"] == iccid
    history = json.dumps(await shell.temporal("workflow", "show", "--workflow-id", order))
    person = line["sim"]["employee"]
    for secret in (line["msisdn"], line["msisdn"][1:], person, person.split()[0], USER, "Ana Ruiz"):
        assert secret not in history


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ("order", "switch", "+33600000000", "--user", USER, "--yes"),
            2,
            "There is no such line in the account.",
        ),
        (
            ("order", "switch", "L-1", "--user", "nobody@acme.example", "--yes"),
            2,
            "There is no such user",
        ),
        (("order", "switch", "L-1", "--user", USER, "--pack", "P-999", "--yes"), 2, "There is no such pack"),
        (("order", "show", "order-aaaaaaaaaaaaaaaa"), 2, "There is no order order-aaaaaaaaaaaaaaaa."),
        (("order", "show", "42"), 2, "An order's id is order- and 16 letters and digits."),
        (("order", "processed", "order-aaaaaaaaaaaaaaaa"), 2, "There is no order order-aaaaaaaaaaaaaaaa."),
        (("order", "iccid", "order-aaaaaaaaaaaaaaaa", "12"), 2, "An ICCID has 18 to 20 digits."),
        (("mail", "show", "99999"), 2, "There is no mail number 99999."),
    ],
)
async def test_bad_input_is_one_sentence(
    shell: Shell, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    answer = await shell.esim(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1


async def test_an_away_part_is_one_sentence(shell: Shell) -> None:
    elsewhere = {
        "ESIM_DATABASE_URL": shell.addresses.database_url,
        "ESIM_TEMPORAL_ADDRESS": "127.0.0.1:1",
    }
    unavailable = Shell(Path("nowhere"), shell.addresses, **elsewhere)
    read = await unavailable.esim("order", "list", "--json")
    assert read.code == 0
    assert read.lines
    steered = await unavailable.esim("order", "acknowledge", "order-aaaaaaaaaaaaaaaa")
    assert steered.code == 3
    assert steered.err == "The Temporal service does not answer; see ESIM_TEMPORAL_ADDRESS."


@pytest.mark.covers("W1", "W8")
async def test_a_second_up_finds_open_orders_as_they_were(shell: Shell) -> None:
    order, number = shell.open_before
    iccid = next(ICCIDS)
    done = await shell.esim("order", "processed", order, "--iccid", iccid, "--json")
    assert done.json["status"] == "processed"
    after = (await shell.esim("fleet", "show", number, "--json")).json
    assert after["sim"]["iccid"] == iccid


async def test_a_sandbox_without_a_clock_says_so(shell: Shell) -> None:
    for words in (("advance", "P1D"), ("show",)):
        said = await shell.esim("clock", *words)
        assert said.code == 2
        assert said.err.startswith("This is no sandbox with a clock: ")
    assert "clock" not in (await shell.esim("sandbox", "status")).out
    assert json.loads((shell.folder / "addresses.json").read_text())["database_url"]
