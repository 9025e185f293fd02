"""Ports of sandboxes: each has its own, also of two that start at the same moment."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.ports import HOST, ChosenPorts, choose_ports, free_port

_CHOOSE = """
import sys
from pathlib import Path
from sandbox.ports import choose_ports
ports = choose_ports({"portal": int(sys.argv[1]), "smtp": int(sys.argv[2])}, Path(sys.argv[3]))
print(*ports.numbers.values(), flush=True)
sys.stdin.read()
"""
"""A process that chooses ports and holds them until its input ends."""


def test_two_sandboxes_that_start_at_once_have_ports_of_their_own(tmp_path: Path) -> None:
    """None listens yet: between its choice and the first connection a part needs seconds."""
    usual = [str(free_port()), str(free_port())]
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", _CHOOSE, *usual, str(tmp_path / f"{number}.json")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    chosen = [process.stdout.readline().split() for process in starting if process.stdout]
    for process in starting:
        process.communicate()
        assert process.returncode == 0
    every = [port for ports in chosen for port in ports]
    assert len(every) == len(set(every)) == 8
    assert set(usual) <= set(every)


@pytest.fixture
def choose(tmp_path: Path) -> Iterator[Callable[..., ChosenPorts]]:
    """Chooses the port of a portal as a sandbox in this folder does."""
    chosen: list[ChosenPorts] = []

    def choosing(port: int, folder: str = "mine") -> ChosenPorts:
        chosen.append(choose_ports({"portal": port}, tmp_path / f"{folder}.json"))
        return chosen[-1]

    yield choosing
    for each in chosen:
        each.release()


def test_a_port_is_that_of_the_last_run_as_long_as_no_other_sandbox_has_it(
    choose: Callable[..., ChosenPorts],
) -> None:
    usual = free_port()
    first, second = choose(usual), choose(usual, "other")
    assert first["portal"] == usual
    assert second["portal"] != usual
    first.release()
    assert choose(free_port())["portal"] == usual
    assert choose(usual, "third")["portal"] not in (usual, second["portal"])


def test_a_port_on_which_another_program_listens_is_not_chosen(choose: Callable[..., ChosenPorts]) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert choose(port)["portal"] != port
    assert choose(port, "other")["portal"] == port


def test_a_part_whose_usual_port_is_taken_is_named_with_the_port_it_has(
    choose: Callable[..., ChosenPorts],
) -> None:
    usual = free_port()
    first, second = choose(usual), choose(usual, "other")
    assert first.not_usual({"portal": usual}, ()) == []
    said = f"Not port {usual} as usual, but {second['portal']}: the portal."
    assert second.not_usual({"portal": usual}, ()) == [said]


def test_a_part_that_is_not_run_here_is_not_named() -> None:
    usual = {"temporal": 1, "temporal_ui": 2, "temporal_metrics": 3, "smtp": 4, "portal": 5}
    chosen = ChosenPorts()
    chosen.numbers = {name: port + 10 for name, port in usual.items()}
    said = chosen.not_usual(usual, ("temporal_address", "smtp_url", "database_url"))
    assert said == ["Not port 5 as usual, but 15: the portal."]
    assert len(chosen.not_usual(usual, ())) == len(usual)
