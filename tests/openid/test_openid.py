"""Signing in at an OpenID provider (P1, S9), against one that others wrote."""

import time

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.responses import Response

from models.people.sign_in import SIGNED_IN_FOR, OpenIdBegun, TokenPurpose
from portal.app import create_app
from portal.auth.openid_cookie import OpenIdCookie
from settings import Settings
from starter.desks import Desks
from starter.people.id_tokens import Expected, TokenRejected, checked, read_keys
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import BEN
from tests.openid.provider import SECRET
from tests.openid.signing import Signing, refused, signing
from tests.portal.pages.conftest import give_password, mailed_link
from tests.portal.pages.people import ADDRESS, ANA, SESSION, Browser, browsing

__all__ = ["signing"]
pytestmark = pytest.mark.covers("P1", "S9")
COOKIE = "__Secure-esim-openid"


async def test_an_invited_user_comes_in_by_the_verified_address_and_then_by_the_subject(
    signing: Signing, visitor: Browser, desks: Desks
) -> None:
    assert "Continue with Acme ID" in (await visitor.get("/sign-in")).text
    await mailed_link(desks, ANA, TokenPurpose.INVITATION)
    first = await signing("s-1", ANA.upper(), next_="/account?x=1")
    assert (first.status_code, first.headers["Location"]) == (303, "/account?x=1")
    cookies = first.headers.get_list("Set-Cookie")
    assert any(f"{SESSION}=" in each and "HttpOnly" in each and "SameSite=lax" in each for each in cookies)
    assert any(f'{COOKIE}=""; ' in each and "Path=/sign-in/openid" in each for each in cookies), "it is over"
    page = await visitor.get("/account")
    assert ANA in page.text
    token = visitor.cookies[SESSION]
    visitor.cookies.delete(SESSION)
    assert (await signing("s-1", "another.address@acme.example", verified=False)).status_code == 303
    assert visitor.cookies[SESSION] != token
    assert ANA in (await visitor.get("/account")).text, "the address there is not asked for any more"
    found = await run(desks.database, "SELECT type, data FROM events WHERE type LIKE 'user.%' ORDER BY id")
    happened = [row.type for row in found]
    assert happened.count("user.signed_in") == 2
    assert happened.count("user.openid_linked") == 1
    assert "Active" in (await visitor.get("/people")).text
    (origin,) = await run(desks.database, "SELECT surface FROM origins ORDER BY id DESC LIMIT 1")
    assert origin.surface == "portal"


async def test_who_is_no_user_of_ours_or_may_not_sign_in_is_refused(signing: Signing, desks: Desks) -> None:
    assert refused(await signing("s-2", "stranger@acme.example"))
    assert refused(await signing("s-3", ANA)), "Ana was never invited"
    await give_password(desks, ANA)
    assert refused(await signing("s-4", ANA, verified=False))
    assert (await signing("s-5", ANA)).status_code == 303
    signing.visitor.cookies.clear()
    assert refused(await signing("s-6", ANA)), "she is linked with another subject"
    await give_password(desks, BEN)
    assert (await signing("s-7", BEN)).status_code == 303
    signing.visitor.cookies.clear()
    await desks.users.deactivate_user(OPERATOR, BEN)
    assert refused(await signing("s-7", BEN))
    assert refused(await signing("", "")), "who cancels there"


@pytest.mark.parametrize(
    "claims",
    [
        (
            {"nonce": "another"},
            {"nonce": None},
            {"iss": "https://evil.example"},
            {"aud": "another-client"},
            {"aud": ["portal", "another-client"]},
            {"azp": "another-client"},
        ),
        (
            {"exp": int(time.time()) - 120},
            {"exp": None},
            {"iat": int(time.time()) + 3_600},
            {"sub": "s-1\0"},
            {"sub": 7},
        ),
    ],
    ids=["for another sign-in", "of another time or person"],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    claims: tuple[dict[str, object], ...], signing: Signing, desks: Desks
) -> None:
    await give_password(desks, ANA)
    for wrong in claims:
        await signing.provider.control(claims=wrong)
        assert refused(await signing("s-1", ANA)), wrong
        assert SESSION not in signing.visitor.cookies, wrong
    await signing.provider.control(claims={})
    assert (await signing("s-1", ANA)).status_code == 303, "and the right one is taken"


async def test_a_key_is_read_again_after_a_rotation_and_a_strange_one_is_refused(
    signing: Signing, desks: Desks
) -> None:
    await give_password(desks, ANA)
    assert (await signing("s-1", ANA)).status_code == 303
    signing.visitor.cookies.clear()
    await signing.provider.control(rotate="kept")
    assert (await signing("s-1", ANA)).status_code == 303
    signing.visitor.cookies.clear()
    await signing.provider.control(rotate="replaced")
    assert refused(await signing("s-1", ANA))
    await signing.provider.control(rotate="kept")


