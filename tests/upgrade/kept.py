"""What is kept of a released version: its database, the histories of its running workflows, its answers.

v0.1.0/dump.sql.gz        the database, as pg_dump writes it
v0.1.0/keys.txt           the test keys that encrypt the codes in it
v0.1.0/recorded.json      at which revision and time it was dumped, and what was unfinished
v0.1.0/answers.json.gz    what every list and show answered
v0.1.0/histories.json.gz  of every workflow that was running
v0.1.0/contract.json      the schemas of its messages, and the names of its calls
"""

import gzip
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Kept:
    """One released version."""

    folder: Path

    @property
    def version(self) -> str:
        return self.folder.name.removeprefix("v")

    @property
    def dump(self) -> bytes:
        return gzip.decompress((self.folder / "dump.sql.gz").read_bytes())

    @property
    def keys(self) -> str:
        return (self.folder / "keys.txt").read_text().strip()

    @property
    def recorded(self) -> dict[str, Any]:
        recorded: dict[str, Any] = json.loads((self.folder / "recorded.json").read_text())
        return recorded

    @property
    def revision(self) -> str:
        """Of the migrations."""
        return str(self.recorded["revision"])

    @property
    def clock(self) -> datetime:
        """What time it was in the database."""
        return datetime.fromisoformat(self.recorded["clock"])

    @property
    def unfinished(self) -> set[str]:
        """All that was to be done, and had a workflow."""
        return set(self.recorded["unfinished"])

    @property
    def answers(self) -> dict[str, Any]:
        return self._read("answers.json.gz")

    @property
    def histories(self) -> dict[str, Any]:
        return self._read("histories.json.gz")

    def history(self, workflow_id: str) -> WorkflowHistory:
        return WorkflowHistory.from_json(workflow_id, self.histories[workflow_id])

    @property
    def contract(self) -> dict[str, Any]:
        contract: dict[str, Any] = json.loads((self.folder / "contract.json").read_text())
        return contract

    def _read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(gzip.decompress((self.folder / name).read_bytes()))
        return found


RELEASED = [Kept(folder) for folder in sorted(HERE.glob("v*")) if folder.is_dir()]
"""Every version from which a database is upgraded."""
