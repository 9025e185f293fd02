"""Read eSIM lines: those of an account or a subscriber, and one with what was reported of it.

A line is named by its id (`EL-9`) or the ICCID of its eSIM.
"""

from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from models.travel.line_views import EsimLineDetails, EsimLineView, LineMoment
from store import lookups
from store.session import Database
from store.travel import line_history, line_views, reports
from store.travel.line_tables import EsimLineRow
from store.travel.lookups import find_esim_line
from store.travel.subscribers import find_subscriber

REPORTS = 100
"""How many of its latest reports a line is read with; `ReportDesk.reports` has all."""


class LineBook:
    """Reads the eSIM lines in the caller's scope: needs the database only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        subscriber: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[EsimLineView]:
        """List eSIM lines with their subscribers, eSIMs and plans, the latest first; those of one subscriber
        (T13), who is named as in `SubscriberDesk`.
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            chosen = []
            if subscriber is not None:
                found = await find_subscriber(connection, scope, subscriber)
                scope = OfAccount(found.account_id)
                chosen = [EsimLineRow.subscriber_id == found.id]
            caller.require(Permission.VIEW_TRAVEL)
            return await line_views.esim_lines(connection, scope, chosen=chosen, wanted=Wanted(limit, after))

    async def line(self, caller: Caller, line: str, *, reported: bool = True) -> EsimLineDetails:
        """One eSIM line with its plans; `reported`: with its latest reports and what they led to (T30)."""
        async with self._database.reading() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.VIEW_TRAVEL)
            mine = OfAccount(found.account_id)
            (seen,) = await line_views.esim_lines(connection, mine, chosen=[EsimLineRow.id == found.id])
            latest = await reports.reports(connection, mine, found.id, Wanted(REPORTS)) if reported else ()
        return EsimLineDetails(**dict(seen), reports=tuple(latest))

    async def history(
        self, caller: Caller, line: str, *, limit: int | None = None, after: Position | None = None
    ) -> Page[LineMoment]:
        """What happened to an eSIM line, the latest first: reports with what they led to, and all else."""
        async with self._database.reading() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.VIEW_TRAVEL)
            return await line_history.history(connection, found, Wanted(limit, after))
