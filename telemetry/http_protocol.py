"""HTTP/1.1 connections whose request heads are bounded in size and in time, however they arrive.

uvicorn hands h11 whatever a read from the socket brought, up to 256 kB, and h11 looks how large a head is
only while it is incomplete: so what arrives in one read may be as large as the read. Nor has uvicorn a limit
of time for a first request, or for the rest of a body that was answered already.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""How long a connection may take until a request has its whole head: since it was made, and since the answer
before, whatever else arrives.
"""
_SLICE = 4096
"""Bytes that are parsed at a time: a head is larger than its limit by so much at most."""


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol, fed in slices, with a timer that no byte resets."""

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        super().connection_made(transport)
        self._unparsed = bytearray()
        self._overdue: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._await_no_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, slice by slice."""
        self._unset_keepalive_if_required()
        self._unparsed += data
        self._parse()

    def handle_events(self) -> None:
        """Note where a request has its head, so that the timer ends."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._await_no_head()

    def on_response_complete(self) -> None:
        """Await the next request, and parse what of it is there already."""
        self._await_head()
        super().on_response_complete()
        self._parse()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a request, or close where its answer has begun already."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def _parse(self) -> None:
        while self._unparsed and not self.transport.is_closing():
            if self.conn.their_state is h11.DONE and self.conn.our_state is not h11.DONE:
                self.flow.pause_reading()  # another request follows before this one is answered
                return
            part = bytes(self._unparsed[:_SLICE])
            del self._unparsed[:_SLICE]
            self.conn.receive_data(part)
            self.handle_events()

    def _await_head(self) -> None:
        self._await_no_head()
        self._overdue = self.loop.call_later(self.head_seconds, self._give_up)

    def _await_no_head(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
                self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
            self.transport.close()
