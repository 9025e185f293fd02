"""One SMTP session with a mail server, and what each reply means for the e-mail.

aiosmtplib opens the connection. Its `sendmail` is not used, because it does not report whether a failure came
before the content was sent (nothing delivered) or after (unknown). So MAIL, RCPT, DATA and the content are
separate steps here; if the server offers PIPELINING the first three are sent together. Its timeouts are not
used either: they rely on `asyncio.wait_for`, which before Python 3.12 loses a cancellation that arrives
together with the reply.

    nothing after the content has been sent, or the connection is lost   MailAmbiguous
    unavailable, lost or no answer before that                           MailUnavailable
    TLS fails                                                            MailRefusedUs
    an answer that refuses                                               the table in `mail.verdicts`
"""

import asyncio
import contextlib
import re
import ssl
from typing import cast

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponse, SMTPResponseException

from mail.errors import ConnectionLost, MailAmbiguous, MailError, MailRefusedUs, MailRejected, MailUnavailable
from mail.message import Envelope
from mail.replies import Replies
from mail.server import MailServer
from mail.verdicts import Stage, refusal

START_INPUT = 354
GOODBYE_SECONDS = 1.0
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
LINE_BREAK = re.compile(rb"[\r\n]")

ACCEPTED = range(200, 300)
STEPS = ((Stage.SENDER, ACCEPTED), (Stage.RECIPIENT, ACCEPTED), (Stage.DATA, (START_INPUT,)))
"""MAIL, RCPT and DATA, with the codes that accept each."""


