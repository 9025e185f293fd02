"""A purchase or a change is made only as it was shown: checked in its transaction (L3, L36)."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceView, PurchaseView
from store.licences import licence_changes, plan
from store.locks import keep_account_open


async def check_purchase(
    connection: AsyncConnection, account_id: int, bought: PurchaseView, shown: str
) -> None:
    """Raise `Refused` (`offer_changed`) if the purchase just made costs something else than was shown; the
    transaction is then rolled back. `shown`: `PurchaseOffer.shown`.
    """
    offer = await plan.purchase(connection, account_id, bought.add_on, bought.quantity)
    if offer.model_copy(update={"first": bought.amount}).shown != shown:
        raise Refused.because("offer_changed")


async def check_change(
    connection: AsyncConnection, account_id: int, licence: LicenceView, add_on: AddOn, shown: Collection[str]
) -> None:
    """Raise `Refused` (`offer_changed`) if the change, made next in this transaction, is none of those that
    were shown. `shown`: their `ChangeOffer.shown`. What changes nothing is no offer, and passes.
    """
    await keep_account_open(connection, account_id)
    await licence_changes.open_books(connection, account_id)
    offers = await plan.changes(connection, account_id, licence)
    if any(offer.add_on is add_on and offer.shown not in shown for offer in offers):
        raise Refused.because("offer_changed")
