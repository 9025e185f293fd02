"""The catalogue over HTTP."""

from typing import Annotated

from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.catalogue.resources import CatalogueResource
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Catalogue")


@routes.get("/catalogue", summary="List the catalogue")
async def list_catalogue(
    caller: Annotated[Caller, needs(Permission.VIEW_CATALOGUE)], desks: At, pages: Pages
) -> ListOf[CatalogueResource]:
    """The items of all order packs, withdrawn ones too, with the contacts that orders are mailed to."""
    found = await desks.catalogue.catalogue(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, CatalogueResource.of_item)
