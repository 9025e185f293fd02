"""How we introduce ourselves to a mail server: the name for HELO, certificates, and how many connections."""

import asyncio
import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from mail.check import try_out
from mail.errors import MailError, MailRefusedUs
from mail.server import Introduction, MailServer
from mail.smtp import SmtpMailer
from settings import load
from starter.operations.component_checks import mail_server
from tests.certificates import Authority
from tests.mail.misbehaving import MisbehavingServer
from tests.mail.scene import a_mail, mailer_for, patience

FROM = "eSIM <orders@esim.example>"


def said_hello(server: MisbehavingServer) -> set[str]:
    return {words for _, words in server.commands if words.startswith("EHLO")}


@pytest.mark.covers("R14")
@pytest.mark.parametrize("name", ["worker.esim.example", "[192.0.2.7]", "[IPv6:2001:db8::7]"])
async def test_the_name_for_helo_is_a_setting(name: str) -> None:
    async with MisbehavingServer() as server:
        async with mailer_for(server, introduction=Introduction(helo_name=name)) as mailer:
            await mailer.send(a_mail())
        assert said_hello(server) == {f"EHLO {name}"}


@pytest.mark.covers("R14")
@pytest.mark.parametrize("own", ["9f2c1ab77e01", "localhost", "an_odd.name"])
async def test_a_machine_without_a_domain_says_its_address(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: own)
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        await mailer.send(a_mail())
        assert said_hello(server) == {"EHLO [127.0.0.1]"}


@pytest.mark.covers("R14")
async def test_a_machine_with_a_domain_says_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: "worker.esim.example")
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        await mailer.send(a_mail())
        assert said_hello(server) == {"EHLO worker.esim.example"}


@pytest.mark.parametrize(
    "name", ["a b", "a\r\nMAIL FROM:<x@y.example>", "192.0.2.7:25", "[nowhere]", "-a.example"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="ESIM_SMTP_HELO_NAME"):
        MailServer.parse("smtp://h", timeout=timedelta(1), introduction=Introduction(helo_name=name))


@pytest.mark.covers("R14")
async def test_the_number_of_connections_is_a_setting() -> None:
    async with MisbehavingServer() as server, mailer_for(server, connections=1) as mailer:
        await asyncio.gather(*(mailer.send(a_mail(number)) for number in range(8)))
        assert server.most_open == 1
    assert len(server.taken) == 8


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.mark.covers("R14")
async def test_a_server_of_our_own_authority_that_wants_our_certificate(authority: Authority) -> None:
    ours = authority.issue("worker.example")
    tls = authority.issue("mail.example", "127.0.0.1").server_context(trusting=authority.file)
    known = Introduction(
        ca_file=str(authority.file), client_certificate=str(ours.certificate), client_key=str(ours.key)
    )
    async with MisbehavingServer(extensions=("250-STARTTLS",), tls=tls) as server:
        async with mailer_for(server, introduction=known) as mailer:
            await mailer.send(a_mail())
        assert len(server.taken) == 1
        with pytest.raises(MailError):
            await try_out(server.url, FROM, patience(None), Introduction(ca_file=str(authority.file)))


@pytest.mark.covers("R14")
async def test_a_server_of_another_authority_is_refused_even_on_this_machine(
    authority: Authority, tmp_path: Path
) -> None:
    tls = Authority(tmp_path / "stranger").issue("mail.example", "127.0.0.1").server_context()
    known = Introduction(ca_file=str(authority.file))
    async with (
        MisbehavingServer(extensions=("250-STARTTLS",), tls=tls) as server,
        mailer_for(server, introduction=known) as mailer,
    ):
        with pytest.raises(MailRefusedUs, match="certificate"):
            await mailer.send(a_mail())


@pytest.mark.parametrize(
    ("introduction", "sentence"),
    [
        (Introduction(ca_file="/nowhere/ca.pem"), "ESIM_SMTP_CA_FILE"),
        (Introduction(ca_file=__file__), "ESIM_SMTP_CA_FILE"),
        (Introduction(client_certificate="/nowhere/c.pem"), "ESIM_SMTP_CLIENT_CERTIFICATE"),
        (Introduction(client_key="/nowhere/c.key"), "ESIM_SMTP_CLIENT_KEY needs"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(introduction: Introduction, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SmtpMailer("smtp://mail.example", FROM, introduction=introduction)


@pytest.mark.covers("R14")
async def test_doctor_says_hello_with_the_settings(authority: Authority) -> None:
    tls: ssl.SSLContext = authority.issue("mail.example", "127.0.0.1").server_context()
    async with MisbehavingServer(extensions=("250-STARTTLS",), tls=tls) as server:
        given = {"smtp_url": server.url, "mail_from": FROM, "smtp_helo_name": "worker.esim.example"}
        found = await mail_server(load(**given, smtp_ca_file=str(authority.file)))
        assert (found.ok, found.sentence) == (True, "The mail server answers.")
        assert said_hello(server) == {"EHLO worker.esim.example"}
        refused = await mail_server(load(**given, smtp_ca_file="/nowhere/ca.pem"))
        assert "ESIM_SMTP_CA_FILE" in refused.sentence
    told = {"EHLO": "501 5.5.4 Invalid domain name", "HELO": "501 5.5.4 Invalid domain name"}
    async with MisbehavingServer(told) as server:
        refused = await mail_server(load(**given | {"smtp_url": server.url}))
        assert "does not accept our host name (501 5.5.4); see ESIM_SMTP_HELO_NAME" in refused.sentence
