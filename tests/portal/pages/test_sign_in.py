"""Signing in and out in a browser (P1, P14, S9)."""

import pytest

from starter.desks import Desks
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.people import ANA, BEN, PASSWORD, Browser

SESSION = "__Host-esim-session"


@pytest.mark.covers("P1")
async def test_a_person_signs_in_and_sees_who_is_signed_in(visitor: Browser, desks: Desks) -> None:
    await give_password(desks, ANA)
    form = await visitor.get("/sign-in")
    assert form.status_code == 200
    answer = await visitor.post("/sign-in", data={"email": ANA.upper(), "password": PASSWORD, "next": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION}=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    start = await visitor.get("/")
    page = await visitor.get(start.headers["Location"])
    assert page.status_code == 200
    assert ANA in page.text
    assert "owner, Acme" in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.covers("P1")
async def test_who_is_not_signed_in_is_asked_to_and_comes_back(visitor: Browser, desks: Desks) -> None:
    asked = await visitor.get("/account?x=1")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=/account%3Fx%3D1")
    await give_password(desks, BEN)
    form = await visitor.get(asked.headers["Location"])
    assert 'name="next" value="/account?x=1"' in form.text
    sent = {"email": BEN, "password": PASSWORD, "next": "/account?x=1"}
    assert (await visitor.post("/sign-in", data=sent)).headers["Location"] == "/account?x=1"


@pytest.mark.covers("P1")
async def test_after_signing_out_the_session_is_over(browser: SignIn) -> None:
    ana = await browser(ANA)
    token = ana.cookies[SESSION]
    out = await ana.post("/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert SESSION not in ana.cookies
    ana.cookies.set(SESSION, token, domain="portal.example")
    assert (await ana.get("/account")).status_code == 303
