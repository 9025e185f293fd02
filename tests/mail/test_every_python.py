"""A name stays one address: written by each Python that is here, read by the mail library of each other."""

import json
import os
import subprocess
import sys
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import product
from pathlib import Path

import pytest

from mail.smtp import SmtpMailer
from tests.mail.misbehaving import MisbehavingServer
from tests.mail.scene import a_mail, patience

TOP = Path(__file__).parents[2]
NAMES = [
    "Durand, Camille",
    'The "orders", of all; (eSIM)',
    "Équipe achats, région Île-de-France — service des abonnements et des terminaux mobiles, 3ᵉ étage",
    "Orders, eSIM and everything that belongs to it, of the company with the name of 90 letters, Ltd.",
    "x" * 120,
    "株式会社、携帯電話",
    "A name, with =?utf-8?q?=0D=0A?= in it",
    "back\\slash, and a@b.example",
]
WRITE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from mail.headers import address_field
for name in json.loads(sys.argv[2]):
    print(json.dumps(address_field("From", [(name, "orders@esim.example")], utf8=False).decode()))
"""
READ = """
import json, sys
from email import message_from_string, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
for field in json.load(sys.stdin):
    message = message_from_string(field + "\\r\\nText\\r\\n", policy=policy.default)
    addresses = [one.addr_spec for one in message["From"].addresses]
    # its parser of addresses keeps the blank between two encoded words, against RFC 2047
    legacy = message_from_string(field + "\\r\\nText\\r\\n")
    ((name, address),) = getaddresses([legacy["From"].replace("\\r\\n", "")])
    print(json.dumps([str(make_header(decode_header(name))), address, addresses, len(message.keys())]))
"""


def pythons() -> list[str]:
    """Each Python from 3.8 on that is installed beside this one; the newest of a version."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {tuple(map(int, path.name.split("."))): path for path in kept.glob("3.*") if "-" not in path.name}
    return [sys.executable, *(str(found[of] / "bin" / "python") for of in sorted(found) if of >= (3, 8))]


def run(python: str, program: str, *arguments: str, given: str = "") -> list[object]:
    command = [python, "-c", program, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def can_write(python: str) -> bool:
    """Whether our modules can be loaded: those that the product supports."""
    return (
        subprocess.run(
            [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False
        ).returncode
        == 0
    )


@pytest.mark.covers("R15")
def test_a_name_stays_one_address_between_all_pythons() -> None:
    wrong = []
    writers = [python for python in pythons() if can_write(python)]
    assert writers
    for writer, reader in product(writers, pythons()):
        fields = run(writer, WRITE, str(TOP), json.dumps(NAMES))
        for name, found in zip(
            NAMES,
            run(reader, READ, given=json.dumps(fields)),
            strict=True,
        ):
            if found != [name, "orders@esim.example", ["orders@esim.example"], 1]:
                wrong.append((writer, reader, name, found))
    assert wrong == []


@pytest.mark.covers("R15")
async def test_what_arrives_at_a_server_is_one_address() -> None:
    for name in NAMES:
        if '"' in name or "\\" in name:
            continue  # the setting of a sender has no quoted pairs
        async with MisbehavingServer() as server:
            sender = f'"{name}" <orders@esim.example>'
            async with SmtpMailer(server.url, sender, timeout=patience(None)) as mailer:
                await mailer.send(a_mail())
        content = server.taken[0].content
        assert max(map(len, content.split(b"\r\n"))) <= 78
        (address,) = message_from_bytes(content, policy=policy.default)["From"].addresses
        assert address.addr_spec == "orders@esim.example"
        ((shown, address),) = getaddresses([message_from_bytes(content)["From"].replace("\r\n", "")])
        assert (str(make_header(decode_header(shown))), address) == (name, "orders@esim.example")
