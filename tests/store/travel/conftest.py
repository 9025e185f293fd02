"""A world in which a travel plan is sold."""

import pytest

from store.session import Database
from tests.travel_world import add_subscriber, add_travel_plan, travel_world


@pytest.fixture
async def euro(database: Database) -> int:
    """The plan Euro 1 in a world with a subscriber."""
    await travel_world(database)
    await add_subscriber(database)
    return await add_travel_plan(database)
