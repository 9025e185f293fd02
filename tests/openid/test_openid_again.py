"""Authenticating again at the OpenID provider, and the link between its subject and a user (P1, S9)."""

import re
import time

import httpx
import pytest

from models.people.sign_in import TokenPurpose
from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import BEN
from tests.openid.signing import Signing, refused, signing
from tests.portal.pages.conftest import SignIn, give_password, mailed_link
from tests.portal.pages.people import ANA, CLEO

__all__ = ["signing"]
pytestmark = pytest.mark.covers("P1", "S9")


async def test_who_does_something_sensitive_authenticates_again_there(signing: Signing, desks: Desks) -> None:
    await mailed_link(desks, ANA, TokenPurpose.INVITATION)
    visitor, provider = signing.visitor, signing.provider
    assert (await signing("s-1", ANA)).status_code == 303
    old = "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes'"
    recent = "SELECT confirmed_at > esim_now() - interval '30 minutes' AS recent FROM sessions"
    await run(desks.database, old)
    page = await visitor.get("/sign-in/again?next=/account")
    assert 'href="/sign-in/openid?again=yes&amp;next=/account"' in page.text
    assert 'name="password"' not in page.text, "she has none"

    async def again(sub: str, email: str) -> httpx.Response:
        signing.elsewhere.cookies.clear()
        begun = await visitor.get("/sign-in/openid?again=yes&next=/account")
        assert "prompt=login" in begun.headers["Location"]
        back = await provider.authenticate(signing.elsewhere, begun.headers["Location"], sub=sub, email=email)
        return await visitor.get(back)

    assert refused(await again("s-9", CLEO)), "another person"
    await provider.control(claims={"auth_time": int(time.time()) - 600})
    assert refused(await again("s-1", ANA)), "the provider asked for nothing"
    await provider.control(claims={"auth_time": None})
    assert refused(await again("s-1", ANA)), "the provider does not say when"
    assert [row.recent for row in await run(desks.database, recent)] == [False]
    await provider.control(claims={})
    done = await again("s-1", ANA)
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert [row.recent for row in await run(desks.database, recent)] == [True]


@pytest.mark.parametrize(("ago", "recent"), [(60, True), (1_860, False), (None, False)])
async def test_a_sign_in_is_as_recent_as_the_provider_says(
    ago: int | None, recent: bool, signing: Signing, desks: Desks
) -> None:
    await give_password(desks, ANA)
    await signing.provider.control(claims={"auth_time": ago and int(time.time()) - ago})
    assert (await signing("s-1", ANA)).status_code == 303
    rows = await run(
        desks.database, "SELECT confirmed_at > esim_now() - interval '30 minutes' AS recent FROM sessions"
    )
    assert [row.recent for row in rows] == [recent]


async def test_an_administrator_unlinks_a_user_whose_identity_was_replaced(
    signing: Signing, browser: SignIn, desks: Desks
) -> None:
    await give_password(desks, ANA)
    assert (await signing("s-1", ANA)).status_code == 303
    await desks.openid.unlink(OPERATOR, ANA)
    assert (await signing.visitor.get("/account")).status_code == 303, "her sessions have ended"
    signing.visitor.cookies.clear()
    assert (await signing("s-new", ANA)).status_code == 303
    assert await run(desks.database, "SELECT 1 FROM events WHERE type = 'user.openid_unlinked'")


async def test_an_administrator_sees_a_link_and_removes_it_on_the_pages(
    signing: Signing, browser: SignIn, desks: Desks
) -> None:
    ben = f"/people/U-{(await desks.users.user(OPERATOR, BEN)).id}"
    ana = await browser(ANA)
    await give_password(desks, BEN)
    assert "Acme ID" not in (await ana.get(ben)).text
    assert (await signing("s-1", BEN)).status_code == 303
    assert re.search(r"Signs in at.*?Acme ID", (await signing.visitor.get("/account")).text, re.DOTALL)
    page = (await ana.get(ben)).text
    assert re.search(r"Signs in at.*?Acme ID", page, re.DOTALL)
    assert f'href="{ben}/unlink"' in page
    assert f'action="{ben}/unlink"' in (await ana.get(f"{ben}/unlink")).text
    await run(desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes'")
    assert "/sign-in/again" in (await ana.post(f"{ben}/unlink")).headers["Location"]
    assert "Acme ID" in (await ana.get(ben)).text
    await run(desks.database, "UPDATE sessions SET confirmed_at = esim_now()")
    done = await ana.post(f"{ben}/unlink")
    assert (done.status_code, done.headers["Location"]) == (303, ben)
    page = (await ana.get(ben)).text
    assert "with the OpenID provider is removed." in page
    assert "Acme ID" not in page
    assert (await signing.visitor.get("/account")).headers["Location"].startswith("/sign-in"), "he is out"
