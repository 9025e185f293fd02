"""Sessions in a browser: when they begin and end, and what is left in them (P1, P14)."""

from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response as Answer

from models.people.callers import Permission
from portal.app import create_app
from portal.auth.cookies import Cookies, Message
from portal.auth.signed_in import SignedIn
from portal.pages import app as registered
from portal.pages.forms import unsent
from portal.pages.routes import Page
from starter.desks import Desks
from starter.people.erasure import erase
from tests.builders import OPERATOR, run
from tests.callers.world import BOLT
from tests.portal.api.statements import counted as counting
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.people import (
    ADDRESS,
    ANA,
    CLEO,
    HOST,
    PASSWORD,
    SESSION,
    Browser,
    browsing,
    tried,
)


@pytest.mark.covers("P1")
async def test_a_sign_in_begins_a_new_session_and_ends_the_one_before(visitor: Browser, desks: Desks) -> None:
    await give_password(desks, ANA)
    visitor.cookies.set(SESSION, "chosen by an attacker", domain=HOST)
    await tried(visitor, ANA, PASSWORD)
    first = visitor.cookies[SESSION]
    assert first != "chosen by an attacker"
    assert len(first) >= 43
    await tried(visitor, ANA, PASSWORD)
    assert visitor.cookies[SESSION] != first
    visitor.cookies.set(SESSION, first, domain=HOST)
    assert (await visitor.get("/account")).status_code == 303
    (row,) = await run(desks.database, "SELECT digest FROM sessions ORDER BY id LIMIT 1")
    assert first.encode() not in bytes(row.digest)


@pytest.mark.covers("P1", "F53", "F67")
@pytest.mark.parametrize("what", ["deactivated", "closed", "erased"])
async def test_a_session_ends_at_once_with_its_user(what: str, browser: SignIn, desks: Desks) -> None:
    cleo = await browser(CLEO)
    assert (await cleo.get("/account")).status_code == 200
    if what == "deactivated":
        await desks.users.deactivate_user(OPERATOR, CLEO)
    elif what == "closed":
        await desks.accounts.close(OPERATOR, BOLT)
    else:
        await erase(OPERATOR, desks.database, CLEO)
        assert not await run(
            desks.database, "SELECT id FROM sessions UNION ALL SELECT user_id FROM passwords"
        )
    assert (await cleo.get("/account")).status_code == 303
    if what == "deactivated":
        await desks.users.activate_user(OPERATOR, CLEO)
    elif what == "closed":
        await desks.accounts.reopen(OPERATOR, BOLT)
    assert (await cleo.get("/account")).status_code == 303  # it does not come back


