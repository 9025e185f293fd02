"""Follow the feed of events: of an account, of an order, of a SIM (A10).

    page = await desks.feed.account(caller, after=cursor)
    ...                                         # handle page.news, keep page.cursor with what was done

Needs the database only. Each call asks anew whether the caller still may read.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.event_permissions import meant_by, permission_of, types_for
from models.event_types.described import Described, described
from models.feed import NOW, START, Cursor, FeedFilter, FeedPage
from models.orders.lifecycle import OPEN
from models.paging import LARGEST_PAGE
from models.people.callers import AllAccounts, Caller, OfAccount, OfDistributor, Permission, not_permitted
from store import feed, lookups
from store.orders import views
from store.session import Database


class FeedDesk:
    """Reads the feed in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def account(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        after: str | None = None,
        types: Collection[str] = (),
        limit: int = LARGEST_PAGE,
    ) -> FeedPage:
        """What happened in the account after the cursor (`now`: what happens from now on), oldest first.

        Only events of the types that the caller's permissions show; a provider desk gets those about its own
        orders. `types`: such as `order.processed`, or `order` for all of these. Raises `Refused`
        (`cursor_invalid`, `unknown_event_type`; `not_permitted`, where it may see none of these).
        """
        async with self._database.reading() as connection:
            scope = await _of_account(connection, caller, account)
            caller.require(Permission.VIEW_ORDERS)
            wanted = FeedFilter(scope, _types(caller, types))
            return await _page(connection, wanted, after, limit)

    async def order(
        self, caller: Caller, order_id: str, *, after: str | None = None, limit: int = LARGEST_PAGE
    ) -> FeedPage:
        """What happened to an order after the cursor, oldest first, and whether that is all: the order has
        ended and no step of it is held. An e-mail or a call that is retried after the order's end adds
        nothing to its events unless it is held: who follows the order does not wait for the mail server.
        """
        async with self._database.reading() as connection:
            order = await views.order(connection, caller.scope, order_id, history=False)
            caller.require(Permission.VIEW_ORDERS)
            wanted = FeedFilter(OfAccount(order.account_id), about=order.id)
            page = await _page(connection, wanted, after, limit)
            over = order.status not in OPEN
            complete = over and order.held_reason is None and not page.more
            if complete:
                complete = not await feed.anything_later(connection, wanted, page.cursor)
            return replace(page, over=over, complete=complete)

    async def sim(
        self,
        caller: Caller,
        sim: str,
        *,
        after: str | None = None,
        types: Collection[str] = (),
        limit: int = LARGEST_PAGE,
    ) -> FeedPage:
        """What happened to a SIM after the cursor, oldest first; else as `account`."""
        async with self._database.reading() as connection:
            found = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_ORDERS)
            scope = OfAccount(found.account_id)
            wanted = FeedFilter(scope, _types(caller, types), about=f"sim:{found.id}")
            return await _page(connection, wanted, after, limit)

    async def types(self, caller: Caller) -> list[Described]:
        """Every type of event that an account sees, with an example."""
        caller.require(Permission.VIEW_ORDERS)
        return list(described())

    async def news(self, caller: Caller, after: Cursor | None = None, *, limit: int = 1000) -> FeedPage:
        """What happened in all accounts after the cursor, for one reader that serves many callers; without a
        cursor only where the feed ends now. For operators alone.
        """
        async with self._database.reading() as connection:
            caller.require(Permission.SEE_OPERATIONS)
            if not isinstance(caller.scope, AllAccounts):
                raise Refused(not_permitted(Permission.SEE_OPERATIONS))
            if after is None:
                return FeedPage((), await feed.end(connection), more=False)
            return await feed.news(connection, after, limit=limit)


async def _of_account(
    connection: AsyncConnection, caller: Caller, account: str | None
) -> OfAccount | OfDistributor:
    scope = caller.scope
    if isinstance(scope, OfDistributor):
        if account is not None:
            raise NotFound.because("unknown_account")
        return scope
    found = await lookups.find_account(connection, scope, account)
    return caller.of_account(found.id)


def _types(caller: Caller, types: Collection[str]) -> frozenset[str] | None:
    """Those that are asked for, of those that the caller may see."""
    shown = types_for(caller.permissions)
    if not types:
        return shown
    asked, unknown = meant_by(types)
    if unknown:
        raise Refused.because("unknown_event_type", types=", ".join(unknown)[:200])
    if shown is not None and not asked & shown:
        caller.require(permission_of(min(asked)))
    return asked if shown is None else asked & shown


async def _page(connection: AsyncConnection, wanted: FeedFilter, after: str | None, limit: int) -> FeedPage:
    if after == NOW:
        return FeedPage((), await feed.end(connection), more=False, wanted=wanted)
    place = START if after is None else Cursor.parse(after)
    return await feed.page(connection, wanted, place, limit=limit)
