"""Send e-mails: the port `Mailer`, and `SmtpMailer` with a small connection pool.

    async with SmtpMailer("smtp://localhost:1025", "eSIM orders <orders@esim.example>") as mailer:
        await mailer.send(mail)

Opening a connection costs several round trips, with TLS far more than the e-mail itself, so idle connections
are reused. The trap is that the server may have closed an idle connection. Until the content is sent nothing
can have been delivered, so such a connection is replaced by a new one, once. After any failure or
cancellation the connection is closed and not reused.

The errors are described in `mail.errors`.
"""

import asyncio
import ssl
import time
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from mail.conversation import Conversation
from mail.errors import ConnectionLost, MailUnavailable
from mail.message import Envelope, Mail, Sender, enveloped
from mail.server import Introduction, MailServer


class Mailer(Protocol):
    """The port for sending e-mails."""

    async def send(self, mail: Mail) -> None:
        """Return when the mail server has accepted responsibility for the e-mail; else raise a `MailError`.

        If it is cancelled while the content is being sent, the e-mail may have been delivered: treat a
        cancelled send like `MailAmbiguous`.
        """
        ...


class SmtpMailer:
    """A mailer over SMTP, to be shared by all tasks of one event loop.

    `url` is smtp://[user:password@]host[:port] (STARTTLS when offered) or smtps:// (TLS from the start);
    `sender` is an address with or without a name. `timeout` limits connecting and, after that, each reply of
    the server.

    The pool has at most `connections`: Microsoft 365 takes three at once of a mailbox. One is closed after
    `mails_per_connection`, or when it has been idle for longer than `idle` (keep that below the server's own
    limit: often 5 minutes, 10 s on a busy Postfix). `tls_context` replaces what `introduction` says of TLS.
    Raises ValueError for a malformed URL, `MailInvalid` for a malformed sender; neither quotes it.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        *,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 3,
        mails_per_connection: int = 100,
        idle: timedelta = timedelta(seconds=20),
        tls_context: ssl.SSLContext | None = None,
        introduction: Introduction | None = None,
    ) -> None:
        self.sender = Sender.parse(sender)
        self._server = MailServer.parse(
            url, timeout=timeout, tls_context=tls_context, introduction=introduction
        )
        self._slots = asyncio.Semaphore(connections)
        self._mails_per_connection = mails_per_connection
        self._idle_seconds = idle.total_seconds()
        self._idle: list[tuple[float, Conversation]] = []
        self._closed = False

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`. Waits for a free connection if all are busy."""
        envelope = enveloped(mail, self.sender)
        async with self._slots:
            if self._closed:
                raise MailUnavailable("The mailer is closed.")
            waiting = self._take_idle()
            if waiting is not None:
                try:
                    return await self._deliver(waiting, envelope)
                except ConnectionLost:
                    pass  # the server had closed the idle connection: nothing was delivered
            return await self._deliver(await Conversation.open(self._server), envelope)

    async def _deliver(self, conversation: Conversation, envelope: Envelope) -> None:
        try:
            await conversation.deliver(envelope)
        except BaseException:  # after a cancellation, too, the session is unusable
            conversation.close()
            raise
        if self._closed or conversation.delivered >= self._mails_per_connection:
            conversation.leave()
        else:
            self._idle.append((time.monotonic(), conversation))

    def _take_idle(self) -> Conversation | None:
        """The most recently used idle connection, if any; those that were idle too long are closed."""
        oldest = time.monotonic() - self._idle_seconds
        fresh = []
        for since, conversation in self._idle:
            if since >= oldest and conversation.is_open:
                fresh.append((since, conversation))
            else:
                conversation.leave()
        self._idle = fresh
        return self._idle.pop()[1] if self._idle else None

    async def aclose(self) -> None:
        """Close the pool. E-mails being sent are completed, later ones raise `MailUnavailable`."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(conversation.quit() for _, conversation in idle))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
