"""The limit of open files: raised as far as the system allows, and said where that is little."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
_RAISED = """
import logging, resource
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from telemetry.open_files import allow_open_files
print(allow_open_files(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
WARNING = "The limit of open files is {limit}: at most so many connections"


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    environment = usual | {"PYTHONPATH": str(TOP)} | variables
    return subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("soft", "hard", "limit", "few"),
    [(256, 256, 256, True), (256, 1024, 1024, True), (256, 4096, 4096, False), (4096, 4096, 4096, False)],
)
def test_it_is_raised_to_the_hard_limit_or_it_is_said(soft: int, hard: int, limit: int, few: bool) -> None:
    done = run(sys.executable, "-c", _RAISED.format(soft=soft, hard=hard))
    assert done.stdout.split() == [str(limit), str(limit)], done.stderr
    assert (WARNING.format(limit=limit) in done.stderr) is few
    assert ("event stream" in done.stderr) is few


def test_a_portal_says_that_few_connections_fit(tmp_path: Path) -> None:
    """Its port is in use, so it ends at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        variables = {"ESIM_DATA_DIR": str(tmp_path), "ESIM_PORTAL_PORT": str(taken.getsockname()[1])}
        done = run("/bin/sh", "-c", f"ulimit -n 300 && exec {sys.executable} -m portal", **variables)
    assert done.returncode == 2, done.stderr
    assert WARNING.format(limit=300) in done.stderr
