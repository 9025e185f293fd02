"""The client over the two firms' database, calling the portal on a port; Temporal is unavailable."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI

from esim_orders_client import AsyncEsimOrders, EsimOrders
from portal.api.app import PREFIX
from portal.app import create_app
from starter.desks import Desks
from tests.callers.conftest import acme, database_url, firms  # noqa: F401  fixtures
from tests.client.faults import Faulty
from tests.portal.api.conftest import api_settings, desks, keys  # noqa: F401  fixtures
from tests.portal.api.following import served
from tests.portal.api.keys import Keyring

Answer = TypeVar("Answer")


@dataclass
class Here:
    """Where the portal is, what is between it and the client, and a key of an owner of Acme."""

    address: str
    key: str
    between: Faulty

    def client(self, **options: Any) -> EsimOrders:
        """A client that waits for each answer."""
        return EsimOrders(self.between.address, self.key, **options)

    def asynchronous(self, **options: Any) -> AsyncEsimOrders:
        """A client for asyncio."""
        return AsyncEsimOrders(self.between.address, self.key, **options)

    async def waits(self, ask: Callable[[EsimOrders], Answer], **options: Any) -> Answer:
        """What the client that waits answers, in a thread: the portal runs in this one's loop."""
        with self.client(**options) as client:
            return await asyncio.to_thread(ask, client)


def text_of(headers: dict[str, str]) -> str:
    """The key in such headers."""
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def app(desks: Desks) -> FastAPI:  # noqa: F811
    return create_app(desks.links, desks.settings, desks=desks)


@pytest.fixture
async def here(app: FastAPI, keys: Keyring) -> AsyncIterator[Here]:  # noqa: F811
    async with served(app) as portal, Faulty.before(portal.address.removesuffix(PREFIX)) as between:
        yield Here(portal.address.removesuffix(PREFIX), text_of(await keys.of()), between)
