"""Sample calls about the inventory's grid, its saved views and bulk actions."""

from models.fleet.bulk import Bulk, BulkAction
from models.fleet.grid import InventoryQuery
from models.people.callers import Caller, Permission
from starter.desks import Desks
from tests.callers.sample import Sample

_ALL = InventoryQuery()
_GROUPS = Bulk(action=BulkAction.SET_GROUPS, groups=("Sales",), mode="add")
P = Permission


async def _csv(desks: Desks, caller: Caller, account: str) -> str:
    """The whole file."""
    return "".join([part async for part in await desks.inventory.csv(caller, _ALL, account)])


INVENTORY = {
    "InventoryDesk.rows": Sample(lambda d, c, _, a: d.inventory.rows(c, _ALL, a), P.VIEW_INVENTORY),
    "InventoryDesk.row": Sample(lambda d, c, k, _: d.inventory.row(c, k.line), P.VIEW_INVENTORY),
    "InventoryDesk.counted": Sample(lambda d, c, _, a: d.inventory.counted(c, _ALL, a), P.VIEW_INVENTORY),
    "InventoryDesk.choices": Sample(lambda d, c, _, a: d.inventory.choices(c, a), P.VIEW_INVENTORY),
    "InventoryDesk.csv": Sample(lambda d, c, _, a: _csv(d, c, a), P.VIEW_INVENTORY),
    "InventoryDesk.device": Sample(lambda d, c, k, _: d.inventory.device(c, k.device), P.VIEW_INVENTORY),
    "InventoryDesk.sim": Sample(lambda d, c, k, _: d.inventory.sim(c, k.sim), P.VIEW_INVENTORY),
    "InventoryDesk.history": Sample(lambda d, c, k, _: d.inventory.history(c, k.device), P.VIEW_INVENTORY),
    "InventoryDesk.why_not": Sample(
        lambda d, c, k, _: d.inventory.why_not(c, k.line, k.user), P.MANAGE_PROFILES
    ),
    "InventoryDesk.search": Sample(lambda d, c, _, a: d.inventory.search(c, "Employee", a), P.VIEW_INVENTORY),
    "SavedViewDesk.views": Sample(lambda d, c, *_: d.saved_views.views(c), P.VIEW_INVENTORY, True),
    "SavedViewDesk.save": Sample(
        lambda d, c, *_: d.saved_views.save(c, "Mine", _ALL), P.VIEW_INVENTORY, True
    ),
    "SavedViewDesk.rename": Sample(
        lambda d, c, k, _: d.saved_views.rename(c, k.view, "Other"), P.VIEW_INVENTORY
    ),
    "SavedViewDesk.make_default": Sample(
        lambda d, c, k, _: d.saved_views.make_default(c, k.view), P.VIEW_INVENTORY
    ),
    "SavedViewDesk.share": Sample(lambda d, c, k, _: d.saved_views.share(c, k.view), P.EDIT_INVENTORY, True),
    "SavedViewDesk.unshare": Sample(lambda d, c, k, _: d.saved_views.unshare(c, k.view), P.VIEW_INVENTORY),
    "SavedViewDesk.delete": Sample(lambda d, c, k, _: d.saved_views.delete(c, k.view), P.VIEW_INVENTORY),
    "BulkDesk.preview": Sample(lambda d, c, _, a: d.bulk.preview(c, _GROUPS, a), P.EDIT_INVENTORY),
    "BulkDesk.confirm": Sample(
        lambda d, c, k, _: d.bulk.confirm(c, _GROUPS.model_copy(update={"rows": (k.line,)}), 1, "x"),
        P.EDIT_INVENTORY,
    ),
}
