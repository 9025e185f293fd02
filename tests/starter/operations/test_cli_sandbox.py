"""`esim-orders up`, and how the other commands find a sandbox, as a shell runs them."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.session import Database
from tests.builders import place, world
from tests.starter.forked import folder_of_program
from tests.starter.shell import ROOT, Shell

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until it is told to stop."""
    process = subprocess.Popen(
        [str(folder_of_program() / "esim-orders"), *arguments],
        cwd=ROOT,
        env=CLEAN | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


@pytest.mark.parametrize(
    "command", [("order", "list"), ("fleet", "list"), ("db", "upgrade"), ("mail", "list")]
)
def test_without_a_sandbox_every_command_says_where_it_looked(
    tmp_path: Path, command: tuple[str, str]
) -> None:
    said = Shell(tmp_path, "").run(*command, code=3)
    assert said.out == ""
    assert said.err.startswith(f"No sandbox runs in {tmp_path}: start one there with `esim-orders up`")
    assert len(said.err.splitlines()) == 1


def test_a_data_dir_is_named_before_any_command(database_url: str, tmp_path: Path) -> None:
    named = tmp_path / "named"
    named.mkdir()
    (named / "addresses.json").write_text(json.dumps({"database_url": database_url}))
    shell = Shell(tmp_path / "nowhere", "")
    assert shell.run("--data-dir", str(named), "order", "list").out == "There are no orders.\n"
    assert f"No sandbox runs in {tmp_path / 'nowhere'}" in shell.run("order", "list", code=3).err


def test_the_version_is_told(tmp_path: Path) -> None:
    assert Shell(tmp_path, "").run("--version").out.startswith("esim-orders 0.")


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    for folder, why in (
        (file, "it is a file"),
        (file / "below", "not a directory"),
        ("/proc/no/where", "no such"),
    ):
        said = Shell(tmp_path, "").process("up", "--data-dir", str(folder), code=2)
        assert said.err.startswith(f"The sandbox cannot use the folder {folder}: {why}")
        assert len(said.err.splitlines()) == 1


async def test_ctrl_c_ends_a_command_quietly(database: Database, shell: Shell) -> None:
    await world(database)
    order = await place(database)
    with started("order", "watch", order.order_id, ESIM_DATABASE_URL=shell.url) as watching:
        assert watching.stdout
        assert "order.submitted" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        _, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (130, "")


def test_up_tells_its_own_parts_from_those_given(database_url: str, tmp_path: Path) -> None:
    given = {
        "ESIM_DATABASE_URL": database_url,
        "ESIM_SMTP_URL": "smtp://somebody:secret@mail.example:2525",
        "ESIM_DATA_DIR": str(tmp_path),
    }
    with started("up", **given) as running:
        assert running.stdout
        said = running.stdout.readline()
        assert said == "Starting Temporal, the portal and the worker ...\n"
        while "data and logs" not in said:
            line = running.stdout.readline()
            assert line, said
            said += line
        running.send_signal(signal.SIGINT)
        rest, err = running.communicate(timeout=40)
    assert running.returncode == 0, err
    assert rest.endswith("Stopped.\n")
    assert "mail server (yours)  smtp://mail.example:2525" in said
    assert "PostgreSQL (yours)" in said
    assert "secret" not in said
    assert "mailbox" not in said


def test_up_prints_its_addresses_for_programs(database_url: str, tmp_path: Path) -> None:
    given = {"ESIM_DATABASE_URL": database_url, "ESIM_DATA_DIR": str(tmp_path)}
    with started("up", "--json", **given) as running:
        assert running.stdout
        document = running.stdout.readline()
        while not document.endswith("\n}\n"):
            line = running.stdout.readline()
            assert line, document
            document += line
        running.send_signal(signal.SIGTERM)
        rest, err = running.communicate(timeout=40)
    addresses = json.loads(document)
    assert addresses["smtp_url"].startswith("smtp://")
    assert addresses["data_dir"] == str(tmp_path)
    assert rest == ""
    assert err.splitlines()[-1] == "Stopped."
