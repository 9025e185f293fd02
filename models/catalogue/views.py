"""Order packs as they are read."""

from models.people.views import ContactView
from models.values import View


class PackView(View):
    """An order pack and the item in it that matters here."""

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
    """An item of the catalogue, with the contacts that orders of its pack are sent to."""

    order_contacts: tuple[ContactView, ...] = ()
