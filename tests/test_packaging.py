"""The wheel that images are made from holds the whole application, and nothing else."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist, made as `docker build` does: from the sources, without a network."""
    sources, made = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("dist")
    for name in [
        *ROOMS,
        "pyproject.toml",
        PROJECT["project"]["readme"],
        *PROJECT["project"]["license-files"],
    ]:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, sources)
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(made)]
    done = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def wheel(made: Path) -> zipfile.Path:
    (found,) = made.glob("*.whl")
    return zipfile.Path(found)


@pytest.fixture(scope="module")
def about(wheel: zipfile.Path) -> zipfile.Path:
    """The folder of the wheel that describes it."""
    (folder,) = (entry for entry in wheel.iterdir() if entry.name.endswith(".dist-info"))
    return folder


def names(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if ".dist-info/" not in name and name[-1] != "/"}


def test_it_holds_every_file_of_every_room(wheel: zipfile.Path) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in [ROOT / room, *(ROOT / room).rglob("*")]
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names(wheel) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "outbox/templates/*.html.jinja",
        "outbox/templates/*.txt.jinja",
        "wording/*/emails.en.toml",
        "wording/*/emails.fr.toml",
        "wording/emails.fr.toml",
        "wording/pages/fr.toml",
        "store/migrations/env.py",
        "store/migrations/versions/*.py",
    ],
)
def test_it_holds_more_than_code(wheel: zipfile.Path, pattern: str) -> None:
    assert [name for name in names(wheel) if Path(name).match(pattern)]


def test_it_holds_nothing_that_only_developers_need(wheel: zipfile.Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert tops == set(ROOMS)
    assert tops.isdisjoint({"tests", "bench", "docs", "deploy"})


def test_its_commands_are_there(about: zipfile.Path) -> None:
    text = about.joinpath("entry_points.txt").read_text()
    for name, target in PROJECT["project"]["scripts"].items():
        assert f"{name} = {target}" in text.splitlines()


def test_it_says_under_which_licence_it_is(about: zipfile.Path) -> None:
    assert_licensed(about.joinpath("METADATA").read_text())
    assert "Apache License" in about.joinpath("licenses", "LICENSE").read_text()


def test_the_sdist_says_so_too(made: Path) -> None:
    (found,) = made.glob("*.tar.gz")
    with tarfile.open(found) as sdist:
        top = found.name.removesuffix(".tar.gz")
        about = sdist.extractfile(f"{top}/PKG-INFO")
        licence = sdist.extractfile(f"{top}/LICENSE")
        assert about is not None
        assert licence is not None
        assert_licensed(about.read().decode())
        assert b"Apache License" in licence.read()


def assert_licensed(text: str) -> None:
    metadata: Message = Parser().parsestr(text)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
