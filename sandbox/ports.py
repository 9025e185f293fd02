"""TCP ports on this machine's loopback interface."""

import json
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.files import write_atomically

HOST = "127.0.0.1"


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


def choose_ports(usual: Mapping[str, int], memory: Path) -> dict[str, int]:
    """Choose one free port per name: that of the last run, else the usual one, else any.

    The choice is stored in the file `memory`, so that links and bookmarks stay valid.
    """
    remembered = read_ports(memory)
    chosen: dict[str, int] = {}
    for name, port in usual.items():
        candidates = [remembered[name]] if name in remembered else []
        chosen[name] = _first_free([*candidates, port], taken=chosen.values())
    write_atomically(memory, json.dumps(chosen))
    return chosen


def read_ports(memory: Path) -> dict[str, int]:
    """Return the ports of the last run; none where the file is missing or damaged."""
    try:
        ports = json.loads(memory.read_text())
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _first_free(candidates: Iterable[int], taken: Iterable[int]) -> int:
    others = set(taken)
    for port in candidates:
        if port not in others and 0 < port < 65536 and is_free(port):
            return port
    while (port := free_port()) in others:
        pass
    return port


def one_port_on(address: str) -> str:
    """The address with the next port, for another process that would otherwise listen on the same one."""
    host, _, port = address.rpartition(":")
    return f"{host}:{int(port) + 1}" if port.isdecimal() else address
