"""Handing mails to the mail server: the port `Mailer`, and `SmtpMailer` that keeps a few connections open.

    async with SmtpMailer("smtp://localhost:1025", "eSIM orders <orders@esim.example>") as mailer:
        await mailer.send(mail)

Opening a connection costs several round trips, with TLS far more than the mail itself, so idle ones are
used again. The trap is that a server may have closed an idle connection meanwhile. As long as the content
has not been sent, nothing can have been delivered: such a connection is quietly replaced by a fresh one,
once. After any failure or cancellation the connection is closed, never used again.

What can go wrong is drawn in `mail.errors`.
"""

import asyncio
import ssl
import time
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from mail.conversation import ConnectionLost, Conversation, MailServer
from mail.errors import MailUnavailable
from mail.message import Envelope, Mail, Sender, enveloped


class Mailer(Protocol):
    """Whatever brings a mail on its way."""

    async def send(self, mail: Mail) -> None:
        """Return once the mail server has taken responsibility for the mail; else raise a `MailError`.

        Cancelled while the content is under way, the mail may have been delivered all the same: treat a
        cancelled send like `MailAmbiguous`.
        """
        ...


class SmtpMailer:
    """A mailer over SMTP, to be shared by all tasks of one event loop.

    `url` is smtp://[user:password@]host[:port] (STARTTLS when offered) or smtps:// (TLS from the start);
    `sender` an address with or without a name. `timeout` bounds connecting, and each answer of the server
    from then on.

    At most `connections` are open; one is closed after `mails_per_connection`, or when it has been idle for
    longer than `idle` (keep that below the server's own limit: often 5 minutes, 10 s on a busy Postfix).
    `tls_context` replaces the system's certificate authorities. Raises ValueError for a malformed URL,
    `MailInvalid` for a malformed sender; neither quotes it.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        *,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 4,
        mails_per_connection: int = 100,
        idle: timedelta = timedelta(seconds=20),
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self.sender = Sender.parse(sender)
        self._server = MailServer.parse(url, timeout=timeout, tls_context=tls_context)
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
                    pass  # the server had hung up on an idle connection: nothing was delivered
            return await self._deliver(await Conversation.open(self._server), envelope)

    async def _deliver(self, conversation: Conversation, envelope: Envelope) -> None:
        try:
            await conversation.deliver(envelope)
        except BaseException:  # a cancellation, too, leaves a conversation that nobody can resume
            conversation.close()
            raise
        if self._closed or conversation.delivered >= self._mails_per_connection:
            conversation.leave()
        else:
            self._idle.append((time.monotonic(), conversation))

    def _take_idle(self) -> Conversation | None:
        """The connection used last, if it is young enough; those that idled too long are closed."""
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
        """Say goodbye to the server. Mails under way are finished, later ones are `MailUnavailable`."""
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
