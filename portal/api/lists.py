"""Lists of the API: `limit`, an opaque `cursor`, `has_more`, `next_cursor` and a `Link` header (A6).

A cursor continues the list that it came from: with another filter or another account it is refused (400).
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from models.paging import LARGEST_PAGE, Page
from portal.api.routing import SLASH
from portal.http.cursors import closed, opened

Record = TypeVar("Record")
Resource = TypeVar("Resource")
_PAGING = frozenset({"limit", "cursor"})
_DIGEST_CHARACTERS = 12
_MOST_CURSOR = 2000


class ListOf(BaseModel, Generic[Resource]):
    """One page of a list."""

    data: list[Resource]
    has_more: bool = Field(description="Whether the list goes on after this page.")
    next_cursor: str | None = Field(description="The `cursor` of the next page; null at the end of the list.")

    @classmethod
    def whole(cls, records: Iterable[Resource]) -> "ListOf[Resource]":
        """A list that always is one page."""
        return cls(data=list(records), has_more=False, next_cursor=None)


class Listing:
    """Which page of a list is asked for."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self.limit = limit
        self._request = request
        self._path: str = request.scope["path"]
        self._response = response
        self._filter = _digest(request)
        self.after = None if cursor is None else opened(cursor, self._filter)

    def of(self, page: Page[Record], view: Callable[[Record], Resource]) -> ListOf[Resource]:
        """The page as an answer; its next one is in the `Link` header, too."""
        following = None if page.following is None else closed(page.following, self._filter)
        if following is not None:
            others = [item for item in self._request.query_params.multi_items() if item[0] != "cursor"]
            path = "/".join(quote(part.replace(SLASH, "/"), safe="") for part in self._path.split("/"))
            address = f"{path}?{urlencode([*others, ('cursor', following)])}"
            self._response.headers.append("Link", f'<{address}>; rel="next"')
        return ListOf(data=list(map(view, page)), has_more=following is not None, next_cursor=following)


async def _listing(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="The most records of this page.")] = 25,
    cursor: Annotated[
        str | None, Query(max_length=_MOST_CURSOR, description="`next_cursor` of the page before.")
    ] = None,
) -> Listing:
    # a coroutine, as all dependencies: FastAPI runs others in a thread
    return Listing(request, response, limit, cursor)


Pages = Annotated[Listing, Depends(_listing)]
"""A route's page of its list."""


def _digest(request: Request) -> str:
    """What the cursor belongs to: the path, the filter and the account of the caller."""
    filters = sorted(item for item in request.query_params.multi_items() if item[0] not in _PAGING)
    named = [request.scope["path"], repr(request.state.authenticated.caller.scope), filters]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:_DIGEST_CHARACTERS]
