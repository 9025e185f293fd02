"""Order packs as the API answers them."""

from pydantic import Field

from models.catalogue.views import CatalogueItem, PackView
from models.identifiers import reference
from portal.api.fields import Resource


class PackResource(Resource):
    """An item of an order pack."""

    id: str = Field(examples=["P-4"], description="The order pack.")
    name: str
    item: str
    section: str
    provider: str | None
    esim: bool
    distributor: str
    available: bool = Field(description="False: withdrawn; nothing can be ordered from it.")

    @classmethod
    def of(cls, view: PackView) -> "PackResource":
        """The item as it is answered."""
        fields = view.model_dump(include=set(cls.model_fields) - {"id"})
        return cls(**fields, id=reference("P", view.id))


class OrderContactResource(Resource):
    """A contact to whom the orders of a pack are mailed."""

    name: str
    email: str


class CatalogueResource(PackResource):
    """An item of the catalogue."""

    order_contacts: list[OrderContactResource]

    @classmethod
    def of_item(cls, view: CatalogueItem) -> "CatalogueResource":
        """The item as it is answered."""
        contacts = [OrderContactResource(name=each.name, email=each.email) for each in view.order_contacts]
        return cls(**PackResource.of(view).model_dump(), order_contacts=contacts)
