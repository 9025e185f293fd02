"""What belongs to another account does not exist for an order."""

import pytest

from store.session import Database
from tests.builders import run
from tests.licences_world import (
    accepted,
    add_licence,
    assignment,
)
from tests.store.licences.order_ways import codes_of

_OF_ANOTHER = {
    "number": "INSERT INTO numbers (account_id, msisdn, line_type, provider_id, distributor_id)"
    " SELECT other.id, '+33699999999', 'direct', numbers.provider_id, distributor.id"
    " FROM numbers, other, distributor RETURNING id",
    "licence": "INSERT INTO licences (account_id, add_on) SELECT id, 'voice_sms' FROM other RETURNING id",
}


@pytest.mark.parametrize("what", sorted(_OF_ANOTHER))
async def test_what_is_of_another_account_does_not_exist(database: Database, number: int, what: str) -> None:
    placement = await assignment(database, number, await add_licence(database))
    await run(database, "INSERT INTO accounts (name) VALUES ('Other')")
    await run(
        database,
        "INSERT INTO distributors (account_id, name) SELECT id, 'X' FROM accounts WHERE name = 'Other'",
    )
    other = "WITH other AS (SELECT id FROM accounts WHERE name = 'Other'), "
    other += "distributor AS (SELECT id FROM distributors WHERE name = 'X') "
    (theirs,) = await run(database, other + _OF_ANOTHER[what])
    changed = placement.what.model_copy(update={f"{what}_id": theirs.id})
    refused = await accepted(database, placement.model_copy(update={"what": changed}))
    assert codes_of(refused) == [f"unknown_{what}"]
