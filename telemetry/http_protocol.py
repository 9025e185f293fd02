"""HTTP/1.1 connections whose requests are bounded in size and in time, and parsed a little at a time.

uvicorn hands h11 whatever a read from the socket brought, up to 256 kB, and h11 looks how large a head is
only while it is incomplete: so what arrives in one read may be as large as the read. A read of chunks of one
byte each would keep the event loop for a second. Nor has uvicorn a limit of time for a first request, or for
the rest of a body that was answered already.
"""

import asyncio

import h11
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""How long a connection may take until a request has its whole head: since it was made, and since the answer
before, whatever else arrives.
"""
SLICE = 4096
"""Bytes that are parsed in a turn of the event loop: a head is larger than its limit by so much at most."""
EVENTS_AT_ONCE = 64
"""Heads, ends, and pieces of content that h11 hands over in a turn of the event loop, some 20 µs each."""
MOST_LINES = 128
"""Lines of a head, or of a trailer, that may be there while it is incomplete."""
MOST_FRAMING = 16 * 1024
"""Bytes of a body that are no content (sizes, extensions, trailers), besides a quarter of the content."""

_GO_ON = frozenset({h11.IDLE, h11.SEND_BODY, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR})
"""Where h11 takes more: not after a whole request, nor after one that asks for another protocol."""


class _Counted(h11.Connection):
    """h11, which hands over so many events in a turn, and counts what of a body is content."""

    def __init__(self, most_incomplete: int | None) -> None:
        super().__init__(h11.SERVER, most_incomplete or SLICE)
        self._left = EVENTS_AT_ONCE
        self._came = 0
        self._content = 0
        self.behind = False
        """Whether there may be more events in what was received."""

    def begin_turn(self) -> None:
        """Hand over events again."""
        self._left = EVENTS_AT_ONCE

    def receive_data(self, data: bytes) -> None:
        """Take bytes, and count them."""
        self._came += len(data)
        super().receive_data(data)

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event; NEED_DATA once there were enough in this turn."""
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
        """Whether a request is complete that has no complete answer: what follows is not parsed before."""
        return self.their_state not in _GO_ON and self.our_state is not h11.DONE

    @property
    def is_excessive(self) -> bool:
        """Whether what came has too many lines, or of a body is hardly content."""
        if self.behind or self.awaits_answer:
            return False
        if self.trailing_data[0].count(b"\n") > MOST_LINES:
            return True
        in_body = self.their_state is h11.SEND_BODY
        return in_body and self._came - self._held() - self._content > MOST_FRAMING + self._content // 4

    def _held(self) -> int:
        return len(self.trailing_data[0])


class _Reading(FlowControl):
    """Reads from the socket only where neither the application has enough nor bytes are left to be parsed."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._full = False
        self._held = False

    def pause_reading(self) -> None:
        """The application has enough."""
        self._full = True
        self._apply()

    def resume_reading(self) -> None:
        """The application takes more."""
        self._full = False
        self._apply()

    def hold(self, *, held: bool) -> None:
        """Whether bytes are left to be parsed."""
        self._held = held
        self._apply()

    def _apply(self) -> None:
        """Also where it is so already: uvicorn resumes some transports by itself."""
        self.read_paused = self._full or self._held
        if self.read_paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol, fed one slice in a turn of the event loop, with a timer that no byte resets."""

    head_seconds = HEAD_SECONDS
    conn: _Counted
    flow: _Reading

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        super().connection_made(transport)
        self.conn = _Counted(self.config.h11_max_incomplete_event_size)
        self.flow = _Reading(transport)
        self._unparsed = bytearray()
        self._turn: asyncio.Handle | None = None
        self._overdue: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more, and parse nothing more."""
        self._await_no_head()
        if self._turn is not None:
            self._turn.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, slice by slice."""
        self._unset_keepalive_if_required()
        self._unparsed += data
        self._parse_soon()

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
        self._parse_soon()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a request, or close where its answer has begun already."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()
        if self.cycle is not None:
            self.cycle.disconnected = True  # an application that answers now has no connection for it
            self.cycle.message_event.set()

    def _parse_soon(self) -> None:
        """Parse in a turn of its own, where there is something to parse."""
        left = bool(self._unparsed) or self.conn.behind
        if left and self._turn is None and not self.transport.is_closing():
            self._turn = self.loop.call_soon(self._parse)
        self.flow.hold(held=left)

    def _parse(self) -> None:
        """Parse one slice, or what is left of the one before: others have their turn between two."""
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
