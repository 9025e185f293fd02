import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mail.misbehaving import OFFERED


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, for both ends."""

    server: ssl.SSLContext
    trusting: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return Certificate(server=server, trusting=ssl.create_default_context(cafile=str(certificate)))


@pytest.fixture(params=[False, True], ids=["one_by_one", "pipelined"])
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the servers of the test offer to take several commands at once; each test runs both ways."""
    monkeypatch.setattr(OFFERED, "pipelining", request.param)
    return bool(request.param)
