"""Erasing a person: what is found in texts, and what still has to reach them first."""

import pytest

from models.errors import Refused
from starter.people.erasure import erase
from store.session import Database
from tests.builders import OPERATOR, line, place, run, world

ADDRESS = "sentinella@acme.example"
MAIL = (
    "INSERT INTO mails (id, order_id, template, recipient, message_id, state, updated_at) "
    "SELECT o.id, o.id, 'employee_processed', 'employee:' || e.id, o.id, 'unsent', now() - interval '{}' "
    "FROM orders o, employees e"
)


@pytest.mark.parametrize("name", ["Sentinella Grandi Jr.", "(Sentinella) Grandi", "Sentinella Grandi"])
async def test_a_name_is_found_whatever_it_begins_and_ends_with(database: Database, name: str) -> None:
    await world(database, line(1, employee_name=name, employee_email=ADDRESS), line(2))
    order = (await place(database, 2)).order_id
    await run(database, "UPDATE orders SET status = 'cancelled'")
    said = f"As {name} said: no ({name.upper()}), {ADDRESS}."
    await run(
        database, f"INSERT INTO order_notes (account_id, order_id, text) VALUES (1, '{order}', '{said}')"
    )
    await erase(OPERATOR, database, ADDRESS)
    ((left,),) = await run(database, "SELECT text FROM order_notes")
    assert left == "As erased said: no (erased), erased."


async def test_a_mail_that_is_on_its_way_to_them_comes_first(database: Database) -> None:
    await world(database, line(1, employee_email=ADDRESS, employee_name="Sentinella Grandi"), line(2))
    order = (await place(database, 2)).order_id
    await run(database, "UPDATE orders SET status = 'processed'")
    await run(database, MAIL.format("1 minute") + f" WHERE e.email = '{ADDRESS}'")
    with pytest.raises(Refused, match=order):
        await erase(OPERATOR, database, ADDRESS)
    await run(database, "UPDATE mails SET updated_at = now() - interval '2 days'")
    assert (await erase(OPERATOR, database, ADDRESS))["employees"] == 1
