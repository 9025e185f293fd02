"""Outages rehearsed: parts that are stopped and started by a command, or killed again and again."""

import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from sandbox.parts import MOST_DEATHS
from tests.sandbox.running import DEADLINE_SECONDS, Up, is_alive, up, wait_until
from tests.starter.shell import Shell

DIES_AFTER_ONE_START = """
import os, pathlib, sys
mark = pathlib.Path(sys.argv[1])
if mark.exists():
    raise SystemExit("broken settings")
mark.touch()
os.execv(sys.executable, [sys.executable, sys.argv[2]])
"""

SLOW_TO_BE_READY = """
import os, sys, time
time.sleep(1)
os.execv(sys.executable, [sys.executable, sys.argv[1]])
"""
STAND_IN_WORKER = str(Path(__file__).with_name("stand_in_worker.py"))


@pytest.mark.covers("W13")
def test_each_part_is_stopped_and_started_by_a_command(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data", "")
    with up(tmp_path / "data") as running:
        parts = shell.json("sandbox", "status")
        assert {part["name"] for part in parts} == set(running.addresses.pids)
        assert {(part["state"], part["exits"]) for part in parts} == {("ready", 0)}
        for number, part in enumerate(parts):
            name, victim = part["name"], psutil.Process(part["pid"])
            kill = ["--kill"] * (number % 2)
            assert shell.run("sandbox", "stop", name, *kill).out == f"{name} is stopped.\n"
            assert not is_alive(victim)
            assert name not in running.addresses.pids
            assert f"{name} was {'killed' if kill else 'stopped'} on request" in running.said
        assert {part["state"] for part in shell.json("sandbox", "status")} == {"stopped"}
        for part in parts[:-1]:
            started = shell.json("sandbox", "start", part["name"])
            assert (started["name"], started["state"], started["exits"]) == (part["name"], "ready", 0)
            assert running.addresses.pids[part["name"]] not in (None, part["pid"])
        assert running.state(parts[-1]["name"]) == "stopped"
        assert "died" not in running.said
        running.end()
    with up(tmp_path / "data"):
        assert {part["state"] for part in shell.json("sandbox", "status")} == {"ready"}


@pytest.mark.covers("W13")
def test_a_part_that_cannot_be_stopped_is_refused_in_one_sentence(tmp_path: Path) -> None:
    given = {"ESIM_SMTP_URL": "smtp://mail.example:25"}
    folder = tmp_path / ("a long name " * 12)  # longer than the address of a socket may be
    shell = Shell(tmp_path / "nowhere", "")
    here = ("--data-dir", str(folder))
    assert shell.run("sandbox", "status", *here, code=3).err.startswith(f"No sandbox runs in {folder}")
    with up(folder, environment=given):
        unknown = shell.run("sandbox", "stop", "printer", *here, code=2).err
        assert unknown == (
            "The sandbox has no component printer; it has: mailbox, postgres, temporal, worker.\n"
        )
        external = shell.run("sandbox", "stop", "mailbox", *here, code=2).err
        assert external.startswith("mailbox is not the sandbox's own, as ESIM_SMTP_URL names another")
        told = shell.run("sandbox", "status", *here).out
        assert "external" in told
        assert shell.run("sandbox", "status", code=3).err.startswith("No sandbox runs in")


@pytest.mark.covers("W13")
def test_a_part_that_needs_a_stopped_one_is_not_given_up(tmp_path: Path) -> None:
    """The worker ends by itself where no Temporal answers at its start."""
    shell = Shell(tmp_path / "data", "")
    with up(tmp_path / "data") as running:
        shell.run("sandbox", "stop", "temporal")
        psutil.Process(running.addresses.pids["worker"]).kill()
        wait_until(lambda: running.said.count("worker died") > MOST_DEATHS, "the worker keeps dying")
        shell.run("sandbox", "start", "temporal")
        wait_until(lambda: running.state("worker") == "ready", "the worker is back")


@pytest.mark.covers("R20")
def test_a_part_that_had_been_ready_is_started_again_however_often_it_is_killed(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        for death in range(1, MOST_DEATHS + 3):
            kill_and_wait(running, "mailbox")
            assert running.said.count("mailbox died (signal SIGKILL) and is started again") == death
        assert running.process.poll() is None


def kill_and_wait(running: Up, name: str) -> None:
    victim = running.addresses.pids[name]
    psutil.Process(victim).kill()
    wait_until(lambda: running.addresses.pids.get(name, victim) != victim, f"{name} is started again")
    wait_until(lambda: running.state(name) == "ready", f"{name} is ready again")


@pytest.mark.covers("R20")
def test_every_part_is_started_again_also_when_each_new_process_is_killed_at_once(tmp_path: Path) -> None:
    with up(tmp_path / "data", sys.executable, "-c", SLOW_TO_BE_READY, STAND_IN_WORKER) as running:
        killed: dict[str, set[int]] = {name: set() for name in running.addresses.pids}

        def each_was_killed_often() -> bool:
            for name, pid in running.addresses.pids.items():
                if pid not in killed[name] and len(killed[name]) <= MOST_DEATHS:
                    killed[name].add(pid)
                    with suppress(psutil.NoSuchProcess):
                        psutil.Process(pid).kill()
            assert running.process.poll() is None, running.said
            return all(len(pids) > MOST_DEATHS for pids in killed.values())

        wait_until(each_was_killed_often, "each new process was killed")

        def all_are_ready() -> bool:
            assert running.process.poll() is None, running.said
            return all(running.state(name) == "ready" for name in killed)

        wait_until(all_are_ready, "all are ready again")
        assert "given up" not in running.said


@pytest.mark.covers("R20")
def test_a_part_that_never_becomes_ready_again_is_given_up(tmp_path: Path) -> None:
    command = (sys.executable, "-c", DIES_AFTER_ONE_START, str(tmp_path / "mark"), STAND_IN_WORKER)
    with up(tmp_path / "data", *command) as running:
        running.family()
        psutil.Process(running.addresses.pids["worker"]).kill()
        assert running.process.wait(DEADLINE_SECONDS) == 2
    assert f"worker died {MOST_DEATHS} times in a row before it was ready (exit code 1)" in running.said
