"""Audit: `client.audit`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator
from datetime import datetime

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Audit


class AsyncAuditApi:
    """Audit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        actor: str | None = None,
        about: str | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        session: str | None = None,
        address: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Audit]:
        """List changes.

        What was changed in the account, newest first: by whom, when, from where and by which key or
        session.

        Entries are never changed or removed; erasing a person removes sessions and addresses from theirs.

        Needs the permission `view_audit`.

        actor: `operator`, `system`, `U-3` or an address.
        about: A record: an id such as `L-42`, a phone number, an ICCID, an address.
        type: `order.submitted`, or `order` for all of these.
        since: Not before this time.
        until: Before this time.
        session: The API key, `K-7`, or the session, `SE-12`, of the call.
        address: The IP address of the call.
        """
        return await self._connection.ask(
            Page[Audit],
            Call(
                "GET",
                path_of("audit"),
                query={
                    "actor": actor,
                    "about": about,
                    "type": type,
                    "since": since,
                    "until": until,
                    "session": session,
                    "address": address,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        actor: str | None = None,
        about: str | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        session: str | None = None,
        address: str | None = None,
        limit: int = 100,
    ) -> AsyncIterator[Audit]:
        """List changes: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(
                actor=actor,
                about=about,
                type=type,
                since=since,
                until=until,
                session=session,
                address=address,
                limit=limit,
                cursor=cursor,
            )
        )