async def test_no_token_without_a_signature_or_signed_with_the_secret_is_believed() -> None:
    now = int(time.time())
    expected = Expected("https://id.example", "portal", "n")
    claims = {"iss": expected.issuer, "aud": "portal", "sub": "s", "nonce": "n", "exp": now + 60, "iat": now}
    secret = OctKey.import_key(SECRET)
    by_secret = jwt.encode({"alg": "HS256"}, claims, secret)
    unsigned = f"eyJhbGciOiJub25lIn0.{by_secret.split('.')[1]}."
    for token in (by_secret, unsigned, "", "x", "x.y.z", by_secret + ".x"):
        with pytest.raises(TokenRejected):
            checked(token, [secret], expected, now)
    assert read_keys({"keys": [secret.as_dict(private=True), {"kty": "new"}, "x", {"kty": "RSA"}]}) == []


async def test_only_the_browser_that_began_comes_back_once_and_in_time(
    signing: Signing, app: FastAPI, desks: Desks
) -> None:
    await give_password(desks, ANA)
    visitor = signing.visitor
    address = await signing.back("s-1", ANA)
    async with browsing(app) as another:
        assert refused(await another.get(address))
        await another.get("/sign-in/openid")
        assert refused(await another.get(address)), "the state is another"
    cookie = visitor.cookies[COOKIE]
    changed = httpx.Cookies()
    other = "y" if cookie[40] == "x" else "x"
    changed.set(COOKIE, f"{cookie[:40]}{other}{cookie[41:]}", domain="portal.example")
    async with browsing(app) as another:
        another.cookies = changed
        assert refused(await another.get(address))
    assert (await visitor.head(address)).headers["Location"] == "/sign-in"
    state = httpx.URL(address).params["state"]
    late = Response()
    OpenIdCookie(ADDRESS, SECRET).keep(late, OpenIdBegun(state, "n", "v", int(time.time()) - 601), "")
    async with browsing(app) as another:
        value = late.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        another.cookies.set(COOKIE, value, domain="portal.example")
        assert refused(await another.get(address)), "after ten minutes"
    assert (await visitor.get(address)).status_code == 303
    visitor.cookies.set(COOKIE, cookie, domain="portal.example", path="/sign-in/openid")
    assert refused(await visitor.get(address)), "a code is taken once"


async def test_attempts_are_counted_by_network(signing: Signing, desks: Desks) -> None:
    address = await signing.back("s-1", ANA)
    cookie = signing.visitor.cookies[COOKIE]
    answers = []
    for _ in range(11):
        signing.visitor.cookies.set(COOKIE, cookie, domain="portal.example", path="/sign-in/openid")
        answers.append(await signing.visitor.get(address.replace("code=", "code=x")))
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_nobody_is_led_to_another_site(signing: Signing, desks: Desks) -> None:
    await give_password(desks, ANA)
    for next_ in ("https://evil.example/", "//evil.example", "/sign-out", "/no-such-page"):
        assert (await signing("s-1", ANA, next_=next_)).headers["Location"] == "/", next_
        signing.visitor.cookies.clear()


async def test_an_authentication_that_is_older_than_a_session_begins_none(
    signing: Signing, desks: Desks
) -> None:
    await give_password(desks, ANA)
    for hours, comes_in in ((1, False), (-1, True)):
        at = int(time.time()) - int(SIGNED_IN_FOR.total_seconds()) - hours * 3_600
        await signing.provider.control(claims={"auth_time": at})
        answer = await signing("s-1", ANA)
        assert answer.status_code == 303 if comes_in else refused(answer), hours


@pytest.mark.parametrize("answers", [401, 403, 500, "signed", "another"])
async def test_only_the_first_sign_in_depends_on_userinfo(
    answers: int | str, signing: Signing, desks: Desks
) -> None:
    await give_password(desks, ANA)
    await give_password(desks, BEN)
    assert (await signing("s-1", ANA)).status_code == 303
    signing.visitor.cookies.clear()
    await signing.provider.control(userinfo=answers)
    assert (await signing("s-1", ANA)).status_code == 303, "she is linked, and needs no address"
    signing.visitor.cookies.clear()
    assert refused(await signing("s-2", BEN)), "his address is not known"
    await signing.provider.control(claims={"email": BEN, "email_verified": True})
    assert (await signing("s-2")).status_code == 303, "the ID token says it"


async def test_an_address_that_only_lower_case_makes_equal_is_another(signing: Signing, desks: Desks) -> None:
    address = "kim@acme.example"
    await desks.users.create_user(OPERATOR, ACCOUNT, "Kim", address)
    await give_password(desks, address)
    assert refused(await signing("s-1", "\N{KELVIN SIGN}im@acme.example"))
    assert (await signing("s-2", "Kim@ACME.example")).status_code == 303


async def test_while_the_provider_is_unavailable_people_sign_in_with_a_password(
    desks: Desks, api_settings: Settings
) -> None:
    settings = api_settings.model_copy(update={"openid_issuer": "http://127.0.0.1:9"})
    away = Desks.of(desks.client, desks.database, settings)
    async with browsing(create_app(away.links, settings, desks=away)) as visitor:
        answer = await visitor.get("/sign-in/openid?next=/account")
        assert answer.status_code == 503
        assert 'name="password"' in answer.text
        assert 'name="next" value="/account"' in answer.text
