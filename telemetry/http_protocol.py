"""HTTP/1.1 connections with limits of size and time for request heads, parsed in small slices.

uvicorn passes everything that one read from the socket returned to h11, up to 256 kB, and h11 checks the size
of a head only while it is incomplete: a head that arrives in one read may be as large as the read. Parsing a
read that consists of chunks of one byte each would block the event loop for a second. uvicorn also has no
timeout for the first request of a connection, nor for the rest of a body after its response.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

import h11
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""The timeout of a request head: since the connection was made, or since the response before. Bytes that
arrive do not reset it.
"""
SLICE = 4096
"""Bytes parsed in one turn of the event loop; a head can exceed its limit by this at most."""
EVENTS_AT_ONCE = 64
"""h11 events (heads, ends, pieces of content) handled in one turn of the event loop, some 20 µs each."""
MOST_LINES = 128
"""Most lines of a head or trailer that is still incomplete."""
MOST_FRAMING = 16 * 1024
"""Most bytes of chunked framing in a body (sizes, extensions, trailers), plus a quarter of its content."""

CUT_OFF = "esim.cut_off"
"""The extension of an ASGI scope that closes the connection at once. Closed in the usual way it would stay,
with all that waits to be sent, until its reader takes it.
"""

UNACKNOWLEDGED_SECONDS = 60
"""How long what is sent in a response of hours may be unacknowledged. Linux alone would wait a quarter of an
hour for a reader whose network is gone.
"""
LASTING = "esim.lasting"
"""The extension of an ASGI scope that has the system close the connection after that time."""

_GO_ON = frozenset({h11.IDLE, h11.SEND_BODY, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR})
"""States in which h11 parses more: not after a complete request, nor after one that asks for an upgrade."""


def cut_off(extensions: Mapping[str, Any]) -> None:
    """Close the connection of a request, by the extensions of its scope, and drop what its reader has not
    taken.
    """
    if CUT_OFF in extensions:
        extensions[CUT_OFF]["now"]()


def lasting(extensions: Mapping[str, Any]) -> None:
    """Let the system close the connection of a request, by the extensions of its scope, once its reader's
    network is gone. Not for other responses: a download may be paused for longer.
    """
    if LASTING in extensions:
        extensions[LASTING]["now"]()


class _Counted(h11.Connection):
    """h11 with a limit of events for each turn; it counts how much of a body is content."""

    def __init__(self, most_incomplete: int | None) -> None:
        super().__init__(h11.SERVER, most_incomplete or SLICE)
        self._left = EVENTS_AT_ONCE
        self._came = 0
        self._content = 0
        self.behind = False
        """Whether the received bytes may contain more events."""

    def begin_turn(self) -> None:
        """Allow the next `EVENTS_AT_ONCE` events."""
        self._left = EVENTS_AT_ONCE

    def receive_data(self, data: bytes) -> None:
        """Receive bytes and count them."""
        self._came += len(data)
        super().receive_data(data)

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event; NEED_DATA once this turn has had its events."""
        self.behind = self._left == 0
        if self.behind:
            return h11.NEED_DATA
        self._left -= 1
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._came, self._content = self._held(), 0
        elif isinstance(event, h11.Data):
            self._content += len(event.data)
        return event

    @property
    def awaits_answer(self) -> bool:
        """Whether a complete request still lacks its complete response; nothing after it is parsed before."""
        return self.their_state not in _GO_ON and self.our_state is not h11.DONE

    @property
    def is_excessive(self) -> bool:
        """Whether a head or trailer has too many lines, or a body is mostly framing."""
        if self.behind or self.awaits_answer:
            return False
        if self.trailing_data[0].count(b"\n") > MOST_LINES:
            return True
        in_body = self.their_state is h11.SEND_BODY
        return in_body and self._came - self._held() - self._content > MOST_FRAMING + self._content // 4

    def _held(self) -> int:
        return len(self.trailing_data[0])


class _Reading(FlowControl):
    """Pauses reading from the socket while the application's buffer is full or bytes are left to parse."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._full = False
        self._held = False

    def pause_reading(self) -> None:
        """The application's buffer is full."""
        self._full = True
        self._apply()

    def resume_reading(self) -> None:
        """The application accepts more."""
        self._full = False
        self._apply()

    def hold(self, *, held: bool) -> None:
        """Set whether bytes are left to parse."""
        self._held = held
        self._apply()

    def _apply(self) -> None:
        """Pause or resume, also where nothing changed: uvicorn resumes some transports by itself."""
        self.read_paused = self._full or self._held
        if self.read_paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol, fed one slice in a turn of the event loop, with a timeout of the request head."""

    head_seconds = HEAD_SECONDS
    conn: _Counted
    flow: _Reading

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout of the first request."""
        super().connection_made(transport)
        self.conn = _Counted(self.config.h11_max_incomplete_event_size)
        self.flow = _Reading(transport)
        self._unparsed = bytearray()
        self._turn: asyncio.Handle | None = None
        self._overdue: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout and the parsing."""
        self._await_no_head()
        if self._turn is not None:
            self._turn.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Buffer the bytes, and parse them slice by slice."""
        self._unset_keepalive_if_required()
        self._unparsed += data
        self._parse_soon()

    def handle_events(self) -> None:
        """Cancel the timeout once a request has its head, and let the application cut the connection off."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._await_no_head()
            self.scope["extensions"] = {
                CUT_OFF: {"now": self.transport.abort},
                LASTING: {"now": self._notice_loss},
            }

    def _notice_loss(self) -> None:
        """Have the system close the connection where nothing is acknowledged any more."""
        connection = self.transport.get_extra_info("socket")
        option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux
        if option is not None and connection is not None and connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, option, UNACKNOWLEDGED_SECONDS * 1000)

    def on_response_complete(self) -> None:
        """Start the timeout of the next request, and parse what has already arrived of it."""
        self._await_head()
        super().on_response_complete()
        self._parse_soon()

    def send_400_response(self, msg: str) -> None:
        """Answer 400, or close the connection where the response has already begun."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()
        if self.cycle is not None:
            self.cycle.disconnected = True  # the application cannot answer on this connection any more
            self.cycle.message_event.set()

    def _parse_soon(self) -> None:
        """Schedule parsing in a turn of its own, where there is something to parse."""
        left = bool(self._unparsed) or self.conn.behind
        if left and self._turn is None and not self.transport.is_closing():
            self._turn = self.loop.call_soon(self._parse)
        self.flow.hold(held=left)

    def _parse(self) -> None:
        """Parse one slice, or the rest of the one before; other tasks run between two slices."""
        self._turn = None
        if self.transport.is_closing() or self.conn.awaits_answer:
            return  # `on_response_complete` continues
        self.conn.begin_turn()
        if not self.conn.behind:
            part = bytes(self._unparsed[:SLICE])
            del self._unparsed[:SLICE]
            self.conn.receive_data(part)
        self.handle_events()
        if self.conn.is_excessive and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")
        self._parse_soon()

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
