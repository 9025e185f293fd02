"""Writes the client's models and calls: `make client`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from client.generator.resources import modules
from client.generator.schemas import BANNER
from client.generator.synchronous import synchronous

TOP = Path(__file__).parents[2]
DOCUMENT = TOP / "docs" / "openapi.json"
PACKAGE = TOP / "client" / "src" / "esim_orders_client"
BY_HAND = ("__init__.py", "client.py", "connection.py")
"""The modules of `_async` that are written by hand."""


def write(package: Path, document: Path = DOCUMENT) -> None:
    """Write all that is derived into this folder, which holds the rest of the package."""
    made = modules(json.loads(document.read_text()))
    for folder in (package / "_async" / "resources", package / "_sync"):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "resources" if folder.name == "_sync" else folder).mkdir(parents=True)
    made |= {f"_async/{name}": (package / "_async" / name).read_text() for name in BY_HAND}
    twins = {name.replace("_async", "_sync"): _twin(text) for name, text in made.items() if "_async" in name}
    for name, text in (made | twins).items():
        (package / name).write_text(text)
    options = ["--quiet", "--config", str(TOP / "pyproject.toml")]
    for command in (["check", "--select", "I,F401", "--fix"], ["format"]):
        arguments = [sys.executable, "-m", "ruff", *command, *options, str(package)]
        subprocess.run(arguments, check=True)  # noqa: S603  our own command


def _twin(text: str) -> str:
    made = synchronous(text)
    if BANNER in made:
        return made
    title, _, rest = made.partition('"""\n')
    return (
        f'{title}"""\n\n# Written by `make client` from its twin in `_async`; changes here are lost.\n{rest}'
    )


if __name__ == "__main__":
    write(PACKAGE)
