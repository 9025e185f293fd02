"""The links that are mailed to users, by which they choose a password (P1, P14)."""

import pytest

from models.people.sign_in import TokenPurpose
from starter.desks import Desks
from tests.builders import OPERATOR
from tests.callers.world import BOLT
from tests.portal.pages.conftest import SignIn, mailed_link
from tests.portal.pages.people import ANA, BEN, CLEO, HOST, PASSWORD, SESSION, Browser, tried


@pytest.mark.covers("P1", "P14")
async def test_an_accepted_link_ends_the_session_that_the_browser_had(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    before = ana.cookies[SESSION]
    path = await mailed_link(desks, BEN, TokenPurpose.INVITATION)
    assert (await ana.post(path, data={"password": PASSWORD, "again": PASSWORD})).status_code == 303
    assert BEN in (await ana.get("/account")).text
    ana.cookies.clear()
    ana.cookies.set(SESSION, before, domain=HOST)
    assert (await ana.get("/account")).status_code == 303


@pytest.mark.covers("P1")
async def test_no_token_of_a_link_is_logged(visitor: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "portal")
    await visitor.get("/invitation/a-secret-token")
    await visitor.get("/account")
    assert "GET /invitation/{token} 410" in caplog.text
    assert "GET /account 303" in caplog.text
    assert "a-secret-token" not in caplog.text


@pytest.mark.covers("P1", "S4")
@pytest.mark.parametrize("purpose", TokenPurpose)
@pytest.mark.parametrize("what", ["deactivated", "closed"])
async def test_a_link_does_not_come_back_with_its_user(
    what: str, purpose: TokenPurpose, visitor: Browser, desks: Desks
) -> None:
    path = await mailed_link(desks, CLEO, purpose)
    assert 'name="password"' in (await visitor.get(path)).text
    if what == "closed":
        await desks.accounts.close(OPERATOR, BOLT)
    else:
        await desks.users.deactivate_user(OPERATOR, CLEO)
    assert 'name="password"' not in (await visitor.get(path)).text
    if what == "closed":
        await desks.accounts.reopen(OPERATOR, BOLT)
    else:
        await desks.users.activate_user(OPERATOR, CLEO)
    assert 'name="password"' not in (await visitor.get(path)).text


@pytest.mark.covers("P1", "S4")
@pytest.mark.parametrize("purpose", TokenPurpose)
async def test_a_link_ends_when_its_user_changes_the_password(
    purpose: TokenPurpose, browser: SignIn, visitor: Browser, desks: Desks
) -> None:
    ana = await browser(ANA)
    path = await mailed_link(desks, ANA, purpose)
    new = "black tea in the evening"
    changed = await ana.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    assert changed.status_code == 303
    stolen = await visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert stolen.status_code == 410
    assert SESSION not in visitor.cookies
    assert (await tried(visitor, ANA, new)).status_code == 303
