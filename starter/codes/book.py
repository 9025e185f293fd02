"""Read the history of QR codes from the database, so it works while Temporal and the workers are down.

The activation code itself is not read here; `starter.codes.code_desk` shows it.
"""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView, QrHistory, QrRequestView, QrWaitingView, RequestStatus
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from store import lookups
from store.codes import lists, notifications, request_views, waiting
from store.people import references as people
from store.session import Database


class CodeBook:
    """Reads versions, requests and notifications of the SIMs in the caller's scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, caller: Caller, sim: str) -> QrHistory:
        """The history of a SIM's QR code: versions, requests, notifications, events; never the code."""
        from store.codes import codes  # noqa: PLC0415  brings cryptography along, which no other call needs

        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await codes.history(connection, caller.scope, key.id)

    async def request(self, caller: Caller, request_id: str) -> QrRequestView:
        """One request for a code. Raises `NotFound`."""
        async with self._database.reading() as connection:
            found = await request_views.request(connection, caller.scope, request_id)
        caller.require(Permission.VIEW_INVENTORY)
        return found

    async def notification(self, caller: Caller, notification_id: str) -> NotificationView:
        """One notification of a code. Raises `NotFound`."""
        async with self._database.reading() as connection:
            found = await notifications.notification(connection, caller.scope, notification_id)
        caller.require(Permission.VIEW_INVENTORY)
        return found

    async def requests(
        self,
        caller: Caller,
        *,
        sim: str | None = None,
        status: RequestStatus | None = None,
        open_only: bool = False,
        held: bool = False,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[QrRequestView]:
        """Requests, newest first: of one SIM, in this status, not ended, or held."""
        async with self._database.reading() as connection:
            sim_id = await _sim(connection, caller, sim)
            caller.require(Permission.VIEW_INVENTORY)
            chosen = lists.Chosen(sim_id, status, open_only, held)
            return await lists.requests(connection, caller.scope, chosen, Wanted(limit, after))

    async def notifications(
        self,
        caller: Caller,
        *,
        sim: str | None = None,
        open_only: bool = False,
        held: bool = False,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[NotificationView]:
        """Notifications, newest first: of one SIM, not sent yet or held (`open_only`), or held."""
        async with self._database.reading() as connection:
            sim_id = await _sim(connection, caller, sim)
            caller.require(Permission.VIEW_INVENTORY)
            chosen = lists.Chosen(sim_id, open_only=open_only, held=held)
            return await lists.notifications_of(connection, caller.scope, chosen, Wanted(limit, after))

    async def waiting(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        open_only: bool = False,
        held: bool = False,
        limit: int = 100,
        after: Position | None = None,
    ) -> Page[QrWaitingView]:
        """The newest requests of all SIMs, and the notifications that wait for a person."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await waiting.waiting(
                connection, scope, open_only=open_only, held=held, wanted=Wanted(limit, after)
            )

    async def held(self, caller: Caller) -> int:
        """How many requests and notifications wait for a person."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_INVENTORY)
            return await waiting.held_count(connection, caller.scope)

    async def people(self, caller: Caller, sim: str, references: Iterable[str]) -> dict[str, str]:
        """Names and addresses of people of the SIM's account, by reference: `contact:7`, `user:3`."""
        async with self._database.reading() as connection:
            key = await lookups.find_sim(connection, caller.scope, sim)
            caller.require(Permission.VIEW_INVENTORY)
            return await people.names(connection, OfAccount(key.account_id), references)


async def _sim(connection: AsyncConnection, caller: Caller, sim: str | None) -> int | None:
    return None if sim is None else (await lookups.find_sim(connection, caller.scope, sim)).id
