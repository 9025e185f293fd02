"""Refuses forms that another site has a browser send (CSRF), before anything asks who calls.

As Go's `CrossOriginProtection`: by `Sec-Fetch-Site`, which all browsers send over https since 2023, else by
`Origin`. A request with neither does not come from a form in a browser.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import Refused
from portal.http.middleware import AnswerTo

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WITH_THEIR_OWN = ("/api/v1/", "/codec", "/u/", "/q/", "/o/")
"""What does not go by a session's cookie: the API has keys; mailed links are secrets, and their forms, whose
pages send no referrer, are checked there; the codec answers one other origin.
"""


class OwnFormsOnly:
    """Refuses an unsafe request of another origin with 403, on every path but `WITH_THEIR_OWN`."""

    def __init__(self, app: ASGIApp, answer: AnswerTo, portal_url: str) -> None:
        self.app = app
        self.answer = answer
        self.ours = _origin(portal_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_foreign(scope):
            response = await self.answer(Request(scope), Refused.because("cross_site"))
            return await response(scope, receive, send)
        return await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"].startswith(WITH_THEIR_OWN):
            return False
        headers = Headers(scope=scope)
        return is_foreign(headers, {self.ours, f"{scope['scheme']}://{headers.get('host', '').lower()}"})


def is_foreign(headers: Headers, ours: Collection[str]) -> bool:
    """Whether a browser says that the request comes from another origin than these."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and _origin(origin) not in ours


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
