"""QR codes as users have them: `esim-orders up`, commands in a shell, the pages over HTTP; and no leak."""

import re
import stat
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from models.codes.activation import ActivationCode, parse_activation_code
from models.identifiers import qr_request_id
from qr.draw import png
from qr.intake import read_upload
from sandbox.demo.qr_code import pdf_with
from tests.contract.backend import Backend
from tests.starter.forked import forked_sandbox
from tests.system.test_one_machine import ACCOUNT, USER, Shell
from tests.temporal_server import eventually, readable

CONTACT = "sentinel.contact@distributor.example"
COPY = "sentinel.copy@acme.example"
MANAGER = "sentinel.manager@acme.example"
TEXT = "The sentinel of Monaco needs this code by Friday."
MATCHING_ID = "SENTINEL-77AF-{number}-QX"
EVIL = b'<svg xmlns="http://www.w3.org/2000/svg"><script href="file:///etc/passwd"/></svg>'


def a_code(number: int) -> ActivationCode:
    return parse_activation_code("LPA:1$smdp.example.com$" + MATCHING_ID.format(number=number))


@pytest.fixture(scope="module")
async def shell(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shell]:
    folder = tmp_path_factory.mktemp("QR codes")
    async with forked_sandbox(folder) as (_, addresses):
        shell = Shell(folder, addresses)
        await shell.with_a_fleet()
        yield shell


@pytest.mark.covers("F32", "F33", "F36", "F42", "F58", "F59", "W4", "W6")
async def test_a_code_is_asked_for_received_and_shown_by_commands_and_pages_alone(
    shell: Shell, tmp_path: Path
) -> None:
    line = await shell.free_line("esim")
    sim = f"S-{line['sim']['id']}"
    seen = (await shell.esim("fleet", "show", sim)).out
    assert "QR code" in seen
    assert "PDF" in seen, "it says how to import one"
    added = await shell.esim(
        *("contact", "add", "Sentinella", CONTACT, "--account", ACCOUNT),
        *("--distributor", line["sim"]["distributor"], "--json"),
    )
    contact = f"C-{added.json['id']}"
    edited = await shell.esim(
        "contact", "edit", contact, "--account", ACCOUNT, "--role", "esim_qr_code", "--json"
    )
    assert edited.json["roles"] == ["esim_qr_code"]

    asked = ("qr", "request", sim, "--user", USER, "--to", contact, "--cc", COPY)
    made = await shell.esim(*asked, "--text-file", "-", "--yes", typed=TEXT)
    assert made.code == 0, made.err
    assert "The request has been made." in made.out
    second = await shell.esim(*asked, "--yes")
    assert second.code == 2
    assert "qr-request-" in second.err, "it names the one that is open"
    link = await link_to(shell, CONTACT, "u")
    async with httpx.AsyncClient(timeout=30) as browser:
        files = {"file": ("letter.pdf", pdf_with(a_code(1)), "application/pdf")}
        preview = (await browser.post(f"{link}/check", files=files)).text
        found = re.search(r'name="upload_id" value="([^"]+)"', preview)
        assert found is not None
        done = await browser.post(f"{link}/send", data={"upload_id": found[1]})
        assert USER in done.text
        assert (await browser.post(f"{link}/notify")).status_code == 200
        shown = await link_to(shell, USER, "q")
        picture = (await browser.post(f"{shown}/png")).content
        assert (await read_upload(picture, "a.png")).code == a_code(1)
        hostile = await browser.get(f"{link}/no/such/page")
        assert hostile.status_code == 404

    await refused_files_change_nothing(shell, sim, tmp_path)
    await the_picture_is_the_code(shell, sim, tmp_path, a_code(1))
    (tmp_path / "second.png").write_bytes(png(a_code(2)))
    second_version = await shell.esim(
        "qr", "import", sim, str(tmp_path / "second.png"), "--user", USER, "--notify", MANAGER
    )
    assert second_version.code == 0, second_version.err
    await link_to(shell, MANAGER, "q")
    history = (await shell.esim("qr", "history", sim, "--json")).json
    assert [(it["number"], it["current"]) for it in history["versions"]] == [(2, True), (1, False)]
    await nothing_leaks(shell)


