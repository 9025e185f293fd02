"""`/inventory`: the grid, and its CSV (P2)."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.fleet.bulk import BulkAction
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.inventory.cells import Cells
from portal.pages.inventory.listed import KINDS, Listed
from portal.pages.routes import page

ROWS = 50


async def show(request: Request, who: SignedIn) -> Response:
    """A page of the list. Without a query string: the user's default view."""
    saved = await who.desks.saved_views.views(who.caller)
    default = next((view.query for view in saved if view.is_default), None)
    if default and not request.query_params:
        return who.door.redirect(f"/inventory?{default}")
    listed = Listed.of(request.query_params)
    desk, query = who.desks.inventory, listed.query
    rows, count = await desk.counted(who.caller, query, limit=ROWS, after=listed.after)
    return who.page(
        request,
        "inventory/grid",
        listed=listed,
        rows=rows,
        count=count,
        following=listed.at(rows.following),
        saved=saved,
        choices=await desk.choices(who.caller),
        kinds=KINDS,
        Cells=Cells,
        actions=[action for action in BulkAction if who.may(action.permission)],
    )


async def download(request: Request, who: SignedIn) -> Response:
    """All rows of the list as a CSV file, in the chosen columns."""
    query = Listed.of(request.query_params).query
    named = {"Content-Disposition": 'attachment; filename="inventory.csv"'}
    if request.method == "HEAD":
        return Response(media_type="text/csv; charset=utf-8", headers=named)
    parts = await who.desks.inventory.csv(who.caller, query)
    return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=named)


routes = [
    page("/inventory", show, needs=Permission.VIEW_INVENTORY),
    page("/inventory.csv", download, needs=Permission.VIEW_INVENTORY),
]
