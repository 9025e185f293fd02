"""The order workflow alone, with fake steps, on a real Temporal server."""

from collections.abc import AsyncIterator

import pytest

from tests.temporal_server import Temporal, temporal
from tests.workflows.codes.qr_house import QrHouse, a_qr_house
from tests.workflows.house import House, a_house

__all__ = ["house", "qr_house", "temporal"]


@pytest.fixture
async def house(temporal: Temporal) -> AsyncIterator[House]:
    """A worker of this test alone. At its end nothing in its inventory was ever broken."""
    async with a_house(temporal) as opened:
        yield opened
        opened.inventory.check()
        assert opened.inventory.broken == []


@pytest.fixture
async def qr_house(temporal: Temporal) -> AsyncIterator[QrHouse]:
    """A worker that also asks for QR codes, of this test alone."""
    async with a_qr_house(temporal) as opened:
        yield opened
        opened.inventory.check()
        assert opened.inventory.broken == []
