"""A backend that has nothing but the `temporal` command, JSON files and the schemas of docs/schemas."""

import base64
import json
from pathlib import Path
from typing import Any, Protocol

from jsonschema import Draft202012Validator

from tests.contract.schemas import FOLDER


class Commands(Protocol):
    async def temporal(self, *arguments: str) -> Any: ...


def checked(name: str, document: Any) -> Any:
    """The document, which must be what the schema says."""
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator(schema).validate(document)
    return document


class Backend:
    """Starts and steers workflows of one type."""

    def __init__(self, shell: Commands, folder: Path, workflow_type: str) -> None:
        self._shell = shell
        self._folder = folder
        self._type = workflow_type

    async def start(self, workflow_id: str, start: Any, update: str) -> Any:
        """Start with an update; its answer."""
        done = await self._shell.temporal(
            *("workflow", "execute-update-with-start", "--type", self._type, "--task-queue", "esim-orders"),
            *("--workflow-id", workflow_id, "--id-conflict-policy", "UseExisting"),
            *("--input-file", self._file("input", start), "--update-name", update),
        )
        return checked(f"{self._type}.{update}.answer", done["updateResult"])

    async def update(self, workflow_id: str, name: str, content: Any) -> Any:
        """Call an update; its answer, which is a state."""
        done = await self._shell.temporal(
            *("workflow", "update", "execute", "--workflow-id", workflow_id),
            *("--name", name, "--input-file", self._file(name, content)),
        )
        return checked(f"{self._type}.state.answer", done["result"])

    async def signal(self, workflow_id: str, name: str, content: Any) -> None:
        """Send a signal; it has no answer."""
        await self._shell.temporal(
            *("workflow", "signal", "--workflow-id", workflow_id),
            *("--name", name, "--input-file", self._file(name, content)),
        )

    async def state(self, workflow_id: str) -> Any:
        """The answer to the query, as it was sent: in the command's own rendering `[]` becomes `null`."""
        asked = ("workflow", "query", "--workflow-id", workflow_id, "--name", "state")
        done = await self._shell.temporal(*asked, "--no-json-shorthand-payloads")
        (payload,) = done["queryResult"]["payloads"]
        return checked(f"{self._type}.state.answer", json.loads(base64.b64decode(payload["data"])))

    def _file(self, name: str, content: Any) -> str:
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(checked(f"{self._type}.{name}", content)))
        return str(path)
