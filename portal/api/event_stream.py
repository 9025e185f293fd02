"""The answer of a route that follows the feed: server-sent events until the reader leaves (A10)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from models.errors import EsimError
from models.feed import Cursor, FeedPage
from portal.api.streams import Stream, Streams, Subscriber, framed
from portal.http.middleware import log_crash
from telemetry.http_protocol import cut_off, lasting
from telemetry.server import AFTERWARDS, Rest

PING_SECONDS = 15.0
"""How often something is sent where nothing happens, so that no proxy closes the connection."""
SEND_SECONDS = 30.0
"""The timeout of one message to a reader that takes nothing."""
PING = b": \n\n"
END = format_sse_event(data_str="{}", event="end")
HEAD = "portal.head"
"""In the scope of a call with the method HEAD, which is answered as GET."""
_NOT_BUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Read = Callable[[str | None], Awaitable[FeedPage]]
"""Reads a page of the stream's events after a cursor."""

_log = logging.getLogger("portal")


class EventStream(StreamingResponse):
    """Server-sent events. Forgets the stream when it has ended, in whatever way."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(
        self, content: AsyncIterator[bytes], headers: dict[str, str], ended: Callable[[], None]
    ) -> None:
        super().__init__(content, headers=headers)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the answer, and leave the rest of it for afterwards where the server can do that."""
        extensions = scope.get("extensions") or {}
        goes_on = partial(self._go_on, extensions)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        except BaseException:
            self._ended()
            raise
        self.raw_headers = []
        lasting(extensions)
        if AFTERWARDS in extensions:
            extensions[AFTERWARDS]["left"].append(Rest(goes_on, self._ended))
        else:
            await goes_on(receive, send)

    async def _go_on(self, extensions: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Send until the reader leaves, and forget the stream. Two plain tasks: the task group of Starlette
        takes 5 kB more for each stream.
        """
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        except TimeoutError:
            _log.info("A reader of events takes nothing; its connection is closed.")
            cut_off(extensions)
        except Exception as bug:  # noqa: BLE001  after the application has returned, it logs no crash
            log_crash(bug)
            cut_off(extensions)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            self._ended()

    async def _send(self, send: Send) -> None:
        """Send. Raises `TimeoutError` for a reader that takes nothing for too long."""
        async for message in self.body_iterator:
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": message, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def follow(
    request: Request, response: Response, read: Read, after: str | None, *, ends: bool = False
) -> Response:
    """The stream of what `read` reads, after a cursor. `ends`: it may become complete, as that of an order.

    Everything is refused before the stream begins. One that is complete, to a reader who has had it all: 204,
    which browsers take as the end. `response` has the headers of every answer.
    """
    headers = {**response.headers, **_NOT_BUFFERED}
    first = await read(after)
    if first.complete and not first.news and after is not None:
        return Response(status_code=204, headers=headers)
    if request.scope.get(HEAD) or first.wanted is None:
        return EventStream(_nothing(), headers, lambda: None)
    streams: Streams = request.app.state.streams
    found = request.state.authenticated
    subscriber = Subscriber(found.key_id, found.caller, request.state.sent)
    stream = await streams.open(subscriber, first.wanted)
    content = _until_over(_messages(stream, read, first, ends=ends))
    return EventStream(content, headers, lambda: streams.close(stream))


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for each in nothing:
        yield each


async def _until_over(messages: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The messages, until the reader may not read any more or the database is unavailable: then the stream
    ends, and the answer to the next call says why.
    """
    with suppress(EsimError):
        async for message in messages:
            yield message


async def _messages(stream: Stream, read: Read, page: FeedPage, *, ends: bool) -> AsyncIterator[bytes]:
    """Pages from the database until there is no more, then what the reader hands over, without what the pages
    had.

    The first page was read before the stream was registered: another one is read in any case, else what
    happened between the two would be missed. Where the stream `ends`, a page with events is not the last one:
    whether the order has ended was asked before them.
    """
    registered = False
    while not stream.over:
        if page.news:
            yield b"".join(framed(news.item) for news in page.news)
        place = page.cursor
        if page.complete:
            yield END
            return
        if registered and not page.more and not (ends and page.news):
            async for sent, message in _live(stream, page.cursor, once=ends, over=page.over):
                place = sent
                yield message
        registered = True
        page = await read(str(place))


async def _live(
    stream: Stream, place: Cursor, *, once: bool, over: bool
) -> AsyncIterator[tuple[Cursor, bytes]]:
    """What is handed over after a place, and pings. `once`: until something happens, or, where an order is
    `over` already, for the time of a ping: a held step of it is released or given up without an event of the
    account. An open order is not read again: its end is such an event.
    """
    while True:
        came = await stream.take(PING_SECONDS)
        if stream.over:
            return
        later = [each for each in came if each[0] > place]
        if later:
            place = later[-1][0]
            yield place, b"".join(message for _, message in later)
        elif not came:
            yield place, PING
        if once and (later or over):
            return
