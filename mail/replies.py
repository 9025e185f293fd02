"""Read the replies of a mail server in sequence, so that commands can be pipelined (RFC 2920).

aiosmtplib's own protocol keeps one reply and drops what arrives before the next command. It opens the
connection; then this protocol replaces it.
"""

import asyncio
from typing import Self, cast

from aiosmtplib import SMTPResponse, SMTPResponseException, SMTPServerDisconnected

LONGEST_REPLY = 65536
"""The maximum bytes of one reply, all lines together; RFC 5321 allows 512 per line."""
_NOT_SMTP = -1


class Replies(asyncio.Protocol):
    """The replies on an open connection, and the writing of commands."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._unread = bytearray()
        self._lines: list[bytes] = []
        self._arrived: asyncio.Queue[SMTPResponse | None] = asyncio.Queue()

    @classmethod
    def take_over(cls, transport: asyncio.BaseTransport | None) -> Self:
        """Replace aiosmtplib's protocol on a connection without outstanding replies, if it is still open."""
        if transport is None:
            raise SMTPServerDisconnected("Connection lost")
        replies = cls(cast("asyncio.Transport", transport))
        replies._transport.set_protocol(replies)
        return replies

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as is known, and has no unexpected reply."""
        return self._arrived.empty() and not self._unread and not self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send data. Raises `SMTPServerDisconnected` if the connection is closed."""
        if self._transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        self._transport.write(data)

    async def read(self) -> SMTPResponse:
        """The next reply. Raises an `SMTPException` if the connection is closed or the reply is malformed."""
        reply = await self._arrived.get()
        if reply is None:
            self._arrived.put_nowait(None)
            raise SMTPServerDisconnected("Connection lost")
        if reply.code == _NOT_SMTP:
            raise SMTPResponseException(reply.code, reply.message)
        return reply

    def data_received(self, data: bytes) -> None:
        """Queue every complete reply."""
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
        """The server closed its side; the connection is closed."""
        self._arrived.put_nowait(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is lost; no further reply arrives."""
        self._arrived.put_nowait(None)
