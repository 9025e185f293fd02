"""A Temporal server with a file of its own, where processes have keys: the file is all that it keeps."""

import base64
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.temporal_server import TemporalServer, TemporaryTemporalServer
from settings import Settings
from store.session import Database
from temporal.connection import connect
from tests.builders import line, world
from tests.system.scene import Mailbox, Scene, a_mailbox
from tests.temporal_server import Temporal, a_task_queue
from workflows.search_attributes import NAMES

REPORTED_AT_ONCE = ("system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",)
"""By default a workflow is listed as one with problems after five failed tasks, which takes a minute."""


@dataclass
class EncryptedScene:
    """A world of two lines, whose processes are started with the keys that the test says."""

    server: TemporalServer
    database: Database
    database_url: str
    mailbox: Mailbox
    task_queue: str
    folder: Path

    async def with_keys(self, keys: str) -> Scene:
        """Desk and worker of processes that were started with these keys."""
        settings = Settings(
            data_dir=self.folder,
            database_url=self.database_url,
            temporal_address=self.server.address,
            task_queue=self.task_queue,
            smtp_url=f"smtp://127.0.0.1:{self.mailbox.port}",
            payload_keys=keys,
        )
        return Scene(Temporal(await connect(settings)), self.database, settings, self.mailbox)

    def kept(self) -> bytes:
        """Everything that the server has written to its disk."""
        folder = self.server.database.parent
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.fixture
async def encrypted_scene(
    database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[EncryptedScene]:
    await world(database, line(1), line(2))
    async with a_mailbox() as mailbox, TemporaryTemporalServer(NAMES, REPORTED_AT_ONCE) as server:
        yield EncryptedScene(server, database, database_url, mailbox, a_task_queue(), tmp_path)


async def history(scene: Scene, order_id: str) -> str:
    return (await scene.temporal.client.get_workflow_handle(order_id).fetch_history()).to_json()


def spelled(history: str) -> set[str]:
    """The ids of the keys that a history's payloads are encrypted with, and `plain`.

    Apart from search attributes, and from what the SDK notes in markers for itself: names and times.
    """
    found = set()
    for event in json.loads(history)["events"]:
        for attributes in event.values():
            if isinstance(attributes, dict):
                attributes.pop("searchAttributes", None)
        noted = event.get("markerRecordedEventAttributes", {}).get("details", {})
        noted.pop("data", None)
        text = json.dumps(event)
        found |= {
            base64.b64decode(name).decode() for name in re.findall(r'"encryption-key-id": "([^"]+)"', text)
        }
        if base64.b64encode(b"json/plain").decode() in text:
            found.add("plain")
    return found
