"""Held work: `client.held`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator, Sequence

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Held, Retried, RetriedMany


class AsyncHeldApi:
    """Held work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        reason: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Held]:
        """List held work.

        Everything that waits for a person, the longest waiting first, with what to do.

        Needs the permission `retry_work`.

        reason: Such as `mail_rejected`.
        kind: Such as `order`.
        """
        return await self._connection.ask(
            Page[Held],
            Call(
                "GET",
                path_of("held"),
                query={"reason": reason, "kind": kind, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, reason: str | None = None, kind: str | None = None, limit: int = 100
    ) -> AsyncIterator[Held]:
        """List held work: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(reason=reason, kind=kind, limit=limit, cursor=cursor)
        )

    async def retry_many(
        self, *, reason: str | Omit | None = OMIT, ids: Sequence[str] | Omit | None = OMIT
    ) -> RetriedMany:
        """Retry held work.

        Resume many, each at the step that it is held for; at most 100 with one call.

        An id that is not held, or not known, has the outcome `not_held`.

        Needs the permission `retry_work`.
        """
        return await self._connection.ask(
            RetriedMany, Call("POST", path_of("held", "retry"), body=body_of({"reason": reason, "ids": ids}))
        )

    async def retry(self, workflow: str) -> Retried:
        """Retry one piece of held work.

        Resume it at the step that it is held for: an order, or what else `GET /held` lists, by its `id`
        there.

        Refused (`not_held`) if it is not held.

        Needs the permission `retry_work`.
        """
        return await self._connection.ask(
            Retried, Call("POST", path_of("held", "{workflow}", "retry", workflow=workflow))
        )
