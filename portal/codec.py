"""The codec server: decrypts payloads for the Temporal Web UI and the `temporal` command. See
docs/encryption.md.

GET, POST /codec           an operator signs in with the token and gets a cookie for twelve hours
POST      /codec/decode    {"payloads": [...]} encrypted -> the same, decrypted
POST      /codec/encode    the reverse: the `temporal` command calls it with everything it sends
OPTIONS   /codec/...       CORS preflight for the Web UI's origin

The routes exist only if keys, origin and token are all set. A browser authenticates with the cookie, from the
one origin; a program with `Authorization: Bearer`. Failures are plain text, because the Web UI takes any JSON
as decrypted payloads. Each decryption is logged: how many payloads, which namespace, which origin, and
whether by session or by token.
"""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from google.protobuf import json_format
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from temporalio.api.common.v1 import Payload, Payloads

from models.errors import DecryptionFailed, Refused
from portal.http.attempts import Attempts
from portal.http.forms import check_same_origin, read_field
from portal.http.middleware import allow_large
from portal.links.pages import Pages
from settings import Settings
from temporal.payloads import PayloadKeys

SHORTEST_TOKEN = 32
SESSION_SECONDS = 12 * 60 * 60
COOKIE = "esim_codec"
MOST_VALUES = 50_000
"""Most values in a request's JSON: enough for thousands of payloads with their metadata."""

_ALLOWED = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
    "Access-Control-Max-Age": "600",
}
_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,64}")

_log = logging.getLogger("portal.codec")
_record = logging.getLogger("portal.codec.record")
_record.setLevel(logging.INFO)
"""Decryptions are logged whatever ESIM_LOG_LEVEL is."""


class CodecAccess:
    """Authenticates requests to decrypt payloads. Its `repr` is redacted."""

    def __init__(self, origin: str, token: str) -> None:
        """Raises `Refused` (`codec_origin_invalid`, `codec_token_invalid`)."""
        if not _ORIGIN.fullmatch(origin):
            raise Refused.because("codec_origin_invalid")
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
            raise Refused.because("codec_token_invalid", characters=SHORTEST_TOKEN)
        self.origin = origin
        self._token = token.encode()

    def knows(self, token: str) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(
            hashlib.sha256(token.encode()).digest(), hashlib.sha256(self._token).digest()
        )

    def session(self, now: float) -> str:
        """Make a session cookie of twelve hours. A changed token invalidates all sessions."""
        ends = str(int(now) + SESSION_SECONDS)
        return f"{ends}.{self._signed(ends)}"

    def in_session(self, cookie: str, now: float) -> bool:
        """Whether this cookie was signed with the token and has not expired."""
        ends, _, signature = cookie.partition(".")
        right = hmac.compare_digest(signature.encode(), self._signed(ends).encode())
        return right and int(ends) > now

    def _signed(self, ends: str) -> str:
        return hmac.new(self._token, f"codec session until {ends}".encode(), hashlib.sha256).hexdigest()


