"""An agent is erased as every person is, unless an order or the eSIM of a number needs them."""

import pytest

from models.errors import NotFound, Refused
from models.people.callers import By
from starter.people.erasure import erase
from store.orders import steps
from store.session import Database
from tests.builders import OPERATOR, iccid, run
from tests.licences_world import (
    ADAM,
    GINA,
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    licences_world,
)

LEFT = """
SELECT agents.name, agents.email, agents.language, agents.eid, agents.deactivated_at IS NOT NULL AS gone,
       (SELECT count(*) FROM numbers WHERE numbers.agent_id = agents.id) AS numbers FROM agents
"""


@pytest.mark.covers("W6")
async def test_an_agent_without_an_esim_is_erased_and_leaves_the_numbers(database: Database) -> None:
    await licences_world(database)
    agent = await add_agent(database, language="fr")
    await add_number(database, 1, agent)
    await run(database, "UPDATE agents SET eid = '89049032123451234512345678901235'")
    assert (await erase(OPERATOR, database, GINA, only_look=True))["agents"] == 1
    assert (await erase(OPERATOR, database, f"agent:{agent}"))["agents"] == 1
    assert [tuple(row) for row in await run(database, LEFT)] == [("erased", None, None, None, True, 0)]
    with pytest.raises(NotFound):
        await erase(OPERATOR, database, GINA)


async def test_an_agent_who_is_also_a_user_is_one_person(database: Database) -> None:
    await licences_world(database)
    await add_agent(database, email=ADAM)
    erased = await erase(OPERATOR, database, ADAM)
    assert (erased["agents"], erased["users"]) == (1, 1)


async def test_an_agent_whom_an_order_or_an_esim_needs_is_not_erased(database: Database) -> None:
    await licences_world(database)
    number = await add_number(database, 1, await add_agent(database))
    order = await accepted(database, await assignment(database, number, await add_licence(database)))
    with pytest.raises(Refused, match=order.order_id):
        await erase(OPERATOR, database, GINA)
    async with database.transaction() as connection:
        await steps.acknowledge(connection, order.order_id, By("operator"), iccid(501))
        await steps.complete(connection, order.order_id, By("operator"), None, "test")
    await run(database, "UPDATE mails SET state = 'sent', updated_at = now() - interval '2 days'")
    await run(database, "DELETE FROM follow_ups")
    with pytest.raises(Refused, match=f"number:{number}"):
        await erase(OPERATOR, database, GINA)
    ((name,),) = await run(database, "SELECT name FROM agents")
    assert name == "Gina"
