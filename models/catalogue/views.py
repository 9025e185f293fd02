"""Order packs as they are read."""

from models.people.views import ContactView
from models.values import View


class PackView(View):
    """An order pack with one of its items."""

    id: int
    name: str
    item: str
    section: str
    provider: str | None
    esim: bool
    distributor: str
    available: bool = True
    account: str = ""


class CatalogueItem(PackView):
    """An item of the catalogue, with the contacts who receive the orders of its pack."""

    order_contacts: tuple[ContactView, ...] = ()
