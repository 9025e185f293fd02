"""What an owner reads before licences are bought or changed: counts, prices, and what it would cost."""

from models.licences.entered import parse_add_on, parse_month, parse_quantity
from models.licences.plan_views import ChangeOffer, ChargeLinesView, PlanView, PurchaseOffer
from models.people.callers import Caller, Permission
from store import lookups
from store.licences import charges, licences, plan
from store.session import Database


class LicencePlanDesk:
    """Reads the add-ons of the accounts in the caller's scope. `LicenceDesk` buys and changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, caller: Caller, account: str | None = None) -> PlanView:
        """The add-ons with their counts and prices, and the billing cycle that is being paid for."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            return await plan.plan(connection, found.id)

    async def check_buy(
        self, caller: Caller, account: str | None, add_on: str, quantity: int
    ) -> PurchaseOffer:
        """What buying would charge now and then monthly (L3, L33, L34); buys nothing. Raises `Refused` as
        `LicenceDesk.buy` does.
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.BUY_LICENCES)
            what, number = parse_add_on(add_on), parse_quantity(quantity)
            return await plan.purchase(connection, found.id, what, number)

    async def charge_lines(
        self, caller: Caller, account: str | None = None, month: str | None = None
    ) -> ChargeLinesView:
        """The charges of a month (`2026-12`; the present one), those that are alike in one line: the sum is
        that of `LicenceDesk.charges` (L40).
        """
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            wanted = None if month is None else parse_month(month)
            return await charges.lines_of_month(connection, found.id, wanted)

    async def changes(self, caller: Caller, licence: str) -> list[ChangeOffer]:
        """What `LicenceDesk.change` could make of a licence, when and at what cost (L36); changes nothing.
        Raises `Refused` (`licence_given_back`, `licence_over`).
        """
        async with self._database.reading() as connection:
            found, account_id = await licences.find(connection, caller.scope, licence)
            caller.require(Permission.BUY_LICENCES)
            return await plan.changes(connection, account_id, found)
