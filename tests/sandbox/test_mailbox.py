import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from mail.message import Mail, message_id
from mail.smtp import SmtpMailer
from sandbox.errors import SandboxError
from sandbox.mails import list_mails, read_mail
from sandbox.ports import HOST, free_port, is_free


@contextmanager
def mailbox(folder: Path) -> Iterator[aiosmtplib.SMTP]:
    port = free_port()
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "sandbox.mailbox",
        "--dir",
        str(folder),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command) as process:
        try:
            deadline = time.monotonic() + 20
            while is_free(port):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield aiosmtplib.SMTP(hostname=HOST, port=port)
        finally:
            process.terminate()
    assert process.returncode == 0


def mail(subject: str, to: str = "zoe@shop.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "eSIM orders <orders@esim.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Votre eSIM est prête.")
    message.add_alternative("<p>prête <img src='cid:qr'></p>", subtype="html")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(b"PNG", "image", "png", cid="<qr>", filename="../../qr.png")
    return message


async def test_mails_are_kept_in_order_across_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "mail box"
    with mailbox(folder) as smtp:
        async with smtp:
            for number in range(12):
                await smtp.send_message(mail(f"Commande prête {number}"))
    with mailbox(folder) as smtp:
        async with smtp:
            await smtp.send_message(mail("après", to="Zoé <zoé@shop.example>"))

    summaries = list_mails(folder)
    assert [summary.number for summary in summaries] == list(range(1, 14))
    assert summaries[9].subject == "Commande prête 9"
    assert (summaries[12].subject, summaries[12].to) == ("après", "zoé@shop.example")
    assert list_mails(folder, last=2) == summaries[-2:]
    assert list_mails(folder, last=0) == []


async def test_mail_is_taken_apart(tmp_path: Path) -> None:
    with mailbox(tmp_path) as smtp:
        async with smtp:
            await smtp.send_message(mail("Votre eSIM"))
    message = read_mail(tmp_path, 1)
    assert message.text.strip() == "Votre eSIM est prête."
    assert "cid:qr" in message.html
    assert [(part.content_id, part.content) for part in message.attachments] == [("qr", b"PNG")]
    assert ("Subject", "Votre eSIM") in message.headers
    with pytest.raises(SandboxError, match="no mail number 2"):
        read_mail(tmp_path, 2)


async def test_nothing_a_sender_writes_leaves_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mailbox"
    with mailbox(folder) as smtp:
        async with smtp:
            await smtp.sendmail("a@shop.example", ['"../../escaped"@shop.example'], b"no headers")
            with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
                await smtp.sendmail("a@shop.example", ["b@shop.example"], b"x" * 21_000_000)
    assert refused.value.code == 552
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["00000001.eml", "mailbox"]  # noqa: ASYNC240
    assert list_mails(folder)[0].subject == ""
    assert read_mail(folder, 1).text.strip() == "no headers"
    assert list_mails(tmp_path / "missing") == []


async def test_commands_may_be_sent_at_once(tmp_path: Path) -> None:
    with mailbox(tmp_path) as smtp:
        url = f"smtp://{smtp.hostname}:{smtp.port}"
        async with SmtpMailer(url, "eSIM orders <orders@esim.example>") as mailer:
            for subject in ("first", "second"):
                number = message_id(subject, "esim.example")
                await mailer.send(Mail("zoe@shop.example", subject, ".\n", "<p>.</p>", number))
        async with smtp:
            await smtp.ehlo()
            assert smtp.supports_extension("pipelining")
    assert [kept.subject for kept in list_mails(tmp_path)] == ["first", "second"]
