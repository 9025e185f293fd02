"""The mail and the mailer of most tests."""

from datetime import timedelta
from typing import Any

from mail.message import Mail, message_id
from mail.smtp import SmtpMailer
from tests.mail.misbehaving import Answer, MisbehavingServer, hang

RECIPIENT = "camille.roy@client.example"
SUBJECT = "Order order-7f3a: confidential"


def a_mail(number: int = 1, to: str = RECIPIENT) -> Mail:
    return Mail(
        to=to,
        subject=SUBJECT,
        text=f"Mail {number}\n.hidden\n.\nend\n",
        html="<p>Hello</p>",
        message_id=message_id(f"order-{number}", "esim.example"),
    )


def patience(answer: Answer | None) -> timedelta:
    """Long, so that a busy machine is no failure; short only where the server is told to hang."""
    return timedelta(seconds=0.5 if answer is hang else 30)


def mailer_for(server: MisbehavingServer, **options: Any) -> SmtpMailer:
    options.setdefault("timeout", patience(None))
    return SmtpMailer(options.pop("url", server.url), "eSIM <orders@esim.example>", **options)