class CodecRoutes:
    """The routes that decrypt and encrypt payloads, and the sign-in to them."""

    def __init__(self, keys: PayloadKeys, access: CodecAccess, pages: Pages, portal_url: str) -> None:
        self._keys = keys
        self._access = access
        self._pages = pages
        self._portal_url = portal_url
        self._attempts = Attempts()

    @classmethod
    def configured(cls, settings: Settings, pages: Pages) -> "CodecRoutes | None":
        """The routes, or None unless all three settings are set. Raises `Refused` where one is invalid."""
        keys = PayloadKeys(settings.payload_keys)
        if not (keys.decrypts and settings.codec_origin and settings.codec_token):
            return None
        access = CodecAccess(settings.codec_origin, settings.codec_token)
        return cls(keys, access, pages, settings.portal_url)

    async def page(self, request: Request) -> Response:
        """The sign-in page; for an operator with a session, the page that says so."""
        return self._pages.render(request, "codec", signed_in=self._in_session(request), wrong=False)

    async def sign_in(self, request: Request) -> Response:
        """Exchange the token for a session cookie."""
        check_same_origin(request, self._portal_url)
        self._attempts.check(request)
        token = await read_field(request, "token")
        if not self._knows(request, token):
            return self._pages.render(request, "codec", 403, signed_in=False, wrong=True)
        path = f"{self._pages.base}/codec"
        answer = RedirectResponse(path, 303)
        answer.set_cookie(
            COOKIE,
            self._access.session(time.time()),
            max_age=SESSION_SECONDS,
            path=path,
            secure=urlsplit(self._portal_url).scheme == "https",
            httponly=True,
            samesite="strict",  # the Web UI is another origin of the same site
        )
        return answer

    async def preflight(self, request: Request) -> Response:
        """Answer a CORS preflight: only the configured origin may call."""
        if request.headers.get("origin") != self._access.origin:
            return PlainTextResponse("This origin may not have payloads decrypted.", 403)
        return Response(status_code=204, headers=_ALLOWED | self._shared())

    async def decode(self, request: Request) -> Response:
        """Decrypt the payloads of the request."""
        return await self._answer(request, "decrypted", self._keys.decrypt)

    async def encode(self, request: Request) -> Response:
        """Encrypt the payloads of the request."""
        return await self._answer(request, "encrypted", self._keys.encrypt)

    async def _answer(self, request: Request, done: str, turn: Callable[[Payload], Payload]) -> Response:
        origin = request.headers.get("origin")
        if origin not in (None, self._access.origin):
            _log.warning("A request came from another origin than ESIM_CODEC_ORIGIN.")
            return PlainTextResponse("This origin may not have payloads decrypted.", 403)
        shared = self._shared() if origin else {}
        try:
            right = self._right(request, origin)
        except HTTPException as refused:  # failed too often
            headers = shared | dict(refused.headers or {})
            return PlainTextResponse("Too many wrong tokens were shown; try again later.", 429, headers)
        if right is None:
            sentence = "Show ESIM_CODEC_TOKEN: as a bearer token, or on the portal's page /codec."
            return PlainTextResponse(sentence, 401, shared | {"WWW-Authenticate": "Bearer"})
        try:
            content = await self._sent(request)
            count, answer = await run_in_threadpool(_turned, content, turn)
        except (json_format.ParseError, RecursionError, UnicodeDecodeError):
            return PlainTextResponse('Send JSON: {"payloads": [...]}.', 400, shared)
        except DecryptionFailed as unreadable:
            return PlainTextResponse(str(unreadable), 422, shared)
        namespace = request.headers.get("x-namespace", "")
        _write_down(done, count, namespace, origin or "none", right)
        return Response(answer, headers=shared, media_type="application/json")

    async def _sent(self, request: Request) -> bytes:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise json_format.ParseError  # another site's form cannot send JSON without a CORS preflight
        allow_large(request)
        return await request.body()

    def _right(self, request: Request, origin: str | None) -> str | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if origin and self._in_session(request):
            return "session"
        known = scheme.lower() == "bearer" and self._knows(request, token.strip())
        return "token" if known else None

    def _knows(self, request: Request, token: str) -> bool:
        """Whether this is the token. HTTPException 429 where the address has shown too many wrong ones."""
        self._attempts.check(request)
        if self._access.knows(token):
            return True
        self._attempts.failed(request)
        _log.warning("A token was shown that is not ESIM_CODEC_TOKEN.")
        return False

    def _in_session(self, request: Request) -> bool:
        return self._access.in_session(request.cookies.get(COOKIE, ""), time.time())

    def _shared(self) -> dict[str, str]:
        return {
            "Access-Control-Allow-Origin": self._access.origin,
            "Access-Control-Allow-Credentials": "true",
            "Vary": "Origin",
        }


def _turned(content: bytes, turn: Callable[[Payload], Payload]) -> tuple[int, bytes]:
    """Encrypt or decrypt each payload; the number of payloads, and the result as JSON.

    It runs in a thread, since large payloads would block the event loop. Too many values are refused: the
    parser holds the GIL until all are read, which blocks the event loop from any thread.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise json_format.ParseError
    sent = json_format.Parse(content, Payloads(), ignore_unknown_fields=True)
    turned = Payloads(payloads=map(turn, sent.payloads))
    return len(turned.payloads), bytes(JSONResponse(json_format.MessageToDict(turned)).body)


def _write_down(done: str, count: int, namespace: str, origin: str, right: str) -> None:
    named = namespace if _NAMESPACE.fullmatch(namespace) else "none"
    _record.info(
        "Payloads %s: %d, of namespace %s, for origin %s, by %s.",
        *(done, count, named, origin, right),
        extra={"done": done, "payloads": count, "namespace": named, "origin": origin, "right": right},
    )
