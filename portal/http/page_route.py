"""A route of a page that says which it is: log lines and traces have its path as it is declared, as those of
FastAPI's routes do. The path of the request may hold a token.
"""

from starlette.routing import Match, Route
from starlette.types import Scope


class PageRoute(Route):
    """A route of a page. `shown`: false where a GET only says that the address takes a form."""

    shown = True

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it is the route of this request; what the request then knows."""
        match, child = super().matches(scope)
        return match, ({**child, "route": self} if match is not Match.NONE else child)