@pytest.mark.covers("P1")
@pytest.mark.parametrize("column", ["seen_at = seen_at - interval '12 hours'", "expires_at = esim_now()"])
async def test_a_session_expires(column: str, browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(desks.database, f"UPDATE sessions SET {column}")
    asked = await ana.get("/account")
    assert asked.headers["Location"].startswith("/sign-in?")


@pytest.mark.covers("P1")
async def test_a_session_in_use_is_written_once_a_minute(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    with counting(desks.database) as statements:
        await ana.get("/account")
    assert not [one for one in statements if one.startswith("UPDATE")]
    await run(desks.database, "UPDATE sessions SET seen_at = seen_at - interval '2 minutes'")
    await ana.get("/account")
    (row,) = await run(
        desks.database, "SELECT esim_clock() - seen_at < interval '1 minute' AS now FROM sessions"
    )
    assert row.now


@pytest.mark.covers("P1")
async def test_a_change_of_the_password_ends_the_other_sessions(browser: SignIn, visitor: Browser) -> None:
    ana, elsewhere = await browser(ANA), await browser(ANA)
    new = "black tea in the evening"
    wrong = await ana.post("/account/password", data={"old": "x", "new": new, "again": new})
    assert wrong.status_code == 422
    assert 'href="#old"' in wrong.text
    assert "This is not your password." in wrong.text
    for weak, why in (
        ("tea-in-11", "at least 12"),
        ("password1234", "first that are tried"),
        (ANA, "first that"),
    ):
        refused = await ana.post("/account/password", data={"old": PASSWORD, "new": weak, "again": weak})
        assert why in refused.text
        assert weak not in refused.text or weak == ANA
    differ = await ana.post("/account/password", data={"old": PASSWORD, "new": new, "again": "other"})
    assert "are not the same" in differ.text
    changed = await ana.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    assert changed.status_code == 303
    shown = await ana.get("/account")
    assert "The password is changed." in shown.text
    assert "The password is changed." not in (await ana.get("/account")).text  # once
    assert (await elsewhere.get("/account")).status_code == 303
    assert (await tried(visitor, ANA, PASSWORD)).status_code == 422
    assert (await tried(visitor, ANA, new)).status_code == 303


@pytest.mark.covers("P1")
async def test_a_session_of_ones_own_is_ended_and_of_nobody_else(browser: SignIn, desks: Desks) -> None:
    ana, elsewhere, cleo = await browser(ANA), await browser(ANA), await browser(CLEO)
    ids = [row.id for row in await run(desks.database, "SELECT id FROM sessions ORDER BY id")]
    page = await ana.get("/account")
    assert f"SE-{ids[1]}" in page.text
    assert f"SE-{ids[2]}" not in page.text
    foreign = await ana.post(f"/account/sessions/SE-{ids[2]}/end")
    unknown = await ana.post("/account/sessions/SE-99999/end")
    assert (foreign.status_code, foreign.text) == (404, unknown.text)
    assert (await cleo.get("/account")).status_code == 200
    assert (await ana.post(f"/account/sessions/SE-{ids[1]}/end")).status_code == 303
    assert (await elsewhere.get("/account")).status_code == 303
    assert (await ana.get("/account")).status_code == 200


@pytest.mark.covers("P1")
async def test_a_sensitive_page_asks_for_the_password_every_half_hour(
    browser: SignIn, desks: Desks, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def show(request: Request, who: SignedIn) -> Answer:
        return who.page(request, "account/again", form=unsent())

    sensitive = Page("GET", "/sensitive", show, Permission.MANAGE_API_KEYS, recent=True)
    monkeypatch.setitem(registered.PAGES, "sensitive", [sensitive])
    app = create_app(desks.links, desks.settings, desks=desks)
    ana = await browser(ANA)
    async with browsing(app) as there:
        there.cookies.set(SESSION, ana.cookies[SESSION], domain=HOST)
        assert (await there.get("/sensitive")).status_code == 200
        await run(desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '30 minutes'")
        asked = await there.get("/sensitive")
        assert asked.headers["Location"] == "/sign-in/again?next=/sensitive"
        form = await there.get(asked.headers["Location"])
        assert 'name="next" value="/sensitive"' in form.text
        wrong = await there.post("/sign-in/again", data={"password": "x", "next": "/sensitive"})
        assert wrong.status_code == 422
        right = await there.post("/sign-in/again", data={"password": PASSWORD, "next": "/sensitive"})
        assert right.headers["Location"] == "/sensitive"
        assert (await there.get("/sensitive")).status_code == 200


@pytest.mark.covers("P1")
async def test_a_message_of_another_session_is_not_shown(browser: SignIn) -> None:
    ana, cleo = await browser(ANA), await browser(CLEO)
    await cleo.post("/account/language", data={"language": "en"})
    message = "__Host-esim-message"
    ana.cookies.set(message, cleo.cookies[message], domain=HOST)
    assert "The language is changed." not in (await ana.get("/account")).text
    for forged in ("x", "W10=.x", ".", "é", "x" * 5_000):
        ana.cookies.set(message, quote(forged), domain=HOST)
        assert (await ana.get("/account")).status_code == 200
    await ana.post("/account/language", data={"language": "fr"})
    assert "La langue est changée." in (await ana.get("/account")).text


@pytest.mark.covers("P1")
@pytest.mark.parametrize("character", ["w", "é", "字"])
def test_a_long_message_is_shortened_and_shown(character: str) -> None:
    cookies = Cookies(ADDRESS)
    left = Answer()
    cookies.leave(left, "token", Message("order_warned", {"warning": character * 2_000, "number": "3"}))
    sent = left.headers["Set-Cookie"].partition(";")[0]
    assert len(sent) < 4_096
    request = Request({"type": "http", "headers": [(b"cookie", sent.encode())]})
    shown = cookies.left(request, "token")
    assert shown is not None
    assert shown.parameters["number"] == "3"
    assert shown.parameters["warning"].startswith(character * 100)
    assert shown.parameters["warning"].endswith("…")
    assert cookies.left(request, "another token") is None


@pytest.mark.covers("P1", "S9")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/password", {"old": "wrong", "new": "black tea at night", "again": "black tea at night"}),
        ("/sign-in/again", {"password": "wrong"}),
    ],
)
async def test_too_many_tries_of_a_signed_in_person_are_said_to_programs_too(
    path: str, fields: dict[str, str], browser: SignIn, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(password: str, _: str | None) -> tuple[bool, str | None]:
        return password == PASSWORD, None

    monkeypatch.setattr(desks.sign_in.hasher, "verify", at_once)
    ana = await browser(ANA)
    answers = [await ana.post(path, data=fields) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Too many attempts" in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) > 0
