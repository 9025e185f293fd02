"""`python -m bench --against REV`: two versions of a small repository whose benchmark only says a figure.

Git, the virtual environments and the processes are real; that orders are really made is the last test.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from bench import only_orders
from bench.against import compare
from bench.checkouts import cleaned, run

TOP = Path(only_orders.__file__).parent.parent
DEADLINE_SECONDS = 40

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

_SAYS = """
import json, pathlib, sys, time
import bench, store
if "--help" in sys.argv:
    sys.exit(print("usage: [--only {{orders}}]"))
with open({diary!r}, "a") as diary:
    print({rate}, sys.argv[1:], sys.prefix, store.__file__, file=diary)
{extra}
print(json.dumps({{
    "orders_per_s": {{"1": 5, "50": {rate}}}, "p50_ms": {{"1": 100, "50": 900}},
    "cpu_ms_per_order": {{"worker": 40}}, "faults": {faults!r},
}}))
"""


@dataclass
class Repository:
    """A repository with a benchmark, and the diary that its rounds write."""

    folder: Path
    diary: Path

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=Test", "-c", "user.email=test@acme.example")
        subprocess.run(("git", "-C", str(self.folder), *who, *arguments), check=True, capture_output=True)

    def benchmark_says(self, rate: float, *faults: str, extra: str = "") -> None:
        text = _SAYS.format(diary=str(self.diary), rate=rate, faults=list(faults), extra=extra)
        (self.folder / "bench" / "__main__.py").write_text(text)

    def rounds(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Committed: a benchmark that says 10 orders a second."""
    made = Repository(tmp_path / "repository", tmp_path / "diary")
    for room in ("bench", "store"):
        (made.folder / room).mkdir(parents=True)
        (made.folder / room / "__init__.py").touch()
    (made.folder / "requirements.lock").write_text("pinned==1\n")
    made.benchmark_says(10)
    made.git("init", "--quiet")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "First")
    return made


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made; empty again after each test. Its name is short enough for sockets."""
    tmp_path_factory.getbasetemp()  # pytest's own is elsewhere
    with tempfile.TemporaryDirectory(prefix="against-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr("tempfile.tempdir", None)
        yield Path(folder)


def chosen(against: str = "HEAD", rounds: int = 2) -> argparse.Namespace:
    return argparse.Namespace(
        against=against, at_least=0.95, rounds=rounds, orders=8, single=2, warm_up=4, json=True
    )


def compared(repository: Repository, asked: argparse.Namespace) -> int:
    return compare(asked, Console(width=80), repository.folder)


def test_each_version_is_measured_by_its_own_code_in_turns(
    repository: Repository, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.benchmark_says(9.7)  # not committed
    assert compared(repository, chosen(rounds=3)) == 0
    output, said = capsys.readouterr()
    answer = json.loads(output.splitlines()[-1])
    assert (answer["ratio"], answer["fast_enough"]) == (0.97, True)
    assert [line.split()[0] for line in repository.rounds()] == ["10", "9.7", "9.7", "10", "10", "9.7"]
    assert all(line.endswith("old/store/__init__.py") for line in repository.rounds() if line[0] == "1")
    assert f"new: all 2 top-level modules lie in {repository.folder}" in said
    assert "pair 2, new first: old 10.0, new 9.7 orders/s, ratio 0.970" in said
    assert "pairs measured: 3; a verdict takes at least 5" in said
    assert list(temporary.iterdir()) == []


def test_a_round_makes_the_orders_that_were_asked_for_and_nothing_else(repository: Repository) -> None:
    compared(repository, chosen(rounds=1))
    asked = (
        "['--only', 'orders', '--rounds', '1', '--orders', '8', '--single', '2', '--warm-up', '4', '--json']"
    )
    assert [asked in line for line in repository.rounds()] == [True, True]


def test_the_exit_code_says_that_the_new_version_is_slower(repository: Repository) -> None:
    repository.benchmark_says(9.4)
    assert compared(repository, chosen()) == 1


def test_the_exit_code_says_that_an_order_did_not_end_as_it_must(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.benchmark_says(12, "1 orders without exactly one discard.")
    assert compared(repository, chosen(rounds=1)) == 1
    assert "Pair 1, new: 1 orders without exactly one discard." in capsys.readouterr().err


def test_warnings_after_the_figures_do_not_hide_them(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.benchmark_says(11, extra="import atexit; atexit.register(print, 'WARN retried 5 times {')")
    assert compared(repository, chosen(rounds=1)) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["ratio"] == 1.1


def test_an_unknown_revision_is_said(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(repository, chosen(against="v99")) == 3
    assert "v99 is not a commit" in capsys.readouterr().err
    assert repository.rounds() == []


def test_a_round_that_fails_ends_the_comparison_with_its_last_words(
    repository: Repository, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.benchmark_says(10, extra="print('WARN retried'); raise SystemExit('Temporal does not start.')")
    assert compared(repository, chosen()) == 3
    said = capsys.readouterr().err
    assert "A round of the new version failed. It ended with exit code 1 and no figures." in said
    assert said.endswith("Temporal does not start.\n")
    assert list(temporary.iterdir()) == []


def test_a_version_that_pins_other_packages_makes_its_own_environment(repository: Repository) -> None:
    (repository.folder / "Makefile").write_text(
        "install:\n\t$(PYTHON) -m venv --without-pip .venv\n\ttest -n '$(PYTHON)'\n"
    )
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "Second")
    (repository.folder / "requirements.lock").write_text("pinned==2\n")
    assert compared(repository, chosen(rounds=1)) == 0
    old, new = repository.rounds()
    assert "/old/.venv " in old
    assert "/new-venv " in new


def test_modules_from_elsewhere_are_not_measured(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere.py").touch()
    (repository.folder / "settings.py").symlink_to(tmp_path / "elsewhere.py")
    assert compared(repository, chosen()) == 3
    assert "The new version would import settings from" in capsys.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_comparison_that_is_interrupted(
    repository: Repository, temporary: Path, how: signal.Signals
) -> None:
    repository.benchmark_says(10, extra="time.sleep(600)")
    program = (
        "import sys; from argparse import Namespace; from pathlib import Path;"
        "from rich.console import Console; from bench.against import compare;"
        f"sys.exit(compare({chosen()!r}, Console(), Path({str(repository.folder)!r})))"
    )
    running = subprocess.Popen([sys.executable, "-c", program], cwd=TOP, stderr=subprocess.PIPE)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while len(repository.rounds()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(how)
    _, said = running.communicate(timeout=DEADLINE_SECONDS)
    assert running.returncode == 128 + how
    assert b"stopping" in said
    assert list(temporary.iterdir()) == []


def test_a_round_that_fails_ends_at_once_and_says_why_at_last() -> None:
    program = (
        "import atexit, time; from bench.only_orders import leave;"
        "atexit.register(time.sleep, 600); leave(lambda: 1 // 0)"
    )
    done = run([sys.executable, "-c", program], TOP, cleaned(), seconds=DEADLINE_SECONDS)
    assert done.code == 1
    assert done.last_words.endswith("ZeroDivisionError: integer division or modulo by zero")


@pytest.mark.night
@pytest.mark.timeout(300)
def test_a_benchmark_without_the_option_is_made_to_measure_orders_alone_on_real_parts() -> None:
    counts = ["--rounds", "1", "--orders", "6", "--single", "2", "--warm-up", "3", "--json"]
    command = [sys.executable, "-P", only_orders.__file__, *counts]
    done = run(command, TOP, cleaned(), seconds=240)
    assert done.code == 0, done.last_words
    answer = done.answer()
    assert answer["faults"] == []
    assert answer.keys() == {"orders_per_s", "p50_ms", "p99_ms", "cpu_ms_per_order", "seconds", "faults"}
    assert answer["orders_per_s"].keys() == {"1", "50"}
    assert all(rate > 0 for rate in answer["orders_per_s"].values())
