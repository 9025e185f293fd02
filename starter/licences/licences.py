"""Buy licences, give them back, change them, and see what they cost.

licences = LicenceDesk(Database(settings.database_url))
await licences.buy(caller, "Acme", "voice_sms_data", 10, key="cart-4711")
await licences.charges(caller, "Acme", "2026-12")

Every call can be repeated: licences are bought and given back once per key, and what is so already is not
changed again.
"""

from collections.abc import Collection

from models.errors import Refused
from models.licences.entered import (
    parse_add_on,
    parse_cycle_day,
    parse_day,
    parse_month,
    parse_quantity,
    parse_status,
    parse_time_zone,
)
from models.licences.licence_views import (
    AddOnCount,
    BillingView,
    ChargesView,
    LicenceChange,
    LicenceView,
    PriceChange,
    PriceView,
    PurchaseView,
)
from models.money import parse_amount, parse_currency
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from starter.keys import checked_key
from store import lookups
from store.licences import billing, charges, licence_changes, licences, prices, purchases
from store.licences import shown as shown_before
from store.session import Database


class LicenceDesk:
    """The licences of the accounts in the caller's scope. The owner buys them and sets the billing day; the
    platform's operator sets prices and currency.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def licences(
        self,
        caller: Caller,
        account: str | None = None,
        add_on: str | None = None,
        status: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[LicenceView]:
        """List licences; those that are over only where the status asks."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            wanted = None if add_on is None else parse_add_on(add_on)
            chosen = None if status is None else parse_status(status)
            part = Wanted(limit, after)
            return await licences.licences(connection, scope, add_on=wanted, status=chosen, wanted=part)

    async def licence(self, caller: Caller, licence: str) -> LicenceView:
        """One licence (`LI-3`), also one that is over. Raises `NotFound` (`unknown_licence`)."""
        async with self._database.reading() as connection:
            found, _ = await licences.find(connection, caller.scope, licence)
            caller.require(Permission.VIEW_LICENCES)
            return found

    async def counts(self, caller: Caller, account: str | None = None) -> list[AddOnCount]:
        """Count the licences of each add-on, those that are over left out."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            return await licences.counts(connection, scope)

    async def buy(
        self,
        caller: Caller,
        account: str | None,
        add_on: str,
        quantity: int,
        *,
        key: str | None = None,
        shown: str | None = None,
    ) -> PurchaseView:
        """Buy licences of an add-on; each is charged from today on (L2, L3).

        Licences that were given back and are still usable are bought again first, and cost nothing until the
        next period (L33). Open requests for the add-on are answered (L37). After `Unavailable` the licences
        may have been bought: call again with the same key.

        `shown`: what `LicencePlanDesk.check_buy` said (`PurchaseOffer.shown`). If it costs something else
        now, nothing is bought (`offer_changed`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.BUY_LICENCES)
            what, number, checked = parse_add_on(add_on), parse_quantity(quantity), checked_key(key)
            bought = await purchases.buy(connection, found.id, what, number, key=checked, by=caller.by)
            if shown is not None and not bought.replayed:
                await shown_before.check_purchase(connection, found.id, bought, shown)
            return bought

    async def purchase(self, caller: Caller, purchase: str) -> PurchaseView:
        """One purchase (`LP-5`), with what it cost. Raises `NotFound` (`unknown_purchase`)."""
        async with self._database.reading() as connection:
            found = await purchases.purchase(connection, caller.scope, purchase)
            caller.require(Permission.VIEW_LICENCES)
            return found

    async def give_back(
        self,
        caller: Caller,
        licence: str | None = None,
        *,
        account: str | None = None,
        add_on: str | None = None,
        quantity: int | None = None,
        key: str | None = None,
    ) -> list[LicenceView]:
        """Give back one licence (`LI-3`), or so many free ones of an add-on, the newest first (L32).

        They stay usable to the end of the period that is paid; one in use cannot be given back. After
        `Unavailable` they may have been given back: call again with the same key.
        """
        async with self._database.transaction() as connection:
            if licence is not None:
                found, account_id = await licences.find(connection, caller.scope, licence)
                caller.require(Permission.BUY_LICENCES)
                if add_on is not None or quantity is not None:
                    raise Refused.because("licence_or_add_on")
                return [
                    await licence_changes.give_back(
                        connection, account_id, found.id, key=checked_key(key), by=caller.by
                    )
                ]
            owner = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.BUY_LICENCES)
            if add_on is None or quantity is None:
                raise Refused.because("licence_or_add_on")
            what, number, checked = parse_add_on(add_on), parse_quantity(quantity), checked_key(key)
            return await licence_changes.give_back_some(
                connection, owner.id, what, number, key=checked, by=caller.by
            )

    async def change(
        self, caller: Caller, licence: str, add_on: str, *, shown: Collection[str] | None = None
    ) -> LicenceChange:
        """Change a licence to another add-on: a dearer one now, a cheaper one at the next period (L36).

        `shown`: what `LicencePlanDesk.changes` said (`ChangeOffer.shown` of each); if the change is none of
        these now, nothing is changed (`offer_changed`).
        """
        async with self._database.transaction() as connection:
            found, account_id = await licences.find(connection, caller.scope, licence)
            caller.require(Permission.BUY_LICENCES)
            wanted = parse_add_on(add_on)
            if shown is not None:
                await shown_before.check_change(connection, account_id, found, wanted, shown)
            return await licence_changes.change(connection, account_id, found.id, wanted, caller.by)

    async def charges(
        self, caller: Caller, account: str | None = None, month: str | None = None, licence: str | None = None
    ) -> ChargesView:
        """The charges of an account, or of one licence, in a month (`2026-12`; the present one) and their sum
        (L40). Days after today have no charges yet.
        """
        async with self._database.reading() as connection:
            if licence is None:
                account_id, only = (await lookups.find_account(connection, caller.scope, account)).id, None
            else:
                found, account_id = await licences.find(connection, caller.scope, licence)
                only = [found.id]
            caller.require(Permission.VIEW_LICENCES)
            wanted = None if month is None else parse_month(month)
            return await charges.charges_of_month(connection, account_id, wanted, only)

    async def prices(
        self,
        caller: Caller,
        account: str | None = None,
        add_on: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[PriceView]:
        """List the prices of all add-ons or of one, past and coming ones too."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            wanted = None if add_on is None else parse_add_on(add_on)
            return await prices.prices(connection, scope, add_on=wanted, wanted=Wanted(limit, after))

    async def set_price(
        self, caller: Caller, account: str | None, add_on: str, amount: str, since: str | None = None
    ) -> PriceView:
        """Set what an add-on costs the account a month, such as `10.00`, from a day on (L35).

        The first price applies at once, or from the day given; another one from a day after today, and
        charges the billing cycles that begin from then on. The price of an earlier day can be corrected until
        it is charged.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            what, price = parse_add_on(add_on), parse_amount(amount)
            day = None if since is None else parse_day(since)
            return await prices.set_price(connection, found.id, what, price, since=day, by=caller.by)

    async def check_price(
        self, caller: Caller, account: str | None, add_on: str, amount: str, since: str | None = None
    ) -> PriceChange:
        """The prices of the add-on before and after `set_price`, or why it would be refused; sets none."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_ACCOUNTS)
            what, price = parse_add_on(add_on), parse_amount(amount)
            day = None if since is None else parse_day(since)
            return await prices.check_price(connection, found.id, what, price, since=day, by=caller.by)

    async def billing(self, caller: Caller, account: str | None = None) -> BillingView:
        """The cycle day, time zone and currency of an account."""
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            return (await billing.read(connection, found.id)).view

    async def set_billing(
        self,
        caller: Caller,
        account: str | None,
        *,
        cycle_day: int | None = None,
        time_zone: str | None = None,
        currency: str | None = None,
    ) -> BillingView:
        """Set what is given of cycle day, time zone and currency, before the first purchase fixes them.

        The currency is that of the prices: only the platform's operator sets it.
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.BUY_LICENCES)
            if currency is not None:
                caller.require(Permission.MANAGE_ACCOUNTS)
            return await billing.set_billing(
                connection,
                found.id,
                caller.by,
                cycle_day=None if cycle_day is None else parse_cycle_day(cycle_day),
                time_zone=None if time_zone is None else parse_time_zone(time_zone),
                currency=None if currency is None else parse_currency(currency),
            )
