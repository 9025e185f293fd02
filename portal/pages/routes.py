"""Declares the routes of signed-in people, each with the one permission that it needs.

    routes = [
        page("/orders", show, needs=Permission.VIEW_ORDERS),
        form("/orders/{order}/cancel", cancel, needs=Permission.CANCEL_ORDERS),
    ]

A view is `async def show(request: Request, who: SignedIn) -> Response`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from portal.auth.signed_in import SignedIn

View = Callable[[Request, SignedIn], Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """A route of signed-in people."""

    method: str
    path: str
    view: View
    needs: Permission | None
    recent: bool = False

    @property
    def name(self) -> str:
        """The route's name in tests: `POST /account/password`."""
        return f"{self.method} {self.path}"


def page(path: str, view: View, *, needs: Permission | None, recent: bool = False) -> Page:
    """A page. `needs`: the permission, None only for what is a user's own. `recent`: the password must have
    been entered within the last half hour, else it is asked for first.
    """
    return Page("GET", path, view, needs, recent)


def form(path: str, view: View, *, needs: Permission | None, recent: bool = False) -> Page:
    """What a form is sent to: it changes something, and answers with 303 or with the form again, 422."""
    return Page("POST", path, view, needs, recent)
