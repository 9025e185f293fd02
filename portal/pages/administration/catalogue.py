"""`/administration/catalogue`: what can be ordered: packs with their items, providers, distributors (F8)."""

from typing import Literal
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from models.catalogue.views import CatalogueItem
from models.errors import Refused
from models.paging import Page as ListPage
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import FormModel
from portal.pages.routes import page
from wording.pages import page_texts
from wording.refusals import sentences

LIST = "/administration/catalogue"
ROWS = 50


class CatalogueQuery(FormModel):
    """The filter: the query string."""

    provider: str = Field(default="", max_length=200)
    distributor: str = Field(default="", max_length=200)
    offered: Literal["", "yes", "no"] = ""

    def path(self, without: str = "", **more: str) -> str:
        """The address of the list with this filter, without one of the fields."""
        values = {name: value for name, value in (self.model_dump() | more).items() if value}
        query = urlencode({name: value for name, value in values.items() if name != without})
        return f"{LIST}?{query}" if query else LIST


async def show(request: Request, who: SignedIn) -> Response:
    """The items by pack. What the filter cannot mean is said above them."""
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    status, found, chosen = 200, ListPage[CatalogueItem](), CatalogueQuery()
    try:
        chosen = CatalogueQuery.model_validate(sent)
        found = await who.desks.catalogue.catalogue(
            who.caller,
            provider=chosen.provider or None,
            distributor=chosen.distributor or None,
            available={"": None, "yes": True, "no": False}[chosen.offered],
            limit=ROWS,
            after=opened(cursor, chosen.path()) if cursor else None,
        )
    except ValidationError:
        wrong, status = [page_texts(who.language)["catalogue"]["filter_unknown"]], 422
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 422
    choices = await who.desks.inventory.choices(who.caller)
    following = found.following and closed(found.following, chosen.path())
    return who.page(
        request,
        "administration/catalogue",
        status,
        chosen=chosen,
        wrong_filter=wrong,
        rows=found,
        providers=[(name, name) for name in choices.providers],
        distributors=[(name, name) for name in choices.distributors],
        first=cursor is None,
        following=chosen.path(cursor=following) if following else "",
    )


routes = [page(LIST, show, needs=Permission.VIEW_CATALOGUE)]
