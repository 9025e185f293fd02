"""One SMTP session with a mail server, and what each reply means for the e-mail.

aiosmtplib opens the connection. Its `sendmail` is not used, because it does not report whether a failure came
before the content was sent (nothing delivered) or after (unknown). So MAIL, RCPT, DATA and the content are
separate steps here; if the server offers PIPELINING the first three are sent together. Its timeouts are not
used either: they rely on `asyncio.wait_for`, which before Python 3.12 loses a cancellation that arrives
together with the reply.

    | before the content is sent             | after it                      | means           |
    |----------------------------------------|-------------------------------|-----------------|
    | unavailable, lost, timeout, any 4xx    | 4xx other than 421            | MailUnavailable |
    | 5xx to the recipient or to DATA        | 5xx                           | MailRejected    |
    | 5xx to our greeting, our sender or our | 530, 534, 535, 538            | MailRefusedUs   |
    | credentials; TLS                       |                               |                 |
    |                                        | lost, timeout, 421, malformed | MailAmbiguous   |
"""

import asyncio
import contextlib
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponse, SMTPResponseException

from mail.errors import MailAmbiguous, MailError, MailRefusedUs, MailRejected, MailUnavailable
from mail.message import Envelope
from mail.replies import Replies

SHUTTING_DOWN = 421
START_INPUT = 354
NEEDS_AUTHENTICATION = {530, 534, 535, 538}
GOODBYE_SECONDS = 1.0
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
LINE_BREAK = re.compile(rb"[\r\n]")
ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")

ACCEPTED = range(200, 300)
RECIPIENT = "the recipient"
STEPS = (
    ("the sender", MailRefusedUs, ACCEPTED),
    (RECIPIENT, MailRejected, ACCEPTED),
    ("the content", MailRejected, (START_INPUT,)),
)
"""For MAIL, RCPT and DATA: its subject, the error that a 5xx means, and the codes that accept it."""


class ConnectionLost(MailUnavailable):
    """The connection was lost before any content was sent. An idle one is replaced by a new one at once."""


@dataclass(frozen=True)
class MailServer:
    """Address, credentials and TLS settings of the mail server; `timeout` in seconds."""

    host: str
    port: int
    implicit_tls: bool
    username: str | None = field(repr=False)
    password: str = field(repr=False)
    timeout: float
    tls_context: ssl.SSLContext = field(repr=False)

    @classmethod
    def parse(cls, url: str, *, timeout: timedelta, tls_context: ssl.SSLContext | None) -> "MailServer":
        """Parse smtp:// or smtps://. Raises ValueError, without quoting the URL: it has a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("The SMTP URL is malformed.") from None
        beyond_the_port = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or beyond_the_port:
            raise ValueError("The SMTP URL needs the form smtp[s]://[user:password@]host:port, encoded.")
        implicit_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if implicit_tls else 25),
            implicit_tls=implicit_tls,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or ""),
            timeout=timeout.total_seconds(),
            tls_context=tls_context or _tls_context_for(parts.hostname),
        )

    @property
    def is_this_machine(self) -> bool:
        """Whether the server is on this machine (loopback), where neither certificates nor TLS are needed."""
        return _is_this_machine(self.host)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls_context_for(host: str) -> ssl.SSLContext:
    """The system's certificate authorities, which take a while to load; none for a relay on this machine,
    usually self-signed.
    """
    if not _is_this_machine(host):
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


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
            raise _refused_after_content(answer)
        self.delivered += 1

    async def _send_content(self, envelope: Envelope) -> None:
        """Send the commands and the content. If anything is raised here, nothing was delivered."""
        content = LEADING_DOT.sub(b"..", envelope.content) + b".\r\n"
        commands = self._commands(envelope)
        at_once = self._client.supports_extension("pipelining")
        try:
            if at_once:
                self._replies.write(b"".join(commands))
            for command, (what, for_good, expected) in zip(commands, STEPS, strict=True):
                if not at_once:
                    self._replies.write(command)
                answer = await self._answer()
                if answer.code not in expected:
                    if at_once and what == RECIPIENT:
                        await self._end_without_recipient()
                    raise _refused(answer, what, for_good)
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
    except SMTPResponseException as refusal:
        kind = MailRefusedUs if 500 <= refusal.code < 600 else MailUnavailable
        raise kind(f"The mail server did not authenticate us ({refusal.code}).", refusal.code) from None
    except (ConnectionError, TimeoutError):
        raise
    except SMTPException:
        raise MailRefusedUs("The mail server offers no authentication that we know.") from None


def _why_not_open(cause: Exception) -> MailError:
    """The error for a failure to open the session."""
    tls = cause if isinstance(cause, ssl.SSLError) else cause.__cause__
    if isinstance(tls, ssl.SSLError) and not isinstance(tls, ssl.SSLEOFError):
        return MailRefusedUs("TLS with the mail server failed; check its certificate and the port.")
    if isinstance(cause, SMTPResponseException):
        if 500 <= cause.code < 600:
            return MailRefusedUs(f"The mail server refused our connection ({cause.code}).", cause.code)
        return MailUnavailable(f"The mail server is not available ({cause.code}).", cause.code)
    if isinstance(cause, TimeoutError):
        return MailUnavailable("The mail server did not answer in time.")
    return MailUnavailable("The mail server cannot be reached.")


def _refused(answer: SMTPResponse, what: str, for_good: type[MailError]) -> MailError:
    """The error for a refused command: `for_good` if it is permanent. The server's text is left out."""
    enhanced = ENHANCED_CODE.match(answer.message)
    codes = f"{answer.code} {enhanced.group()}" if enhanced else str(answer.code)
    if answer.code == SHUTTING_DOWN:
        return ConnectionLost(f"The mail server closed the connection ({codes}).", answer.code)
    if answer.code in NEEDS_AUTHENTICATION:
        return MailRefusedUs(f"The mail server wants other credentials ({codes}).", answer.code)
    if 500 <= answer.code < 600:
        return for_good(f"The mail server refused {what} ({codes}).", answer.code)
    return MailUnavailable(f"The mail server does not take {what} now ({codes}).", answer.code)


def _refused_after_content(answer: SMTPResponse) -> MailError:
    if answer.code == SHUTTING_DOWN or not 400 <= answer.code < 600:
        return MailAmbiguous(
            f"The mail server gave an unclear answer to the content ({answer.code}).", answer.code
        )
    return _refused(answer, "the content", MailRejected)
