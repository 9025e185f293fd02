"""`/numbers`: the numbers with their assignments, filtered (L8)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.licences.numbers import LineType, NumberState
from models.licences.views import NumberView
from models.paging import Page, Position
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.licences.listed import ROWS, Filter, Listed
from portal.pages.routes import page
from wording.labels import hold_sentence, kind_label, order_status

_PRESENT = (NumberState.ACTIVE, NumberState.SUSPENDED)
VIEWS: Mapping[str, Mapping[str, Any]] = {
    "": {"states": _PRESENT},
    "assigned": {"assigned": True, "states": _PRESENT},
    "without": {"assigned": False, "states": _PRESENT},
    "suspended": {"states": (NumberState.SUSPENDED,)},
    "held": {"held": True},
    "deleted": {"states": (NumberState.DELETED,)},
}
"""The parts of the list, with what each asks the desk for. Deleted numbers are hidden until asked for."""


class NumberFilter(Filter):
    """The filter of the list."""

    at: ClassVar[str] = "/numbers"
    view: Literal["", "assigned", "without", "suspended", "held", "deleted"] = ""
    find: str = Field(default="", max_length=100)
    """A phone number, its last digits, or an agent."""


async def show(request: Request, who: SignedIn) -> Response:
    """The list by phone number."""

    async def read(chosen: NumberFilter, after: Position | None) -> Page[NumberView]:
        wanted = VIEWS[chosen.view]
        return await who.desks.numbers.numbers(
            who.caller, find=chosen.find, limit=ROWS, after=after, **wanted
        )

    listed = await Listed[NumberFilter, NumberView].of(request, who, NumberFilter, read)
    return who.page(
        request,
        "licences/numbers",
        listed.status,
        listed=listed,
        views=VIEWS,
        shared=LineType.SHARED,
        kind_of=lambda kind: kind_label(kind, who.language),
        status_of=lambda status: order_status(status, who.language),
        hold_of=lambda reason: hold_sentence(reason, who.language),
    )


routes = [page("/numbers", show, needs=Permission.VIEW_LICENCES)]