async def refused_files_change_nothing(shell: Shell, sim: str, folder: Path) -> None:
    (folder / "evil.svg").write_bytes(EVIL)
    (folder / "code.pdf").write_bytes(png(a_code(9)))
    for name in ("evil.svg", "code.pdf"):
        refused = await shell.esim("qr", "import", sim, str(folder / name))
        assert refused.code == 2
        assert refused.err.count("\n") == 0, "one sentence"
        assert refused.err.endswith(".")


async def the_picture_is_the_code(shell: Shell, sim: str, folder: Path, code: ActivationCode) -> None:
    target = folder / "a.png"
    assert (await shell.esim("qr", "show", sim, "-o", str(target))).code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (await read_upload(target.read_bytes(), "a.png")).code == code


async def link_to(shell: Shell, address: str, kind: str) -> str:
    """The link in the newest mail to this address."""

    async def look() -> str | None:
        mails = [it for it in (await shell.esim("mail", "list", "--json")).json if address in it["to"]]
        if not mails:
            return None
        text: str = (await shell.esim("mail", "show", str(mails[-1]["number"]), "--json")).json["text"]
        found = re.search(rf"{re.escape(shell.addresses.portal_url)}/{kind}/[\w-]+", text)
        return found[0] if found else None

    link = await eventually(look, bool)
    assert link is not None
    return link


async def nothing_leaks(shell: Shell) -> None:
    """Neither a log of the sandbox nor a history knows a code, an address, a text or a link's secret."""
    folder = shell.folder
    logs = written_in([*folder.glob("logs/*"), folder / "up.log"])
    assert "/u/{token}" in logs, "the portal's own log is among them"
    client = await Client.connect(shell.addresses.temporal_address)
    histories = ""
    async for workflow in client.list_workflows():
        history = await client.get_workflow_handle(workflow.id, run_id=workflow.run_id).fetch_history()
        histories += readable(history.to_json()) + str(await described(client, workflow.id))
    assert "EsimQrRequest" in histories
    assert "EsimQrNotification" in histories
    mails = written_in(folder.glob("mailbox/*.eml")).replace("=\n", "")
    tokens = set(re.findall(r"/[uq]/([\w-]{43})", mails))
    assert tokens
    secrets = {"SENTINEL-77AF", "Monaco", "sentinel.", "Sentinella", USER, *tokens}
    for where, text in {"logs": logs, "histories": histories}.items():
        found = [secret for secret in secrets if secret.lower() in text.lower()]
        assert found == [], where


def written_in(paths: Iterable[Path]) -> str:
    return "".join(path.read_text(errors="replace") for path in paths)


async def described(client: Client, workflow_id: str) -> Any:
    handle = client.get_workflow_handle(workflow_id)
    seen = await handle.describe()
    return f"{seen.raw_description} {await seen.static_summary()}"


@pytest.mark.covers("W4")
async def test_another_language_asks_for_a_code_with_nothing_but_json(shell: Shell, tmp_path: Path) -> None:
    line = await shell.free_line("esim")
    distributor = line["sim"]["distributor"]
    await shell.esim(
        *("contact", "add", "Backend", "backend@distributor.example", "--account", ACCOUNT),
        *("--distributor", distributor, "--role", "esim_qr_code"),
    )
    listed = (await shell.esim("contact", "list", "--account", ACCOUNT, "--json")).json
    (contact,) = [one["id"] for one in listed if one["email"] == "backend@distributor.example"]
    backend = Backend(shell, tmp_path, "EsimQrRequest")
    request = qr_request_id(1, "from another language")
    wish = {"request_id": request, "account_id": 1, "sim_id": line["sim"]["id"], "user_id": 1}
    start = {"request": wish, "slot": line["slot"], "provider": "Orange", "distributor": distributor}
    made = await backend.start(request, start, "request")
    assert (made["state"]["status"], made["refusals"]) == ("requested", [])
    again = await backend.update(request, "send_again", {"actor": "user:1", "contacts": [contact]})
    assert again["round"] == 2
    await backend.signal(request, "retry", {})
    assert (await backend.state(request))["round"] == 2
    assert (await backend.update(request, "withdraw", {"actor": "operator"}))["status"] == "withdrawn"
