"""Gina's number, which most tests of this folder change."""

import pytest

from store.session import Database
from tests.licences_world import (
    add_agent,
    add_number,
    licences_world,
)


@pytest.fixture
async def number(database: Database) -> int:
    """Gina's number in a world without a licence."""
    await licences_world(database)
    return await add_number(database, 1, await add_agent(database))
