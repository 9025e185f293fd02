"""The confirmation code of an eSIM, typed in with its code and shown with it, by commands (R8)."""

from pathlib import Path

import pytest

from store.session import Database
from tests.starter.codes.qr_shell import BY_ANA, CODE, OTHER, a_qr_shell, esims, picture, read
from tests.starter.shell import Shell

PIN = "CONFIRM-0815"
ASKS = f"If the phone asks for a confirmation code, enter: {PIN}"
IMPORT = ("qr", "import", "S-1", *BY_ANA)


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


@pytest.mark.covers("R8")
async def test_it_is_shown_with_the_code_and_by_no_other_command(database: Database, shell: Shell) -> None:
    await esims(database)
    imported = shell.process(*IMPORT, picture(shell), "--confirmation-code", "--no-notify", typed=f"{PIN}\n")
    out = shell.folder / "out.png"
    shown = shell.run("qr", "show", "S-1", "-o", str(out))
    assert shown.out.splitlines()[-1] == ASKS
    assert read(out.read_bytes()) == [CODE]
    piped = shell.process("qr", "show", "S-1", "-o", "-", "--format", "svg")
    assert (PIN in piped.out, ASKS in piped.err) == (False, True)
    assert ASKS in shell.terminal("qr", "show", "S-1", answers=(), columns=120)
    french = shell.run("--language", "fr", "qr", "show", "S-1", "-o", str(out), "--force").out
    assert f"Si le téléphone demande un code de confirmation, saisissez\u00a0: {PIN}" in french
    for said in (
        imported,
        shell.run("qr", "show", "S-1", "--json"),
        shell.run("qr", "history", "S-1"),
        shell.run("qr", "history", "S-1", "--json"),
        shell.run("fleet", "show", "S-1"),
    ):
        assert PIN not in said.out + said.err


@pytest.mark.covers("R8")
async def test_it_is_typed_or_piped_in_after_the_activation_code(database: Database, shell: Shell) -> None:
    await esims(database)
    typed = (*IMPORT, "--code", "-", "--confirmation-code", "--no-notify")
    assert "version 1, typed in." in shell.process(*typed, typed=f" {CODE}\n {PIN} \n").out
    out = str(shell.folder / "out.svg")
    assert ASKS in shell.run("qr", "show", "S-1", "-o", out).out
    seen = shell.terminal(*typed, answers=(OTHER, "4711"))
    assert "Confirmation code (not shown)" in seen
    assert "4711" not in seen
    assert "enter: 4711" in shell.run("qr", "show", "S-1", "-o", out, "--force").out
    refused = shell.process(*typed, typed=f"{CODE}\n", code=2)
    assert "A confirmation code has 1 to 64 characters, on one line." in refused.err
    shell.process(*IMPORT, "--code", "-", "--no-notify", typed=CODE)
    assert "confirmation" not in shell.run("qr", "show", "S-1", "-o", out, "--force").out
