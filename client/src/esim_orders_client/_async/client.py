"""`AsyncEsimOrders`: the API's calls, for asyncio."""

from types import TracebackType
from typing import Self

import httpx2

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client._async.resources import AsyncResources
from esim_orders_client.calls import Access
from esim_orders_client.memory import Memory
from esim_orders_client.retrying import Retrying


class AsyncEsimOrders(AsyncResources):
    """The API of eSIM orders. Its calls are attributes by subject, such as `client.orders.place(...)`.

    `base_url` is the portal's address, else `ESIM_ORDERS_URL`; `api_key` else `ESIM_ORDERS_API_KEY`. The
    arguments `account` and `user` are for keys of the platform: the account, and the user as whom it acts.
    `language` (`en`, `fr`) is that of sentences. `timeout` is in seconds, for each try; a call is tried
    `max_retries` times more. With `remember` so many answers are kept, and not sent again while their `ETag`
    holds. `allow_http` is for an address without TLS that is not of this machine: the key is readable on its
    way there. `http` is your own HTTP client, such as one with a proxy. One client is enough for a process.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        account: str | None = None,
        user: str | None = None,
        language: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 4,
        remember: int = 0,
        allow_http: bool = False,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        access = Access.of(
            base_url, api_key, allow_http=allow_http, account=account, user=user, language=language
        )
        super().__init__(
            AsyncConnection(
                http or httpx2.AsyncClient(timeout=timeout),
                access,
                Retrying(max_retries),
                Memory(remember) if remember else None,
            )
        )

    def on_behalf_of(self, account: str, user: str | None = None) -> "AsyncEsimOrders":
        """The same client for another account, for keys of the platform. Connections are shared: close only
        the client that this one was made from.
        """
        other = object.__new__(type(self))
        ours = self._connection
        access = Access(ours.access.base_url, ours.access.api_key, account, user, ours.access.language)
        AsyncResources.__init__(other, AsyncConnection(ours.http, access, ours.retrying, ours.memory))
        return other

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection.access!r})"
