"""The desk of the stock, without Temporal, and the administrator who calls it."""

from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode

from models.people.callers import Caller
from settings import Settings
from starter import callers
from starter.travel.stock import StockDesk
from store.key_ring import KeyRing
from store.session import Database
from tests.travel_world import ADAM, travel_world


class NoTemporal:
    """A client that reaches no server: no order waits in these tests, and alerts are left to the sweep."""

    async def start_workflow(self, *_: object, **__: object) -> None:
        raise RPCError("unavailable", RPCStatusCode.UNAVAILABLE, b"")


@pytest.fixture
def keys() -> str:
    return KeyRing.new_key()


@pytest.fixture
def desk(database: Database, tmp_path: Path, keys: str) -> StockDesk:
    settings = Settings(data_dir=tmp_path, database_url=database.url, secret_keys=keys)
    return StockDesk(NoTemporal(), database, settings)  # type: ignore[arg-type]


@pytest.fixture
async def adam(database: Database) -> Caller:
    await travel_world(database)
    return await callers.user(database, ADAM)
