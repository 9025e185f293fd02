"""Where a browser goes on after the sign-in: only to a page of ours (no open redirect)."""

from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.routing import Match

from portal.http.page_route import PageRoute

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
    page_routes: list[PageRoute] = app.state.page_routes
    found = any(route.shown and route.matches(asked)[0] is Match.FULL for route in page_routes)
    return parts._replace(fragment="").geturl() if found or parts.path == "/" else None


def page_of_form(request: Request, base: str) -> str:
    """The path of the page that a form was sent from, as the browser names it in `Referer`; "" unless it is
    a page of ours.
    """
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if parts.netloc.lower() != request.headers.get("host", "").lower():
        return ""
    path = parts.path.removeprefix(base) + (f"?{parts.query}" if parts.query else "")
    return next_page(request.app, path) or ""
