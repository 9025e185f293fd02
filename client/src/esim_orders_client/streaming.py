"""Server-sent events, without the connection that brings them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from esim_orders_client.calls import Call, read
from esim_orders_client.errors import ApiError, ConnectionFailedError, UnexpectedAnswerError
from esim_orders_client.events import Event
from esim_orders_client.retrying import LONGEST_ASKED, backoff

IDLE_SECONDS = 45.0
"""The API sends a comment every 15 seconds; a connection that brings nothing for so long is lost."""
GIVE_UP_SECONDS = 300.0
"""For so long a lost stream is reconnected."""
MEDIA_TYPE = "text/event-stream"
_LARGEST = 1_000_000
_LATE_SECONDS = 2.0
"""So much later than its deadline a stream may notice it: else each event would open the connection anew."""
_FIELDS = frozenset({"event", "id", "data"})


@dataclass
class Stream:
    """One stream over all its connections: where to continue, and whether it has ended."""

    call: Call
    last_id: str | None = None
    deadline: float | None = None
    ended: bool = False
    _tried: int = 0
    _lost_since: float | None = None
    _connection: "_Connection" = field(init=False)

    def headers(self) -> dict[str, str]:
        """The headers of the next connection, which begins with this call."""
        self._connection = _Connection()
        resume = {"Last-Event-ID": self.last_id} if self.last_id else {}
        return {**self.call.headers(), "Cache-Control": "no-store", **resume}

    def idle(self) -> float:
        """How long the next connection may be silent. Raises TimeoutError at the deadline."""
        left = IDLE_SECONDS if self.deadline is None else self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The order has not ended in time.")
        return min(left, IDLE_SECONDS)

    def begins(self, status: int, media_type: str) -> None:
        """A connection is answered with success. Raises `UnexpectedAnswerError` for what is no stream, such
        as the sign-in page of a proxy: connecting again would not help.
        """
        self.ended = status == 204
        if not self.ended and media_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise UnexpectedAnswerError(
                f"The answer is not a stream of events but {media_type or 'untyped'}."
            )

    def events(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with what has just arrived."""
        for kind, identity, data in self._connection.messages(chunk):
            self._tried, self._lost_since = 0, None
            self.ended = self.ended or kind == "end"
            if not self.ended and data:
                yield read(Event, data.encode())
            if identity:  # after the event: the caller has had it when the stream continues behind it
                self.last_id = identity

    def near_deadline(self, idle: float) -> bool:
        """Whether a connection that may be silent so long would outlast the deadline: it is opened anew."""
        return self.deadline is not None and self.deadline + _LATE_SECONDS - time.monotonic() < idle

    def wait(self, error: Exception | None) -> float:
        """The seconds until the next connection. Raises the error that repeating does not mend, and the one
        that asks to wait for longer than a minute.
        """
        asked = error.retry_after if isinstance(error, ApiError) else None
        if isinstance(error, ApiError) and (
            error.status not in {429, 502, 503, 504} or (asked or 0) > LONGEST_ASKED
        ):
            raise error
        now = time.monotonic()
        self._lost_since = self._lost_since or now
        if now - self._lost_since > GIVE_UP_SECONDS:
            raise error or ConnectionFailedError("The stream was closed again and again.")
        self._tried += 1
        seconds = backoff(self._tried, least=asked or 0)
        return seconds if self.deadline is None else min(seconds, max(0.0, self.deadline - now))


class _Connection:
    """What one connection has brought and is not complete yet."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, list[str]] = {}

    def messages(self, chunk: bytes) -> Iterator[tuple[str, str, str]]:
        """Type, id and data of each message that is complete now; a comment is one without them. Lines end
        with LF or CRLF.
        """
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _LARGEST:
            raise ConnectionFailedError("The stream brought a line without an end.")
        for line in lines:
            name, colon, value = line.rstrip(b"\r").decode("utf-8", "replace").partition(":")
            if name in _FIELDS:
                self._fields.setdefault(name, []).append(value.removeprefix(" "))
            elif colon and not name:
                yield "", "", ""
            elif not name and self._fields:
                done, self._fields = self._fields, {}
                last = {name: values[-1] for name, values in done.items()}
                yield last.get("event", ""), last.get("id", ""), "\n".join(done.get("data", []))
