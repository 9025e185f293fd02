"""What each way of misbehaving means for the mail, against a real server on this machine."""

import socket
import ssl
import traceback

import pytest

from mail.errors import MailAmbiguous, MailError, MailRefusedUs, MailRejected, MailUnavailable
from mail.message import Mail
from mail.smtp import SmtpMailer
from tests.mail.conftest import Certificate
from tests.mail.misbehaving import Answer, MisbehavingServer, drop, hang
from tests.mail.scene import RECIPIENT, SUBJECT, a_mail, mailer_for, patience

pytestmark = pytest.mark.usefixtures("pipelining")

PASSWORD = "p@ss/w:ord"
SECRETS = (RECIPIENT, "camille", SUBJECT, "confidential", PASSWORD, "p%40ss", "orders@esim", "server-words")


async def failure_of(mailer: SmtpMailer, mail: Mail) -> MailError:
    """Send, expecting a failure; whatever it is, nothing it prints may tell on anybody."""
    with pytest.raises(MailError) as failed:
        await mailer.send(mail)
    printed = "".join([*traceback.format_exception(failed.value), str(failed.value), repr(failed.value)])
    assert not [secret for secret in SECRETS if secret in printed]
    assert failed.value.__cause__ is None
    return failed.value


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        await mailer.send(a_mail())
    [taken] = server.taken
    assert taken.sender == "MAIL FROM:<orders@esim.example>"
    assert taken.recipient == f"RCPT TO:<{RECIPIENT}>"
    assert b"\r\nMessage-ID: <order-1@esim.example>\r\n" in taken.content
    assert b"\r\n..hidden\r\n=2E\r\nend\r\n" in taken.content


async def test_a_server_that_is_down_may_be_asked_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        async with SmtpMailer(url, "orders@esim.example") as mailer:
            assert type(await failure_of(mailer, a_mail())) is MailUnavailable


async def test_a_host_that_does_not_exist_may_be_asked_again() -> None:
    async with SmtpMailer("smtp://mail.invalid:25", "orders@esim.example") as mailer:
        assert type(await failure_of(mailer, a_mail())) is MailUnavailable


BEFORE_THE_CONTENT: list[tuple[str, Answer, type[MailError], int | None]] = [
    ("GREETING", hang, MailUnavailable, None),
    ("GREETING", drop, MailUnavailable, None),
    ("GREETING", "421 server-words too busy", MailUnavailable, 421),
    ("GREETING", "554 server-words go away", MailRefusedUs, 554),
    ("GREETING", "server-words, not SMTP", MailUnavailable, -1),
    ("EHLO", hang, MailUnavailable, None),
    ("MAIL", "451 server-words later", MailUnavailable, 451),
    ("MAIL", "550 <orders@esim.example> may not send", MailRefusedUs, 550),
    ("MAIL", "530 5.7.0 server-words authenticate first", MailRefusedUs, 530),
    ("MAIL", "server-words, not SMTP", MailUnavailable, None),
    ("RCPT", f"450 4.2.0 <{RECIPIENT}> greylisted", MailUnavailable, 450),
    ("RCPT", f"550 5.1.1 <{RECIPIENT}> unknown", MailRejected, 550),
    ("RCPT", f"550-5.1.1 <{RECIPIENT}>\r\n550 5.1.1 unknown", MailRejected, 550),
    ("RCPT", "421 4.3.0 server-words", MailUnavailable, 421),
    ("RCPT", drop, MailUnavailable, None),
    ("RCPT", hang, MailUnavailable, None),
    ("DATA", "451 server-words", MailUnavailable, 451),
    ("DATA", "554 server-words", MailRejected, 554),
    ("DATA", "421 server-words", MailUnavailable, 421),
    ("DATA", drop, MailUnavailable, None),
    ("DATA", hang, MailUnavailable, None),
]


@pytest.mark.parametrize(("moment", "answer", "meaning", "code"), BEFORE_THE_CONTENT)
async def test_before_the_content_nothing_can_have_been_delivered(
    moment: str, answer: Answer, meaning: type[MailError], code: int | None
) -> None:
    async with (
        MisbehavingServer({moment: answer}) as server,
        mailer_for(server, timeout=patience(answer)) as mailer,
    ):
        failure = await failure_of(mailer, a_mail())
        assert isinstance(failure, meaning)
        assert failure.code == code
        assert server.contents == 0
        assert len(server.sessions) == 1


AFTER_THE_CONTENT: list[tuple[Answer, type[MailError], int | None]] = [
    ("451 4.7.1 server-words later", MailUnavailable, 451),
    (f"554 5.6.0 {RECIPIENT} spam", MailRejected, 554),
    ("552 server-words too large", MailRejected, 552),
    ("421 server-words shutting down", MailAmbiguous, 421),
    ("server-words, not SMTP", MailAmbiguous, None),
    ("354 server-words go on", MailAmbiguous, 354),
    (drop, MailAmbiguous, None),
    (hang, MailAmbiguous, None),
]


@pytest.mark.parametrize(("answer", "meaning", "code"), AFTER_THE_CONTENT)
async def test_after_the_content_only_a_clear_no_means_not_delivered(
    answer: Answer, meaning: type[MailError], code: int | None
) -> None:
    async with (
        MisbehavingServer({"CONTENT": answer}) as server,
        mailer_for(server, timeout=patience(answer)) as mailer,
    ):
        failure = await failure_of(mailer, a_mail())
        assert type(failure) is meaning
        assert failure.code == code
        assert server.contents == 1


