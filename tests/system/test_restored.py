"""A backup of the inventory that is older, or newer, than Temporal: what the runbook says to do is enough."""

import asyncio
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from models.orders.lifecycle import OrderStatus
from sandbox.postgres_install import find_binaries
from tests.builders import OPERATOR, iccid, line, world
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually


async def pg(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the database."""
    place = make_url(url)
    where = ["-h", str(place.query["host"]), "-p", str(place.query["port"]), "-U", str(place.username)]
    command = [str(find_binaries() / program), *where, "-d", str(place.database), *arguments]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.covers("W5", "W8")
async def test_an_inventory_older_than_temporal_goes_on_from_its_rows(
    idle_scene: Scene, tmp_path: Path
) -> None:
    scene = idle_scene
    backup = str(tmp_path / "esim.dump")
    async with scene.worker():
        await world(scene.database, line(1), line(2))
        first = await scene.placed(1)
        await eventually(lambda: scene.events(first), lambda events: "mail.sent" in events)
        await pg("pg_dump", scene.settings.database_url, "-Fc", "-f", backup)
        await scene.desk.acknowledge(OPERATOR, first)  # after the backup
        second = await scene.placed(2)
        await eventually(lambda: scene.events(second), lambda events: "mail.sent" in events)
    await pg("pg_restore", scene.settings.database_url, "--clean", "--if-exists", "-1", backup)

    async with scene.worker():
        assert (await scene.desk.order(OPERATOR, first)).status is OrderStatus.SUBMITTED
        assert await refused(scene.desk.order(OPERATOR, second)) == ["unknown_order"]
        for lost in (first, second):
            await scene.temporal.client.get_workflow_handle(lost).terminate("restored")
        mails = len(scene.mailbox.mails)
        await scene.desk.retry(OPERATOR, first)
        await scene.desk.acknowledge(OPERATOR, first)
        done = await scene.desk.processed(OPERATOR, first, iccid=iccid(901))
        assert done.status is OrderStatus.PROCESSED
        await scene.ended(first)
        again = [mail for mail in scene.mailbox.mails[mails:] if "orders@telvia.example" in mail.to]
        assert again == [], "the distributor is not mailed the order a second time"
