"""Two checkouts that are measured alike: files, a Python environment, and commands that run in them.

The old version is what `git archive` gives, in a temporary folder: nothing is left in the repository. Where
both versions pin the same packages, each gets a small virtual environment that names its own folder first
and then the packages of this one. Where they differ, the old version makes its own with `make install`.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import venv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = "requirements.lock"
STOP_SECONDS = 60.0
"""A round stops its servers, and a worker finishes the steps it has begun."""
LIFELINE_SECONDS = 6.0
"""After a kill: see `sandbox.lifeline`."""
PREPARE_SECONDS = 900.0
LONG_TIMEOUT = {"ESIM_ANSWER_TIMEOUT": "PT5M"}
"""With 50 callers on a busy machine answers take longer than the default timeout."""
LAST_LINES = 20
LONGEST_LINE = 300

_FIND = """
import importlib.util, json, sys
print(json.dumps({name: importlib.util.find_spec(name).origin for name in sys.argv[1:]}))
"""


class BenchError(Exception):
    """A comparison is not possible; the message says why."""


@dataclass(frozen=True)
class Ended:
    """A program that has ended."""

    code: int
    output: str
    """Standard output. Temporal's client writes its warnings there, too."""
    complaints: str
    """Standard error."""

    def answer(self) -> dict[str, Any]:
        """The last line of the output that is a JSON object. BenchError: there is none."""
        for line in reversed(self.output.splitlines()):
            if line.startswith("{"):
                with suppress(json.JSONDecodeError):
                    return dict(json.loads(line))
        raise BenchError(f"It ended with exit code {self.code} and no figures.\n{self.last_words}")

    @property
    def last_words(self) -> str:
        lines = (self.complaints.strip() or self.output).splitlines()
        return "\n".join(line[:LONGEST_LINE] for line in lines[-LAST_LINES:])


@dataclass(frozen=True)
class Checkout:
    """One version, ready to be measured."""

    name: str
    folder: Path
    python: Path
    temporary: Path
    """Where its processes put their own temporary folders; removed with the comparison."""

    def run(self, arguments: Sequence[str], seconds: float) -> Ended:
        """Run its Python in its folder."""
        return run([str(self.python), *arguments], self.folder, self._environment(), seconds)

    def _environment(self) -> dict[str, str]:
        beside = str(Path(sys.executable).parent)
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), beside])
        return cleaned() | LONG_TIMEOUT | {"PATH": path, "TMPDIR": str(self.temporary)}

    def own_modules(self) -> dict[str, Path]:
        """Where it imports each of its top-level modules from. BenchError: one comes from elsewhere."""
        packages = [found.parent.name for found in self.folder.glob("*/__init__.py")]
        modules = [found.stem for found in self.folder.glob("*.py")]
        names = sorted(name for name in {*packages, *modules} if name != "tests")
        origins = {
            name: Path(origin)
            for name, origin in self.run(["-c", _FIND, *names], PREPARE_SECONDS).answer().items()
        }
        for name, origin in origins.items():
            if not origin.resolve().is_relative_to(self.folder.resolve()):
                raise BenchError(f"The {self.name} version would import {name} from {origin}.")
        return origins

    def knows(self, option: str) -> bool:
        """Whether its benchmark has this option."""
        ended = self.run(["-m", "bench", "--help"], PREPARE_SECONDS)
        if ended.code:
            raise BenchError(f"The {self.name} version has no benchmark that can be run.\n{ended.last_words}")
        return option in ended.output


def cleaned() -> dict[str, str]:
    """This environment without what would make Python import from elsewhere or compile each time, or that
    configures the pipeline."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ESIM_"))}


def commit_of(repository: Path, revision: str) -> str:
    """The commit that is meant."""
    command = ["git", "-C", str(repository), "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        raise BenchError(
            "git is not installed: it takes an older version out of the repository."
        ) from missing
    if found.returncode:
        raise BenchError(f"{revision} is not a commit of {repository}.")
    return found.stdout.strip()


def take_out(repository: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit into a new folder."""
    command = ["git", "-C", str(repository), "archive", "--format=tar", commit]
    packed = subprocess.run(command, capture_output=True, check=True).stdout
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in every Python 3.11
        archive.extractall(folder)


def both(repository: Path, commit: str, place: Path) -> tuple[Checkout, Checkout]:
    """The commit and the repository's files as they are now."""
    old = place / "old"
    take_out(repository, commit, old)
    temporary = place / "tmp"
    temporary.mkdir()
    if (old / LOCK).read_bytes() == (repository / LOCK).read_bytes():
        old_python = _borrowing(place / "old-venv", old)
    else:
        old_python = _installed(old)
    new_python = _borrowing(place / "new-venv", repository)
    return (
        Checkout("old", old, old_python, temporary),
        Checkout("new", repository, new_python, temporary),
    )


def _borrowing(environment: Path, folder: Path) -> Path:
    """A virtual environment with the modules of the folder and the packages of this one.

    A path that is named in a .pth file is added without reading the .pth files in it: so the checkout that
    is installed here as editable is not found.
    """
    venv.EnvBuilder(symlinks=os.name != "nt").create(environment)
    python = environment / "bin" / "python"
    values = {"base": str(environment), "platbase": str(environment)}
    packages = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    listed = Path(sysconfig.get_path("purelib", "venv", values)) / "_checkout.pth"
    listed.write_text("\n".join([str(folder), *packages]) + "\n")
    return python


def _installed(folder: Path) -> Path:
    """The virtual environment that the version makes for itself, with the packages that it pins."""
    make = shutil.which("make")
    if make is None:
        raise BenchError("make is not installed: the old version pins other packages and needs it.")
    base = getattr(sys, "_base_executable", sys.executable)
    ended = run([make, "install", f"PYTHON={base}"], folder, cleaned(), PREPARE_SECONDS)
    if ended.code:
        raise BenchError(f"The old version could not be installed.\n{ended.last_words}")
    return folder / ".venv" / "bin" / "python"


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Ended:
    """Run a program to its end.

    It leads a process group. When this process is interrupted, so is the group, and it may clean up.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, complaints = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        raise BenchError(f"This took more than {seconds:.0f} seconds: {' '.join(command)}") from None
    except BaseException:
        _end(process)
        raise
    return Ended(process.returncode, output, complaints)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        time.sleep(LIFELINE_SECONDS)
