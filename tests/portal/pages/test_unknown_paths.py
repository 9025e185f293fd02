"""Unknown paths: the frame for who is signed in, a way out for visitors, problem details for programs."""

import pytest

from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, Browser


@pytest.mark.covers("P13")
@pytest.mark.parametrize("path", ["/nothing", "/problems/nope", "/inventory/x/y"])
async def test_who_is_signed_in_stays_in_the_frame_and_visitors_find_a_way_out(
    path: str, browser: SignIn, visitor: Browser
) -> None:
    ana = await browser(ANA)
    page = await ana.get(path)
    assert page.status_code == 404
    assert 'href="/inventory"' in page.text
    assert ANA in page.text
    assert "There is no such page" in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"
    visited = await visitor.get(path)
    assert visited.status_code == 404
    assert 'href="/"' in visited.text
    assert "If you have opened a link" in visited.text


@pytest.mark.covers("A5")
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/orders"])
async def test_programs_are_answered_with_problem_details_below_the_api(
    path: str, browser: SignIn, visitor: Browser
) -> None:
    for person in (await browser(ANA), visitor):
        answer = await person.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["code"] == "page_unknown"
    assert (await visitor.get("/apiary")).headers["Content-Type"].startswith("text/html")
