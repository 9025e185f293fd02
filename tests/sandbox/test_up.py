import json
import signal
import socket
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client

from sandbox.data_dir import DataDir
from sandbox.mails import list_mails
from sandbox.ports import HOST, free_port
from sandbox.postgres import ThrowAwayPostgres
from tests.sandbox.running import DEADLINE_SECONDS, is_alive, up, wait_until


async def query(url: str, statement: str) -> list[str]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        answer = [str(value) for value in (await connection.execute(text(statement))).scalars()]
    await engine.dispose()
    return answer


async def test_second_up_finds_everything_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    with up(folder) as first:
        assert set(first.addresses.pids) == {"postgres", "temporal", "mailbox", "worker"}
        client = await Client.connect(first.addresses.temporal_address)
        await client.start_workflow("OpenWorkflow", id="open", task_queue="stand-in")
        await query(first.addresses.database_url, "INSERT INTO note VALUES ('kept') RETURNING words")
        smtp = urlsplit(first.addresses.smtp_url)
        mail = b"Subject: kept\r\n\r\nkept"
        async with aiosmtplib.SMTP(hostname=smtp.hostname, port=smtp.port) as server:
            await server.sendmail("a@shop.example", ["b@shop.example"], mail)
        before = first.addresses
        assert first.end() == 0
        assert first.all_gone()
    assert not first.folder.addresses.exists()
    assert first.folder.running_addresses() is None

    with up(folder) as second:
        after = second.addresses
        assert (after.temporal_address, after.temporal_ui_url) == (
            before.temporal_address,
            before.temporal_ui_url,
        )
        assert after.smtp_url == before.smtp_url
        assert await query(after.database_url, "SELECT words FROM note") == ["kept"]
        assert [mail.subject for mail in list_mails(second.folder.mailbox)] == ["kept"]
        client = await Client.connect(after.temporal_address)
        handle = client.get_workflow_handle("open", result_type=str)
        await handle.signal("finish", "as it was")
        assert await handle.result() == "as it was"


async def test_killed_parts_heal_and_a_second_up_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "data") as first:
        mailbox = json.loads(first.folder.ports.read_text())["smtp"]
        assert f"Not port 1025 as usual, but {mailbox}: the mailbox." in first.said
        for name in ("worker", "postgres"):
            pid = first.addresses.pids[name]
            first.family()
            psutil.Process(pid).kill()
            wait_until(lambda name=name, pid=pid: first.addresses.pids.get(name, pid) != pid, name)  # type: ignore[misc]
            assert f"{name} died (signal SIGKILL) and is started again" in first.said
        client = await Client.connect(first.addresses.temporal_address)
        handle = await client.start_workflow("OpenWorkflow", id="w", task_queue="stand-in", result_type=str)
        await handle.signal("finish", "healed")
        assert await handle.result() == "healed"

        with up(tmp_path / "data") as second:
            assert second.process.wait(DEADLINE_SECONDS) == 2
            assert "refused: A sandbox is already running on" in second.said
            assert f"(process {first.process.pid})" in second.said


def test_killed_supervisor_takes_everything_with_it(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        running.end(signal.SIGKILL)
        wait_until(running.all_gone, "all gone after SIGKILL")
        assert running.folder.addresses.exists()
        assert running.folder.running_addresses() is None


def test_next_up_ends_what_survived(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        parts = [psutil.Process(pid) for pid in running.addresses.pids.values()]
        [lifeline] = [process for process in running.family() if is_lifeline(process)]
        supervisor = psutil.Process(running.process.pid)
        supervisor.suspend()  # it would start the lifeline again
        lifeline.kill()
        running.process.kill()
        running.process.wait()
        assert all(is_alive(process) for process in parts)
        with up(tmp_path / "data") as after:
            assert "ready" in after.said
            assert running.all_gone()


def is_lifeline(process: psutil.Process) -> bool:
    return any("lifeline" in part for part in process.cmdline())


def test_taken_ports_are_avoided(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")
    folder.path.mkdir()
    with socket.create_server((HOST, 0)) as taken, socket.create_server(("", 0)) as taken_everywhere:
        ports = {"temporal": taken.getsockname()[1], "smtp": taken_everywhere.getsockname()[1]}
        ports |= {"temporal_ui": free_port(), "temporal_metrics": free_port()}
        folder.ports.write_text(json.dumps(ports))
        with up(folder.path) as running:
            assert "ready" in running.said
            assert running.addresses.temporal_address != f"{HOST}:{ports['temporal']}"
            assert running.addresses.smtp_url != f"smtp://{HOST}:{ports['smtp']}"
            assert running.addresses.temporal_ui_url == f"http://{HOST}:{ports['temporal_ui']}"


def test_worker_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    with up(tmp_path / "data", sys.executable, "-c", "raise SystemExit('broken settings')") as running:
        assert running.process.wait(DEADLINE_SECONDS) == 2
    log = running.folder.log("worker")
    assert (
        f"worker died 3 times in a row before it was ready (exit code 1), so it was given up; see {log}."
        in running.said
    )
    assert "broken settings" in log.read_text()


def test_a_given_database_is_used_as_it_is(tmp_path: Path) -> None:
    with ThrowAwayPostgres() as server:
        given = {"ESIM_DATABASE_URL": server.url(), "ESIM_SMTP_URL": "smtp://mail.example:25"}
        with up(tmp_path / "data", environment=given) as running:
            assert running.addresses.database_url == server.url()
            assert running.addresses.smtp_url == "smtp://mail.example:25"
            assert set(running.addresses.pids) == {"temporal", "worker"}
            assert not running.folder.postgres.exists()


def test_ctrl_c_while_starting_leaves_nothing(tmp_path: Path) -> None:
    never_ready = (sys.executable, "-c", "import time; print('alive', flush=True); time.sleep(60)")
    with up(tmp_path / "data", *never_ready, started="") as running:
        log = running.folder.log("worker")
        wait_until(lambda: log.exists() and "alive" in log.read_text(), "the worker was started")
        assert running.end(signal.SIGINT) == 0
        assert running.all_gone()
    assert not running.folder.addresses.exists()


@pytest.mark.covers("R19")
def test_in_the_background_it_stops_when_asked_and_outlives_its_terminal(tmp_path: Path) -> None:
    background = ("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh")
    with up(tmp_path / "data", through=background) as running:
        running.process.send_signal(signal.SIGHUP)
        assert running.state("postgres") == "ready"
        running.end(signal.SIGTERM)
        assert running.process.returncode == 0
        assert running.all_gone()
    assert "database system is shut down" in running.folder.log("postgres").read_text()


@pytest.mark.covers("R19")
def test_a_killed_one_leaves_no_temporary_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("a long name " * 12)  # its PostgreSQL has its socket in a temporary folder
    before = set(Path(tempfile.gettempdir()).iterdir())
    with up(folder) as running:
        made = set(Path(tempfile.gettempdir()).iterdir()) - before
        assert made
        running.end(signal.SIGKILL)
        wait_until(lambda: not any(path.exists() for path in made), "the folder is removed")
