"""A list whose filter is its address: what all lists of licences, numbers and agents share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request

from models.errors import NotFound, Refused
from models.paging import Page, Position
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import FormModel
from wording.pages import page_texts
from wording.refusals import sentences

ROWS = 50


class Filter(FormModel):
    """The filter of a list: the query string of `at`."""

    at: ClassVar[str]

    def path(self, **other: Any) -> str:
        """The address of the list with this filter, with other values for some fields."""
        query = self.query(**other)
        return f"{self.at}?{query}" if query else self.at

    def query(self, **other: Any) -> str:
        """Its query string."""
        values = self.model_copy(update=other).model_dump()
        return urlencode({name: value for name, value in values.items() if value})


Chosen = TypeVar("Chosen", bound=Filter)
Row = TypeVar("Row")


@dataclass
class Listed(Generic[Chosen, Row]):
    """A page of a list. `wrong`: what the filter cannot mean, in words."""

    chosen: Chosen
    rows: Page[Row] = field(default_factory=Page)
    wrong: list[str] = field(default_factory=list)
    status: int = 200
    first: bool = True

    @property
    def following(self) -> str:
        """The address of the next page; "" at the end."""
        if self.rows.following is None:
            return ""
        path = self.chosen.path()
        cursor = urlencode({"cursor": closed(self.rows.following, path)})
        return f"{path}{'&' if '?' in path else '?'}{cursor}"

    @classmethod
    async def of(
        cls,
        request: Request,
        who: SignedIn,
        filter_: type[Chosen],
        read: Callable[[Chosen, Position | None], Awaitable[Page[Row]]],
    ) -> Self:
        """Read the page that the address asks for."""
        sent = {name: value for name, value in request.query_params.items() if value}
        cursor = sent.pop("cursor", None)
        listed = cls(filter_())
        try:
            listed.chosen = filter_.model_validate(sent)
            after = opened(cursor, listed.chosen.path()) if cursor else None
            listed.rows = await read(listed.chosen, after)
        except ValidationError:
            listed.wrong, listed.status = [page_texts(who.language)["orders"]["filter_unknown"]], 422
        except Refused as refused:
            listed.wrong = sentences(refused, who.language)
            listed.status = 404 if isinstance(refused, NotFound) else 422
        listed.first = cursor is None
        return listed
