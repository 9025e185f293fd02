"""The catalogue on pages: what can be ordered, of which provider and distributor (P11)."""

import re

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, CLEO, Browser

pytestmark = pytest.mark.covers("P11")
LIST = "/administration/catalogue"


async def found(browser: Browser, **query: str) -> list[str]:
    """The rows that a filter finds, as text."""
    answer = await browser.get(LIST, params=query)
    assert answer.status_code == 200, answer.text
    rows = re.findall(r'<tr role="row" id="item-\d+".*?</tr>', answer.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


async def test_packs_are_listed_with_provider_distributor_and_contacts(browser: SignIn, desks: Desks) -> None:
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    listed = await found(ana)
    (pack,) = await run(
        desks.database,
        "SELECT packs.name, d.name AS distributor FROM order_packs packs"
        " JOIN distributors d ON d.id = distributor_id"
        " WHERE packs.account_id = 1 ORDER BY packs.name LIMIT 1",
    )
    assert any(pack.name in row and pack.distributor in row and "Offered" in row for row in listed)
    assert await found(ben) == listed, "who may look sees it"
    assert "/imports/import_catalogue" in (await ana.get(LIST)).text
    assert "/imports/import_catalogue" not in (await ben.get(LIST)).text
    assert await found(cleo) == []
    assert "Nothing can be ordered yet" in (await cleo.get(LIST)).text


async def test_filters_combine(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    listed = await found(ana)
    orange = await found(ana, provider="Orange")
    assert orange
    assert all("Orange" in row for row in orange)
    assert len(await found(ana, provider="Orange", distributor="Telvia")) <= len(orange)
    assert await found(ana, provider="No such provider") == []
    assert await found(ana, offered="no") == []
    await run(desks.database, "UPDATE order_packs SET available = false WHERE account_id = 1 RETURNING id")
    assert len(await found(ana, offered="no")) == len(listed)
    assert await found(ana, offered="yes") == []
    page = (await ana.get(LIST, params={"provider": "Orange", "offered": "no"})).text
    assert f'href="{LIST}?offered=no"' in page, "the chip of the provider is removed"
    for query in ({"colour": "red"}, {"offered": "maybe"}, {"cursor": "x"}):
        assert (await ana.get(LIST, params=query)).status_code == 422, query


async def test_a_long_catalogue_costs_as_many_statements_and_goes_on(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    with counted(desks.database) as few:
        listed = await found(ana)
    await run(
        desks.database,
        "INSERT INTO order_pack_items (pack_id, section, name, esim)"
        " SELECT id, 'Accessories', concat('Case ', n), false"
        " FROM order_packs, generate_series(1, 60) AS n WHERE account_id = 1 RETURNING id",
    )
    with counted(desks.database) as many:
        page = (await ana.get(LIST)).text
    assert len(many) == len(few)
    assert page.count('id="item-') == 50 > len(listed)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert (await ana.get(following.replace("&amp;", "&"))).status_code == 200
