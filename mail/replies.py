"""The replies of a mail server, each in its turn.

aiosmtplib's own protocol keeps one reply and drops what arrives before the next command, so several commands
cannot be sent at once (PIPELINING, RFC 2920). It opens the connection; then this takes it over.
"""

import asyncio
from typing import Self, cast

from aiosmtplib import SMTPResponse, SMTPResponseException, SMTPServerDisconnected

LONGEST_REPLY = 65536
"""Bytes of one reply, all its lines together; RFC 5321 allows 512 a line."""
_NOT_SMTP = -1


class Replies(asyncio.Protocol):
    """What the server says on an open connection, and where commands are written to."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._unread = bytearray()
        self._lines: list[bytes] = []
        self._arrived: asyncio.Queue[SMTPResponse | None] = asyncio.Queue()

    @classmethod
    def take_over(cls, transport: asyncio.BaseTransport | None) -> Self:
        """Read a connection on which no reply is outstanding, if it is still open."""
        if transport is None:
            raise SMTPServerDisconnected("Connection lost")
        replies = cls(cast("asyncio.Transport", transport))
        replies._transport.set_protocol(replies)
        return replies

    @property
    def is_open(self) -> bool:
        """Whether the server has not hung up, as far as is known, nor said what it was not asked for."""
        return self._arrived.empty() and not self._unread and not self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send; raises `SMTPServerDisconnected` where nothing could be."""
        if self._transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        self._transport.write(data)

    async def read(self) -> SMTPResponse:
        """The next reply. Raises an `SMTPException` if there will be none, or if it is not SMTP."""
        reply = await self._arrived.get()
        if reply is None:
            self._arrived.put_nowait(None)
            raise SMTPServerDisconnected("Connection lost")
        if reply.code == _NOT_SMTP:
            raise SMTPResponseException(reply.code, reply.message)
        return reply

    def data_received(self, data: bytes) -> None:
        """Keep every reply that is complete."""
        self._unread += data
        *lines, rest = self._unread.split(b"\n")
        self._unread = rest
        for line in lines:
            self._take(bytes(line).rstrip(b"\r"))
        if len(self._unread) + sum(map(len, self._lines)) > LONGEST_REPLY:
            self._transport.abort()

    def _take(self, line: bytes) -> None:
        is_reply = line[:3].isdigit() and line[3:4] in {b"", b" ", b"-"}
        self._lines.append(line[4:].strip())
        if is_reply and line[3:4] == b"-":
            return
        message = b"\n".join(self._lines).decode(errors="surrogateescape")
        self._lines.clear()
        self._arrived.put_nowait(SMTPResponse(int(line[:3]) if is_reply else _NOT_SMTP, message))

    def eof_received(self) -> None:
        """The server sends no more; the connection is closed."""
        self._arrived.put_nowait(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """No reply will come any more."""
        self._arrived.put_nowait(None)
