"""Read subscribers from the database, so it works while Temporal and the workers are down (T13, T41).

A subscriber is named by the id (`SB-4`), the phone number, the e-mail address or the full name.
"""

from models.identifiers import storable
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from store import lookups
from store.session import Database
from store.travel import subscribers
from store.travel.subscribers import find_subscriber


class SubscriberBook:
    """Reads the subscribers in the caller's scope: needs the database only. Subscribers are no users (T1)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribers(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        find: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[SubscriberView]:
        """List subscribers; `find`: the beginnings of words of the name, or of the address, or the last
        digits of the phone number (with a plus sign, the first).
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            if find is not None and not (storable(find) and find.strip()):
                return Page()
            chosen = () if find is None else (subscribers.searched(find),)
            return await subscribers.subscribers(
                connection, scope, chosen=chosen, wanted=Wanted(limit, after)
            )

    async def subscriber(self, caller: Caller, subscriber: str) -> SubscriberProfile:
        """One subscriber with their eSIM lines, the plans on these and their states, and the complimentary
        eSIMs that they have. Raises `Refused` (`subscriber_ambiguous`).
        """
        async with self._database.reading() as connection:
            found = await find_subscriber(connection, caller.scope, subscriber)
            caller.require(Permission.VIEW_TRAVEL)
            return await subscribers.subscriber(connection, found.id)
