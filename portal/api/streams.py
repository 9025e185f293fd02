"""The open event streams of this process, and the one reader of the feed that serves them all (A10).

The reader polls the feed of all accounts while streams are open, and hands each event in memory to the
streams that it concerns. So an open stream holds no database connection and costs no query.

A stream is registered first, then catches up by pages of its own, then takes what the reader has handed it
since, without what the pages had: each event exactly once. The reader's place in the feed is known before the
first page is read, so nothing lies between the two.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Collection
from contextvars import Context
from dataclasses import dataclass, replace
from enum import StrEnum

from fastapi.sse import format_sse_event

from models.errors import NotFound, Refused, Unavailable
from models.feed import Cursor, FeedFilter, FeedItem, News
from models.people.callers import Caller
from portal.http.middleware import log_crash
from starter import callers
from starter.callers import Sent
from starter.desks import Desks
from telemetry.metrics import own_gauge

POLL_SECONDS = 0.25
CHECK_SECONDS = 20.0
"""How often it is asked whether the keys of the open streams are still valid."""
MOST_WAITING = 1000
"""Events that wait to be sent in one stream; a slower reader is cut off, and resumes by its cursor."""
_RETRY_SECONDS = 1.0

_log = logging.getLogger("portal")


@dataclass(frozen=True)
class Subscriber:
    """Whose stream it is: the key and what the call said of its caller, to be asked again."""

    key_id: int
    caller: Caller
    sent: Sent

    @property
    def group(self) -> tuple[str, str | None, str | None]:
        """All streams of one group are checked by one query."""
        return self.sent.key, self.sent.account, self.sent.user


class StreamKind(StrEnum):
    """What a stream follows."""

    ACCOUNT = "account"
    ORDER = "order"
    SIM = "sim"


class Stream:
    """One open stream: what waits to be sent in it."""

    def __init__(self, subscriber: Subscriber, wanted: FeedFilter) -> None:
        self.subscriber = subscriber
        self.wanted = wanted
        self.over = False
        self._waiting: list[tuple[Cursor, bytes]] = []
        self._woken: asyncio.Future[None] | None = None

    @property
    def kind(self) -> StreamKind:
        """What it follows."""
        about = self.wanted.about
        if about is None:
            return StreamKind.ACCOUNT
        return StreamKind.SIM if about.startswith("sim:") else StreamKind.ORDER

    def put(self, place: Cursor, message: bytes) -> None:
        """Add an event; a stream that has too many is ended."""
        if len(self._waiting) >= MOST_WAITING:
            _log.info("A reader of events is too slow; its stream ends and can be resumed.")
            self.end()
        elif not self.over:
            self._waiting.append((place, message))
            self._wake()

    def end(self) -> None:
        """End the stream as soon as what is being sent is sent."""
        self.over = True
        self._waiting = []
        self._wake()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def take(self, seconds: float) -> list[tuple[Cursor, bytes]]:
        """What waits; nothing after so many seconds, or where the stream is over. For one task."""
        if not self._waiting and not self.over:
            loop = asyncio.get_running_loop()
            self._woken = loop.create_future()
            over = loop.call_later(seconds, self._wake)  # `asyncio.wait` takes a kilobyte more
            try:
                await self._woken
            finally:
                over.cancel()
                self._woken = None
        taken, self._waiting = self._waiting, []
        return taken


class Streams:
    """All open streams of the process."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._reader_as = callers.operator()
        self._of_account: defaultdict[int, set[Stream]] = defaultdict(set)
        self._of_key: Counter[int] = Counter()
        self._of_kind: Counter[StreamKind] = Counter()
        self._gauge = own_gauge("esim_portal_streams", "Event streams that are open in this process.")
        for kind in StreamKind:
            self._gauge.set(0, {"kind": kind.value})
        self._place: Cursor | None = None
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = False

    def __len__(self) -> int:
        return self._of_key.total()

    async def open(self, subscriber: Subscriber, wanted: FeedFilter) -> Stream:
        """Register a stream, which the caller closes.

        Raises `Refused` (`too_many_streams`), `Unavailable`.
        """
        most = self._desks.settings.streams_per_caller
        if self._of_key[subscriber.key_id] >= most:
            raise Refused.because("too_many_streams", most=most)
        stream = Stream(subscriber, wanted)
        self._of_key[subscriber.key_id] += 1
        self._of_account[wanted.scope.account_id].add(stream)
        self._count(stream, 1)
        try:
            await self._start()
        except BaseException:
            self.close(stream)
            raise
        if self._ended:
            stream.end()
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream. With the last one, the reader stops."""
        account_id, key_id = stream.wanted.scope.account_id, stream.subscriber.key_id
        if stream not in self._of_account.get(account_id, ()):
            return
        stream.end()
        self._of_account[account_id].discard(stream)
        if not self._of_account[account_id]:
            del self._of_account[account_id]
        self._count(stream, -1)
        self._of_key[key_id] -= 1
        if not self._of_key[key_id]:
            del self._of_key[key_id]
        if not self._of_account:
            self._stop()

    def _count(self, stream: Stream, change: int) -> None:
        self._of_kind[stream.kind] += change
        self._gauge.set(self._of_kind[stream.kind], {"kind": stream.kind.value})

    def end_all(self) -> None:
        """The process stops: end all streams at once, and each that is opened from now on."""
        self._ended = True
        for stream in self._all():
            stream.end()
        self._stop()

    def _all(self) -> Collection[Stream]:
        return [stream for streams in self._of_account.values() for stream in streams]

    async def _start(self) -> None:
        async with self._starting:
            if self._place is None:
                self._place = (await self._desks.feed.news(self._reader_as)).cursor
            if not self._tasks and not self._ended:
                # in a context of their own: not in the log lines and the trace of the call that came first
                loop = asyncio.get_running_loop()
                work = (self._read(), self._check())
                self._tasks = [loop.create_task(each, context=Context()) for each in work]

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks, self._place = [], None

    async def _read(self) -> None:
        """Hand over what happens, until the task is cancelled. While the database is unavailable the place
        stays.
        """
        while self._place is not None:
            try:
                page = await self._desks.feed.news(self._reader_as, self._place)
                for news in page.news:
                    self._hand_over(news)
            except Exception as failure:  # noqa: BLE001  one bad moment must not silence all streams
                if not isinstance(failure, Unavailable):
                    log_crash(failure)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            self._place = page.cursor
            await asyncio.sleep(0 if page.more else POLL_SECONDS)

    def _hand_over(self, news: News) -> None:
        message = b""
        for stream in self._of_account.get(news.account_id or 0, ()):
            if stream.wanted.accepts(news):
                message = message or framed(news.item)
                stream.put(news.place, message)

    async def _check(self) -> None:
        """End the streams of keys that were revoked, and of users who may do less than before."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            groups: defaultdict[tuple[str, str | None, str | None], list[Stream]] = defaultdict(list)
            for stream in self._all():
                groups[stream.subscriber.group].append(stream)
            for streams in groups.values():
                try:
                    now = await self._caller_now(streams[0].subscriber.sent)
                except Exception as bug:  # noqa: BLE001  the other keys are checked, this one in the next round
                    log_crash(bug)
                    continue
                for stream in streams:
                    was = stream.subscriber.caller
                    if now is None or (now.scope, now.permissions) != (was.scope, was.permissions):
                        stream.end()

    async def _caller_now(self, sent: Sent) -> Caller | None:
        """Who sends the key, as they may act at this moment; None for one that may not any more."""
        database, secret_keys = self._desks.database, self._desks.settings.secret_keys
        while True:
            try:
                return (await callers.of_key(database, secret_keys, replace(sent, changes=False))).caller
            except Unavailable:
                await asyncio.sleep(_RETRY_SECONDS)
            except (Refused, NotFound):
                return None


def framed(item: FeedItem) -> bytes:
    """An item as a server-sent event."""
    return format_sse_event(data_str=item.model_dump_json(), event=item.type, id=item.id)
