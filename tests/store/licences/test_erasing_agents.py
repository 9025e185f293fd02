"""An agent is erased as every person is, unless an order or the eSIM of a number needs them."""

import pytest

from models.errors import NotFound, Refused
from models.licences.add_ons import AddOn
from models.licences.numbers import Change
from models.people.callers import AllAccounts, By
from starter.people.erasure import erase
from store.licences import number_views, request_rows
from store.orders import steps
from store.orders.notes import write_note
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
from tests.store.licences.number_ways import KEPT, apply, asked, user

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


@pytest.mark.covers("W6")
async def test_the_event_log_of_a_number_says_that_an_erased_agent_left_it(database: Database) -> None:
    await licences_world(database)
    agent = await add_agent(database)
    number = await add_number(database, 1, agent)
    await erase(OPERATOR, database, GINA)
    async with database.reading() as connection:
        (event,) = (await number_views.number(connection, AllAccounts(), number, KEPT)).events
    assert (event.type, event.data, event.actor) == (
        "number.user_changed",
        {"agent": None, "agent_before": agent},
        "operator",
    )


@pytest.mark.covers("W6", "L39")
async def test_reasons_are_erased_with_the_user_who_typed_them(database: Database) -> None:
    """Also that of a change that was refused, or never came: no event or row names its author."""
    await licences_world(database)
    number = await add_number(database, 1)
    adam = await user(database, ADAM)
    wanted = await asked(database, number, Change.SUSPEND, actor=adam)
    async with database.transaction() as connection:
        notes = [
            await write_note(connection, wanted.account_id, change_id, f"My reason {change_id}.", adam)
            for change_id in (wanted.change_id, "number-change-aaaaaaaaaaaaaaaa")
        ]
    assert (await apply(database, wanted.model_copy(update={"note_id": notes[0]}))).changed
    assert (await erase(OPERATOR, database, ADAM))["notes"] == 2
    async with database.reading() as connection:
        view = await number_views.number(connection, AllAccounts(), number, KEPT)
    assert view.suspended_for == "erased"
    left = await run(database, "SELECT 1 FROM order_notes WHERE text LIKE '%My reason%'")
    assert left == [], "the text stands in no other place, nor here"


@pytest.mark.covers("W6", "L37")
async def test_the_note_of_a_request_for_licences_is_erased_with_its_author(database: Database) -> None:
    await licences_world(database)
    adam = await user(database, ADAM)
    async with database.transaction() as connection:
        await request_rows.request(
            connection, 1, int(adam.removeprefix("user:")), AddOn.VOICE_SMS, 1, "For me.", "a", By(adam)
        )
    assert (await erase(OPERATOR, database, ADAM))["notes"] == 1
    assert await run(database, "SELECT note FROM licence_requests") == [(None,)]