class Conversation:
    """An open SMTP session. After any exception, call `close` and discard it."""

    def __init__(self, client: aiosmtplib.SMTP, replies: Replies, timeout: float) -> None:
        self._client = client
        self._replies = replies
        self._timeout = timeout
        self.delivered = 0

    @classmethod
    async def open(cls, server: MailServer) -> "Conversation":
        """Connect, STARTTLS if offered, authenticate. Raises `MailUnavailable` or `MailRefusedUs`."""
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=None,
            use_tls=server.implicit_tls,
            start_tls=False if server.implicit_tls else None,
            tls_context=server.tls_context,
        )
        try:
            async with asyncio.timeout(server.timeout):
                client.local_hostname = server.helo_name or await asyncio.to_thread(server.own_name)
                await client.connect()
            async with asyncio.timeout(server.timeout):
                await _greet(client)
            async with asyncio.timeout(server.timeout):
                await _sign_in(client, server)
            return cls(client, Replies.take_over(client.transport), server.timeout)
        except MailError:
            client.close()
            raise
        except (SMTPException, OSError, ValueError) as cause:
            client.close()
            raise _why_not_open(cause) from None
        except BaseException:
            client.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as is known."""
        return self._replies.is_open

    async def deliver(self, envelope: Envelope) -> None:
        """Send one e-mail; returns when the server has accepted responsibility for it."""
        await self._send_content(envelope)
        try:
            answer = await self._answer()
        except TimeoutError:
            raise MailAmbiguous("The mail server did not answer after the content.") from None
        except (SMTPException, OSError):
            raise MailAmbiguous("The connection was lost while the content was under way.") from None
        if answer.code not in ACCEPTED:
            raise refusal(Stage.CONTENT, answer.code, answer.message)
        self.delivered += 1

    async def _send_content(self, envelope: Envelope) -> None:
        """Send the commands and the content. If anything is raised here, nothing was delivered."""
        content = LEADING_DOT.sub(b"..", envelope.content) + b".\r\n"
        commands = self._commands(envelope)
        at_once = self._client.supports_extension("pipelining")
        try:
            if at_once:
                self._replies.write(b"".join(commands))
            for command, (stage, expected) in zip(commands, STEPS, strict=True):
                if not at_once:
                    self._replies.write(command)
                answer = await self._answer()
                if answer.code not in expected:
                    if at_once and stage == Stage.RECIPIENT:
                        await self._end_without_recipient()
                    raise refusal(stage, answer.code, answer.message)
            self._replies.write(content)
        except TimeoutError:
            raise ConnectionLost("The mail server stopped answering before the content.") from None
        except (SMTPException, OSError):
            raise ConnectionLost("The mail server closed the connection before the content.") from None

    async def _answer(self) -> SMTPResponse:
        async with asyncio.timeout(self._timeout):
            return await self._replies.read()

    async def _end_without_recipient(self) -> None:
        """End the content if the server expects it after refusing the only recipient, as RFC 2920 allows.
        The reply is ignored, as the connection is closed.
        """
        with contextlib.suppress(SMTPException, OSError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                if (await self._replies.read()).code == START_INPUT:
                    self._replies.write(b".\r\nRSET\r\n")

    def _commands(self, envelope: Envelope) -> tuple[bytes, bytes, bytes]:
        """The commands MAIL, RCPT and DATA. Raises `MailRejected`."""
        if envelope.needs_smtputf8 and not self._client.supports_extension("smtputf8"):
            raise MailRejected("The address is not ASCII and the mail server lacks SMTPUTF8.")
        options = b" SMTPUTF8" if envelope.needs_smtputf8 else b""
        sender, recipient = envelope.sender.encode(), envelope.recipient.encode()
        if LINE_BREAK.search(sender + recipient):
            raise MailRejected("The address has a line break.")
        return b"MAIL FROM:<%b>%b\r\n" % (sender, options), b"RCPT TO:<%b>\r\n" % recipient, b"DATA\r\n"

    def close(self) -> None:
        """Abort the connection at once: data that is not yet sent, content included, is dropped."""
        if self._client.transport is not None:
            cast("asyncio.WriteTransport", self._client.transport).abort()
        self._client.close()

    def leave(self) -> None:
        """Send QUIT and close, without waiting for the reply."""
        with contextlib.suppress(SMTPException):
            self._replies.write(b"QUIT\r\n")
        self._client.close()

    async def quit(self) -> None:
        """Send QUIT and wait for the reply for a short time, then close."""
        try:
            self._replies.write(b"QUIT\r\n")
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._replies.read()
        except (SMTPException, OSError):
            pass  # the server has closed the connection already
        finally:
            self._client.close()


async def _greet(client: aiosmtplib.SMTP) -> None:
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


async def _sign_in(client: aiosmtplib.SMTP, server: MailServer) -> None:
    """Authenticate, but never without TLS to another machine: STARTTLS may have been stripped."""
    if server.username is None:
        return
    encrypted = client.get_transport_info("sslcontext") is not None
    if not encrypted and not server.is_this_machine:
        raise MailRefusedUs("The mail server offers no TLS, so the password was not sent.")
    try:
        await client.login(server.username.encode(), server.password.encode())
    except (SMTPResponseException, ConnectionError, TimeoutError):
        raise
    except SMTPException:
        raise MailRefusedUs("The mail server offers no authentication that we know.") from None


_STAGES: tuple[tuple[type[SMTPResponseException], Stage], ...] = (
    (aiosmtplib.SMTPConnectResponseError, Stage.GREETING),
    (aiosmtplib.SMTPHeloError, Stage.HELLO),
    (aiosmtplib.SMTPAuthenticationError, Stage.LOGIN),
    (SMTPResponseException, Stage.TLS),
)


def _why_not_open(cause: Exception) -> MailError:
    """The error for a failure to open the session."""
    tls = cause if isinstance(cause, ssl.SSLError) else cause.__cause__
    if isinstance(tls, ssl.SSLError) and not isinstance(tls, ssl.SSLEOFError):
        return MailRefusedUs("TLS with the mail server failed; check its certificate and the port.")
    if isinstance(cause, SMTPResponseException):
        stage = next(stage for kind, stage in _STAGES if isinstance(cause, kind))
        return refusal(stage, cause.code, cause.message)
    if isinstance(cause, TimeoutError):
        return MailUnavailable("The mail server did not answer in time.")
    return MailUnavailable("The mail server cannot be reached.")
