"""The name that the e-mails of an account come from."""

import pytest

from starter.people.accounts import AccountDesk
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, placement, world
from tests.store.orders.test_statement_counts import Cost, a_switch


@pytest.mark.covers("P11")
@pytest.mark.parametrize("name", ["Acme, eSIM desk", None])
async def test_every_email_of_an_order_comes_from_the_name_of_the_account(
    database: Database, name: str | None
) -> None:
    await world(database)
    await AccountDesk(database).edit(OPERATOR, ACCOUNT, sender_name=name)
    post = await a_switch(database, Cost(), await placement(database))
    assert [mail.sender_name for mail in post.mailer.tried] == [name] * 3
