"""Sends calls, tries them again, and follows streams."""

# Written by `make client` from its twin in `_async`; changes here are lost.

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from typing import TypeVar

import httpx2

from esim_orders_client.calls import Access, Call, read
from esim_orders_client.errors import (
    ApiError,
    CallTimedOutError,
    ConnectionFailedError,
    EsimOrdersError,
    error_of,
)
from esim_orders_client.events import Event
from esim_orders_client.memory import Memory
from esim_orders_client.model import Page
from esim_orders_client.retrying import Retrying, may_have_arrived
from esim_orders_client.streaming import Stream

Answer = TypeVar("Answer")
log = logging.getLogger("esim_orders_client")


class Connection:
    """Calls the API as one caller. Connections are shared with the clients that were made from this one."""

    def __init__(
        self, http: httpx2.Client, access: Access, retrying: Retrying, memory: Memory | None
    ) -> None:
        self.http = http
        self.access = access
        self.retrying = retrying
        self.memory = memory

    def ask(self, answer: type[Answer], call: Call) -> Answer:
        """Send a call; its answer. Raises the error of the last try."""
        return read(answer, self.content(call))

    def content(self, call: Call) -> bytes:
        """Send a call; the bytes that are answered."""
        content = call.content()
        tried, arrived = 0, False
        while True:
            tried += 1
            try:
                return self._try(call, content)
            except (ApiError, ConnectionFailedError) as error:
                if arrived and call.deleted(error):
                    return b""
                arrived = arrived or may_have_arrived(error)
                seconds = self.retrying.wait(tried, error)
                if seconds is None:
                    raise
                log.debug("%s %s: %s; again in %.1f s", call.method, call.path, error, seconds)
            time.sleep(seconds)

    def _try(self, call: Call, content: Mapping[str, object]) -> bytes:
        """Send it once."""
        known = self.memory.find(self.access, call) if self.memory else None
        since = {"If-None-Match": known[0]} if known else {}
        headers = httpx2.Headers(
            self.access.headers() | call.headers() | since
        )  # hides the key in tracebacks
        try:
            response = self.http.request(
                call.method,
                self.access.base_url + call.path,
                params=call.parameters(),
                headers=headers,
                **content,  # type: ignore[arg-type]
            )
        except httpx2.RequestError as error:
            raise _failed(error) from error
        if known and response.status_code == 304:
            return known[1]
        if not response.is_success:
            raise error_of(response.status_code, response.headers, response.content)
        if self.memory:
            self.memory.keep(self.access, call, response.headers.get("etag"), response.content)
        return response.content

    def iterate(self, page: Callable[[str | None], Page[Answer]]) -> Iterator[Answer]:
        """The records of all pages, each asked for when it is needed."""
        cursor: str | None = None
        while True:
            answered = page(cursor)
            for record in answered.data:
                yield record
            cursor = answered.next_cursor
            if not answered.has_more or cursor is None:
                return

    def stream(
        self,
        call: Call,
        after: str | None = None,
        timeout: float | None = None,
        place: Call | None = None,
    ) -> Generator[Event, None, None]:
        """The events of a stream, over as many connections as it needs, each event once. It ends where the
        API says that nothing more will come. Raises TimeoutError after `timeout` seconds.

        A stream that begins now asks for its `place` first: else what happens while it is reconnected before
        its first event would be missed.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        if after is None and place is not None:
            after = (self.ask(Page[Event], place)).next_cursor
        stream = Stream(call, last_id=after, deadline=deadline)
        while not stream.ended:
            error: EsimOrdersError | None = None
            try:
                with closing(self._connected(stream)) as events:
                    for event in events:
                        yield event
            except (ApiError, ConnectionFailedError) as failed:
                error = failed
            if not stream.ended:
                time.sleep(stream.wait(error))

    def _connected(self, stream: Stream) -> Generator[Event, None, None]:
        """The events of one connection."""
        idle = stream.idle()
        usual = self.http.timeout
        waits = httpx2.Timeout(connect=usual.connect, read=idle, write=usual.write, pool=usual.pool)
        headers = httpx2.Headers(self.access.headers() | stream.headers())  # as above
        try:
            with self.http.stream(
                stream.call.method,
                self.access.base_url + stream.call.path,
                params=stream.call.parameters(),
                headers=headers,
                timeout=waits,
            ) as response:
                if not response.is_success:
                    raise error_of(response.status_code, response.headers, response.read())
                stream.begins(response.status_code, response.headers.get("content-type", ""))
                for chunk in response.iter_bytes():
                    for event in stream.events(chunk):
                        yield event
                    if stream.ended or stream.near_deadline(idle):
                        return
        except httpx2.RequestError as error:
            raise _failed(error) from error


def _failed(error: httpx2.RequestError) -> ConnectionFailedError:
    """The error of a call that was not answered."""
    kind = CallTimedOutError if isinstance(error, httpx2.TimeoutException) else ConnectionFailedError
    before = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    return kind(f"{type(error).__name__}: {error}", arrived=not isinstance(error, before))
