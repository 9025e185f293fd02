"""What no page of ours sends: it gets a sentence, and changes nothing."""

from typing import Any

import pytest

from starter.desks import Desks
from tests.builders import OPERATOR
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, Browser


@pytest.mark.covers("P3")
@pytest.mark.parametrize("text", ["(", "()", "( / )", "+(", "00", "%20"])
async def test_a_search_for_signs_without_a_digit_finds_nothing(browser: SignIn, text: str) -> None:
    ana = await browser(ANA)
    for path in ("/search?q=", "/inventory?view=all&q=", "/inventory.csv?q="):
        answer = await ana.get(path + text.replace("+", "%2B"), follow_redirects=True)
        assert answer.status_code == 200, path
    some = await ana.get("/bulk/set_groups", params={"all": "yes", "groups": "Lyon", "list": "q=" + text})
    assert some.status_code in (200, 422)


async def test_a_form_of_another_sort_erases_nothing(browser: SignIn, desks: Desks, acme: Known) -> None:
    ana = await browser(ANA)
    before = await desks.fleet.line(OPERATOR, acme.line)
    answer = await ana.post(f"/lines/{acme.line}/edit", content=b"{}", headers={"Content-Type": "x/y"})
    assert answer.status_code == 422
    assert await desks.fleet.line(OPERATOR, acme.line) == before


@pytest.mark.covers("P7", "P13")
@pytest.mark.parametrize(
    ("status", "sent", "said"),
    [
        (413, {"data": {"comment": "a" * 100_000}}, "That is larger than this page accepts."),
        (403, {"headers": {"Sec-Fetch-Site": "cross-site"}}, "This form was sent from another site"),
    ],
)
async def test_a_form_too_large_or_of_another_site_is_refused_in_the_frame(
    status: int, sent: dict[str, Any], said: str, browser: SignIn, visitor: Browser
) -> None:
    answer = await (await browser(ANA)).post("/shop/review", **sent)
    assert answer.status_code == status
    assert said in answer.text
    assert 'href="/inventory"' in answer.text, "where one goes on"
    assert "mailed" not in answer.text
    assert "link you" not in answer.text
    elsewhere = await visitor.post("/shop/review", **sent)
    assert elsewhere.status_code == status
    assert 'href="/inventory"' not in elsewhere.text


@pytest.mark.covers("P7")
@pytest.mark.parametrize("path", ["/shop/review", "/shop/order"])
async def test_a_field_that_is_sent_twice_is_refused_in_place(
    browser: SignIn, path: str, acme: Known
) -> None:
    ana = await browser(ANA)
    answer = await ana.post(
        path,
        content=f"line={acme.line}&action=switch&pack=P-1&quantity=1&key=k&comment=a&comment=b&pack=P-2",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 422