async def test_the_enhanced_code_of_a_refusal_is_told_to_operators() -> None:
    async with MisbehavingServer({"RCPT": "550 5.7.1 no relaying"}) as server, mailer_for(server) as mailer:
        assert "(550 5.7.1)" in str(await failure_of(mailer, a_mail()))


async def test_an_address_that_is_not_ascii_needs_a_server_with_smtputf8() -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        assert type(await failure_of(mailer, a_mail(to="zoé@client.example"))) is MailRejected
        assert not [words for _, words in server.commands if words.startswith("MAIL")]


async def test_an_address_that_is_not_ascii_goes_out_with_smtputf8() -> None:
    async with MisbehavingServer(extensions=("250-SMTPUTF8",)) as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(to="zoé@client.example"))
    assert server.taken[0].sender == "MAIL FROM:<orders@esim.example> SMTPUTF8"
    assert server.taken[0].recipient == "RCPT TO:<zoé@client.example>"
    assert "To: zoé@client.example\r\n".encode() in server.taken[0].content


async def test_a_domain_that_is_not_ascii_goes_to_any_server() -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(to="zoe@société.example"))
    assert server.taken[0].recipient == "RCPT TO:<zoe@xn--socit-esab.example>"


def with_password(server: MisbehavingServer, host: str = "127.0.0.1") -> str:
    return f"smtp://orders:p%40ss%2Fw%3Aord@{host}:{server.port}"


async def test_the_password_is_given_to_the_server() -> None:
    async with (
        MisbehavingServer(extensions=("250-AUTH PLAIN",)) as server,
        mailer_for(server, url=with_password(server)) as mailer,
    ):
        await mailer.send(a_mail())
    assert (1, "AUTH PLAIN AG9yZGVycwBwQHNzL3c6b3Jk") in server.commands


@pytest.mark.parametrize(
    ("answer", "meaning", "code"),
    [
        ("535 5.7.8 server-words", MailRefusedUs, 535),
        ("454 4.7.0 server-words", MailUnavailable, 454),
        (drop, MailUnavailable, None),
    ],
)
async def test_a_refused_authentication_is_for_the_operator(
    answer: Answer, meaning: type[MailError], code: int | None
) -> None:
    async with (
        MisbehavingServer({"AUTH": answer}, extensions=("250-AUTH PLAIN",)) as server,
        mailer_for(server, url=with_password(server)) as mailer,
    ):
        failure = await failure_of(mailer, a_mail())
        assert type(failure) is meaning
        assert failure.code == code


async def test_a_server_without_authentication_is_for_the_operator() -> None:
    async with MisbehavingServer() as server, mailer_for(server, url=with_password(server)) as mailer:
        assert type(await failure_of(mailer, a_mail())) is MailRefusedUs


async def test_the_password_never_travels_in_the_clear_to_another_machine() -> None:
    async with (
        MisbehavingServer(extensions=("250-AUTH PLAIN",)) as server,
        mailer_for(server, url=with_password(server, host="127.1")) as mailer,
    ):
        assert type(await failure_of(mailer, a_mail())) is MailRefusedUs
    assert not [words for _, words in server.commands if words.startswith("AUTH")]


@pytest.mark.parametrize("implicit", [False, True])
async def test_tls_is_used_when_there_is_any(certificate: Certificate, implicit: bool) -> None:
    server = MisbehavingServer(
        extensions=() if implicit else ("250-STARTTLS",), tls=certificate.server, implicit_tls=implicit
    )
    async with server, mailer_for(server, tls_context=certificate.trusting) as mailer:
        await mailer.send(a_mail(1))
        await mailer.send(a_mail(2))
        assert server.sessions[0].writer.get_extra_info("cipher")
    assert len(server.taken) == 2
    assert len(server.sessions) == 1


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_certificate_of_nobody_is_for_the_operator(certificate: Certificate, implicit: bool) -> None:
    server = MisbehavingServer(
        extensions=() if implicit else ("250-STARTTLS",), tls=certificate.server, implicit_tls=implicit
    )
    async with server, mailer_for(server, tls_context=ssl.create_default_context()) as mailer:
        assert type(await failure_of(mailer, a_mail())) is MailRefusedUs


async def test_a_relay_on_this_machine_may_sign_its_own_certificate(certificate: Certificate) -> None:
    server = MisbehavingServer(extensions=("250-STARTTLS",), tls=certificate.server)
    async with server, mailer_for(server) as mailer:
        await mailer.send(a_mail())
    assert len(server.taken) == 1


async def test_tls_to_a_port_without_tls_is_for_the_operator() -> None:
    async with (
        MisbehavingServer() as server,
        mailer_for(server, url=f"smtps://127.0.0.1:{server.port}") as mailer,
    ):
        assert type(await failure_of(mailer, a_mail())) is MailRefusedUs


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://mail.test:25",
        "smtp://",
        "smtp://orders:hunter2@mail.test:port",
        "smtp://orders:hunter2@[::1:25",
        "smtp://orders:hunt/er2@mail.test",
    ],
)
def test_a_malformed_url_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP URL") as refused:
        SmtpMailer(url, "orders@esim.example")
    printed = "".join(traceback.format_exception(refused.value))
    assert "hunt" not in printed
    assert "mail.test" not in printed


def test_the_password_is_not_shown() -> None:
    mailer = SmtpMailer("smtp://orders:hunter2@mail.test", "orders@esim.example")
    assert "hunter2" not in repr(vars(mailer))


def test_a_mail_does_not_show_its_reader() -> None:
    assert RECIPIENT not in repr(a_mail())
    assert SUBJECT not in repr(a_mail())
