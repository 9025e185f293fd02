"""Keyset pages of lists: the cursor is in the address, beside what is filtered."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from models.paging import Page, Position
from portal.http.cursors import closed, opened

ROWS = 50


@dataclass(frozen=True)
class Listing:
    """One list at one address, filtered by these values of the query."""

    path: str
    filters: dict[str, str]
    cursor: str | None

    @classmethod
    def of(cls, request: Request, path: str, *filters: str) -> "Listing":
        """The list as the address asks for it; `filters`: the names that the query may have."""
        query = request.query_params
        chosen = {name: query[name].strip() for name in filters if query.get(name, "").strip()}
        return cls(path, chosen, query.get("cursor"))

    @property
    def after(self) -> Position | None:
        """Where this page of the list begins. Raises `Refused` (`page_cursor_invalid`)."""
        return opened(self.cursor, self._name) if self.cursor else None

    def address(self, **other: str) -> str:
        """The first page of the list, with other values for some filters."""
        values = {name: value for name, value in (self.filters | other).items() if value}
        return f"{self.path}?{urlencode(values)}" if values else self.path

    def facts(self, found: Page[Any]) -> dict[str, Any]:
        """The addresses of the first and of the next page, "" where there is none, for the pager."""
        following = found.following and closed(found.following, self._name)
        values = self.filters | ({"cursor": following} if following else {})
        return {
            "first": self.address() if self.cursor else "",
            "following": f"{self.path}?{urlencode(values)}" if following else "",
        }

    @property
    def _name(self) -> str:
        return self.address()
