"""Where a browser goes on after the sign-in: only to a page of ours (no open redirect)."""

from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.routing import Match, Route

_LONGEST = 2000
_NOT_TO = ("/sign-in", "/sign-out")


def next_page(app: Any, text: str) -> str | None:
    """The path, with its query, if it is that of a page of signed-in people; else None."""
    if not text.startswith("/") or len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return None
    if "\\" in text or text.startswith("//") or text.startswith(_NOT_TO):
        return None
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or "//" in parts.path or ".." in unquote(parts.path):
        return None
    asked = {"type": "http", "method": "GET", "path": unquote(parts.path)}
    page_routes: list[Route] = app.state.page_routes
    found = any(route.matches(asked)[0] is Match.FULL for route in page_routes)
    return parts._replace(fragment="").geturl() if found or parts.path == "/" else None
