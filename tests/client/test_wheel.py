"""The client is a wheel of its own, which is installed where nothing else is and runs its sample."""

import asyncio
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.documents.scene import Reader
from tests.starter.forked import forked_sandbox

TOP = Path(__file__).parents[2]
CLIENT = TOP / "client"
PORTAL = "http://127.0.0.1:8090"
"""The portal's address in the sample."""
ALLOWED = {"esim_orders_client", "httpx2", "pydantic", "pydantic_core"}


def block(language: str, place: int = 0) -> str:
    """A block of the client's README."""
    text = (CLIENT / "README.md").read_text()
    return str(re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)[place])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("client")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "--directory", str(made)]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = made.glob("esim_orders_client-*.whl")
    return found


def test_it_holds_one_typed_package_and_nothing_else(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"esim_orders_client"}
    assert "esim_orders_client/py.typed" in names
    kept = {path.relative_to(CLIENT / "src").as_posix() for path in (CLIENT / "src").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == kept


def test_it_needs_two_packages_alone() -> None:
    project = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]
    assert [re.match(r"[\w-]+", each)[0] for each in project["dependencies"]] == ["httpx2", "pydantic"]  # type: ignore[index]
    imported = {
        found
        for path in (CLIENT / "src").rglob("*.py")
        for found in re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.M)
    }
    assert imported - set(sys.stdlib_module_names) == ALLOWED


@pytest.fixture(scope="module")
async def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment with the wheel alone, of a user who has nothing else."""
    folder = tmp_path_factory.mktemp("elsewhere")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ESIM_"))}
    environment = {**kept, "HOME": str(folder)}
    await _run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], environment)
    options = ["--python", str(folder / "venv" / "bin" / "python"), "--disable-pip-version-check", "--quiet"]
    await _run([sys.executable, "-m", "pip", *options, "install", "--no-compile", str(wheel)], environment)
    return folder / "venv"


async def _run(command: list[str], environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)
    _, errors = await process.communicate()
    if b"(from versions: none)" in errors and not os.environ.get("CI"):
        pytest.skip("pip reaches no package registry: that the client's sample runs is not tested")
    assert process.returncode == 0, errors.decode()


@pytest.mark.covers("W4")
@pytest.mark.timeout(300)
async def test_the_sample_of_its_readme_runs_word_by_word(
    elsewhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, data = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("sandbox")
    async with forked_sandbox(data) as (_, addresses):
        reader = Reader(folder, data, addresses)
        paths = os.pathsep.join([str(elsewhere / "bin"), reader.environment["PATH"]])
        for place, name in enumerate(("sample.py", "asynchronous.py")):
            (folder / name).write_text(block("python", place))
        done = await asyncio.to_thread(
            subprocess.run,
            ["/bin/bash", "-c", "set -eu\n" + block("sh", 1).replace(PORTAL, addresses.portal_url)],
            capture_output=True,
            text=True,
            env={**reader.environment, "PATH": paths},
            cwd=folder,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-len(block("text").splitlines()) :] == block("text").splitlines()
