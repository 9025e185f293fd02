"""The portal's ASGI middleware: log line, security headers, error page, and limits of the request body.

    RequestSpans > RequestLog > SafeHeaders > CrashPage > OneLength > BodyLimit > the application

Plain ASGI, because Starlette's `BaseHTTPMiddleware` leaks the connections of cancelled requests.
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.http.limits import SMALL, Pace, limit_of
from portal.http.static import FOREVER
from portal.http.static import PREFIX as FILES
from telemetry.logs import about
from telemetry.traces import method_and_route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Only files of this site; `connect-src` is for the upload with a progress bar (XMLHttpRequest)."""
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
"""The token is in the path: pages are not indexed or framed, and no referrer is sent."""
NO_STORE = "no-store"
REVALIDATED = "private, no-cache"
"""How an answer with an `ETag` may be cached: by its caller alone, who asks each time whether it has changed.
A client that honours `no-store` has no copy to ask about.
"""

MOST_DRAINED = 32 * 1024 * 1024
DRAIN_SECONDS = 30.0

_log = logging.getLogger("portal")

AnswerTo = Callable[[Request, Exception], Awaitable[Response]]


class RequestLog:
    """Logs one line for each request: method, route, status, milliseconds. Never the path: it holds the
    token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status = time.perf_counter(), 499  # nginx's code: the client closed the connection

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with about(lambda: {"route": method_and_route(scope)[1]}):
            try:
                await self.app(scope, receive, noting)
            finally:
                took = (time.perf_counter() - began) * 1000
                method, route = method_and_route(scope)
                level = logging.DEBUG if route.startswith(_ASKED_ALL_THE_TIME) else logging.INFO
                facts = {"method": method, "status": status, "milliseconds": round(took)}
                _log.log(level, "%s %s %d %.0f ms", method, route, status, took, extra=facts)


_ASKED_ALL_THE_TIME = "/health/"


REFERRER, OWN_REFERRER = "Referrer-Policy", "same-origin"
"""Signed-in pages have no secret in their path. Their forms must say where they come from, and with
`no-referrer` browsers send `Origin: null`.
"""


class SafeHeaders:
    """Adds `HEADERS` to every response, `POLICY` where the response has no policy of its own, and `NO_STORE`
    unless it is of those that may be cached: revalidated each time, or a file whose name holds its hash. The
    pages of signed-in people send their address as the referrer to this site alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = {REFERRER: OWN_REFERRER} if headers.get(REFERRER) == OWN_REFERRER else {}
                headers.update(HEADERS | own)
                if not _may_be_cached(headers.get("Cache-Control"), scope["path"]):
                    headers["Cache-Control"] = NO_STORE
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        await self.app(scope, receive, adding)


def _may_be_cached(control: str | None, path: str) -> bool:
    return control == REVALIDATED or (control == FOREVER and path.startswith(FILES))


class CrashPage:
    """Answers an unexpected error with a 500 page. Its frames are logged, its message never: it may be
    secret.
    """

    def __init__(self, app: ASGIApp, answer: AnswerTo) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as bug:  # noqa: BLE001
            log_crash(bug)
            if not started:
                response = await self.answer(Request(scope), bug)
                await response(scope, receive, send)


def log_crash(bug: Exception) -> None:
    """Log where an unexpected error happened, without its message."""
    where = "".join(traceback.format_tb(bug.__traceback__))
    _log.error("A request failed with %s at\n%s", type(bug).__name__, where)


class OneLength:
    """Refuses a request with both Content-Length and Transfer-Encoding, and closes the connection: request
    smuggling. A proxy in front may use the other length, and read the rest of the body as another request.
    """

    def __init__(self, app: ASGIApp, answer: AnswerTo) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if "content-length" in headers and "transfer-encoding" in headers:
            contradicted = HTTPException(400, headers={"Connection": "close"})
            response = await self.answer(Request(scope), contradicted)
            return await response(scope, receive, send)
        return await self.app(scope, receive, send)


class BodyLimit:
    """Refuses a body above the limit of its path (`portal.http.limits`) with 413, also without a
    Content-Length, and one that arrives too slowly with 408, because what has arrived occupies memory.

    A browser that still sends does not read a response: the person would see a broken connection. So the rest
    of the body is read and discarded first, up to a limit, which is high only where the link or the session
    is valid.
    """

    def __init__(self, app: ASGIApp, answer: AnswerTo, pace: Pace) -> None:
        self.app = app
        self.answer = answer
        self.pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        body = _Body(receive, _announced(scope), limit_of(scope["path"]), self.pace)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
            await send(message)

        if body.announced > body.most:
            response = await self.answer(Request(scope), _too_large())
            return await response(scope, receive, send)
        scope[_BODY] = body
        return await self.app(scope, body.receive, sending)


def allow_large(request: Request) -> None:
    """Allow the request the full size of its path, once its link or session was found valid."""
    request.scope[_BODY].allowed = request.scope[_BODY].most


_BODY = "portal.body"


class _Body:
    """Counts a request's body while it is received, and applies the limits of size and time."""

    def __init__(self, receive: Receive, announced: int, most: int, pace: Pace) -> None:
        self.announced = announced
        self.most = most
        self.allowed = min(most, SMALL)
        self._receive = receive
        self._pace = pace
        self._over_at = asyncio.get_running_loop().time() + pace.seconds
        self._look_at: float | None = None
        self._seen_then = 0
        self._seen = 0
        self._ended = False

    async def receive(self) -> Message:
        """The next part of the body. HTTPException 413 where it is too large, 408 where it is too slow."""
        if self.announced > self.allowed:
            raise _too_large()
        message = await (self._next() if self._ended else self._in_time())
        if self._seen > self.allowed:
            raise _too_large()
        return message

    async def drain(self) -> None:
        """Read and discard the rest of the body, up to a limit."""
        most = MOST_DRAINED if self.allowed > SMALL else SMALL
        if self.announced > most:
            return
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._ended and self._seen <= most:
                    await self._next()
        except TimeoutError:
            self._ended = True

    async def _in_time(self) -> Message:
        clock = asyncio.get_running_loop().time
        while True:
            self._check_pace(clock())
            try:
                async with asyncio.timeout_at(min(self._over_at, self._look_at or self._over_at)):
                    return await self._next()
            except TimeoutError:
                continue

    def _check_pace(self, now: float) -> None:
        """Raise 408 where too little came since the last check, or the whole body takes too long."""
        if self._look_at is None or now >= self._look_at:
            stalled = self._look_at is not None and self._seen - self._seen_then < self._pace.at_least
            if stalled:
                self._give_up()
            self._look_at, self._seen_then = now + self._pace.every, self._seen
        if now >= self._over_at:
            self._give_up()

    def _give_up(self) -> None:
        self._ended = True  # nothing more is waited for
        raise HTTPException(408, headers={"Connection": "close"})

    async def _next(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large() -> HTTPException:
    return HTTPException(413)
