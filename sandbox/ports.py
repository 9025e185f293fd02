"""TCP ports on this machine's loopback interface."""

import json
import socket
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from sandbox.files import write_atomically

HOST = "127.0.0.1"
_NAMED = {
    "temporal": ("Temporal", "temporal_address"),
    "temporal_ui": ("the Temporal Web UI", "temporal_address"),
    "temporal_metrics": ("the metrics of Temporal", "temporal_address"),
    "smtp": ("the mailbox", "smtp_url"),
    "portal": ("the portal", ""),
}
"""What listens on a port, and the address which, if it is given, has nothing listen there."""


def is_free(port: int) -> bool:
    """Whether no process listens on the port, on the loopback interface or on all interfaces."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Any port that is free right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class ChosenPorts:
    """The port of each part of a sandbox, claimed until `release` or the end of the process: another sandbox
    on this machine, even one that starts at the same moment, chooses others.

    A part listens on its port only seconds later, and the sandbox cannot hold that port for it. So it holds
    the UDP port of the same number, which no part uses, and which the system frees when the process dies.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._claims: list[socket.socket] = []

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def choose(self, name: str, candidates: Iterable[int]) -> None:
        """Choose the first candidate that is free and claimed by no other sandbox, else any such port."""
        if not any(self._claimed(name, port) for port in candidates):
            while not self._claimed(name, free_port()):
                pass

    def not_usual(self, usual: Mapping[str, int], given: Collection[str]) -> list[str]:
        """A sentence for each part that runs, as its address is not `given`, on another port than usual."""
        return [
            f"Not port {port} as usual, but {self.numbers[name]}: {named}."
            for name, port in usual.items()
            for named, address in (_NAMED[name],)
            if self.numbers[name] != port and address not in given
        ]

    def release(self) -> None:
        """Leave the ports to other sandboxes."""
        while self._claims:
            self._claims.pop().close()

    def _claimed(self, name: str, port: int) -> bool:
        if not 0 < port < 65536:
            return False
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind((HOST, port))
        except OSError:
            claim.close()
            return False
        if not is_free(port):
            claim.close()
            return False
        self._claims.append(claim)
        self.numbers[name] = port
        return True


def choose_ports(usual: Mapping[str, int], memory: Path) -> ChosenPorts:
    """Choose one free port per name: that of the last run, else the usual one, else any.

    The choice is stored in the file `memory`, so that links and bookmarks stay valid.
    """
    remembered = read_ports(memory)
    chosen = ChosenPorts()
    for name, port in usual.items():
        candidates = [remembered[name]] if name in remembered else []
        chosen.choose(name, [*candidates, port])
    write_atomically(memory, json.dumps(chosen.numbers))
    return chosen


def read_ports(memory: Path) -> dict[str, int]:
    """Return the ports of the last run; none where the file is missing or damaged."""
    try:
        ports = json.loads(memory.read_text())
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def one_port_on(address: str) -> str:
    """The address with the next port, for another process that would otherwise listen on the same one."""
    host, _, port = address.rpartition(":")
    return f"{host}:{int(port) + 1}" if port.isdecimal() else address
