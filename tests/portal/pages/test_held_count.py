"""How much work waits for a person, beside its place in the navigation (P15)."""

import re

import pytest
from sqlalchemy import func, insert, literal, select

from models.operations.views import MOST_HELD
from starter.desks import Desks
from store.operations.tables import HoldRow
from store.people.tables import AccountRow
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, CLEO, Browser


async def hold(desks: Desks, account: str, number: int) -> None:
    """As many orders of the account are held, each at two steps."""
    names = select(
        literal("order-held").op("||")(func.generate_series(1, number)).label("name"), AccountRow.id
    ).where(AccountRow.name == account)
    found = names.subquery()
    async with desks.database.transaction() as connection:
        for step in ("submit", "notify"):
            rows = select(found.c.name, literal(step), found.c.id, literal("mail_rejected"))
            await connection.execute(
                insert(HoldRow).from_select(["workflow_id", "step", "account_id", "reason"], rows)
            )


async def tally(browser: Browser) -> str | None:
    """The count in the navigation, None where there is none."""
    found = re.search(r'class="tally">([^<]*)<', (await browser.get("/account")).text)
    return found and found[1]


@pytest.mark.covers("P15")
async def test_the_navigation_says_how_much_waits_for_a_person(browser: SignIn, desks: Desks) -> None:
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    before = int(await tally(cleo) or 0)
    await hold(desks, "Acme", 3)
    assert await tally(cleo) == (str(before) if before else None), "another firm's are not counted"
    assert await tally(ben) is None, "who may not retry does not see the place"
    mine = int(await tally(ana) or 0)
    assert mine >= 3, "an order that is held at two steps is one"
    assert mine < 6


@pytest.mark.covers("P15")
async def test_much_held_work_is_counted_up_to_99_by_one_statement(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await ana.get("/account")
    with counted(desks.database) as few:
        await ana.get("/account")
    await hold(desks, "Acme", MOST_HELD + 5)
    with counted(desks.database) as many:
        assert await tally(ana) == "99+"
    assert len(few) == len(many)
    assert sum("holds" in statement for statement in many) == 1
