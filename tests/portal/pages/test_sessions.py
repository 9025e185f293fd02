"""Sessions in a browser: when they begin and end, and what is left in them (P1, P14)."""

import asyncio
from html import unescape
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response as Answer

from models.people.callers import Permission
from models.people.sign_in import TokenPurpose, Visit
from portal.app import create_app
from portal.auth.cookies import Cookies, Message
from portal.auth.signed_in import SignedIn
from portal.pages import app as registered
from portal.pages.forms import unsent
from portal.pages.routes import Page
from starter.desks import Desks
from starter.people.erasure import erase
from starter.people.passwords import Hasher
from starter.people.sign_in import begin
from store.people import accounts, passwords, sessions, users
from tests.builders import OPERATOR, run, until_blocked
from tests.callers.world import BOLT
from tests.portal.api.statements import counted as counting
from tests.portal.pages.conftest import SignIn, give_password, mailed_link
from tests.portal.pages.hidden_fields import hidden
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


class Paused(Hasher):
    """Compares a password, and waits before it says so."""

    def __init__(self) -> None:
        super().__init__()
        self.compared, self.go_on = asyncio.Event(), asyncio.Event()

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        found = await super().verify(password, stored)
        self.compared.set()
        await self.go_on.wait()
        return found


@pytest.mark.covers("P1", "P14")
@pytest.mark.parametrize("how", ["changed", "link"])
async def test_a_sign_in_under_way_does_not_outlast_a_change_of_the_password(
    how: str, browser: SignIn, visitor: Browser, desks: Desks
) -> None:
    ana, usual, paused = await browser(ANA), desks.sign_in.hasher, Paused()
    desks.sign_in.hasher = paused
    signing_in = asyncio.create_task(tried(visitor, ANA, PASSWORD))
    await paused.compared.wait()
    desks.sign_in.hasher = usual
    new = "black tea in the evening"
    if how == "changed":
        changed = await ana.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    else:
        path = await mailed_link(desks, ANA, TokenPurpose.RESET)
        changed = await ana.post(path, data={"password": new, "again": new})
    assert changed.status_code == 303
    paused.go_on.set()
    assert (await signing_in).status_code == 422
    assert (await visitor.get("/account")).status_code == 303


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


@pytest.mark.covers("P1", "F53", "F67")
@pytest.mark.parametrize("way", ["sign-in", "link"])
@pytest.mark.parametrize("what", ["deactivated", "closed"])
async def test_who_may_not_act_any_more_begins_no_session_with_a_sign_in_under_way(
    what: str, way: str, visitor: Browser, desks: Desks
) -> None:
    await give_password(desks, CLEO)
    path = await mailed_link(desks, CLEO, TokenPurpose.RESET)
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        if what == "closed":
            await accounts.close(connection, cleo.account_id, OPERATOR.by)
        else:
            await users.set_active(connection, cleo.id, OPERATOR.by, active=False)
        new = {"password": PASSWORD, "again": PASSWORD}
        asked = tried(visitor, CLEO, PASSWORD) if way == "sign-in" else visitor.post(path, data=new)
        begun = asyncio.create_task(asked)
        await until_blocked(desks.database, begun)
    assert (await begun).status_code == (422 if way == "sign-in" else 410)
    assert SESSION not in visitor.cookies
    assert not await run(desks.database, "SELECT id FROM sessions")


@pytest.mark.covers("P1", "F53", "F67")
@pytest.mark.parametrize("what", ["deactivated", "closed"])
async def test_a_session_that_begins_just_before_ends_with_its_user(
    what: str, visitor: Browser, desks: Desks
) -> None:
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        begun, _ = await begin(connection, await sessions.keep(connection, cleo.id), Visit())
        end = desks.accounts.close(OPERATOR, BOLT) if what == "closed" else _deactivated(desks)
        ended = asyncio.create_task(end)
        await until_blocked(desks.database, ended)
    await ended
    await desks.accounts.reopen(OPERATOR, BOLT)
    await desks.users.activate_user(OPERATOR, CLEO)
    visitor.cookies.set(SESSION, begun.token, domain=HOST)
    assert (await visitor.get("/account")).status_code == 303


@pytest.mark.covers("P1", "F53")
async def test_a_link_that_is_being_accepted_leaves_no_session_of_who_is_deactivated(
    visitor: Browser, desks: Desks
) -> None:
    await give_password(desks, CLEO)
    path = await mailed_link(desks, CLEO, TokenPurpose.RESET)
    cleo = await desks.users.user(OPERATOR, CLEO)
    async with desks.database.transaction() as connection:
        await passwords.unchanged(connection, cleo.id, None)  # holds back the end of what accepts the link
        sent = {"password": PASSWORD, "again": PASSWORD}
        accepted = asyncio.create_task(visitor.post(path, data=sent))
        await until_blocked(desks.database, accepted)
        ended = asyncio.create_task(desks.users.deactivate_user(OPERATOR, CLEO))
        await until_blocked(desks.database, ended, waiting=2)
    assert (await accepted).status_code == 303
    await ended
    await desks.users.activate_user(OPERATOR, CLEO)
    assert (await visitor.get("/account")).status_code == 303


async def _deactivated(desks: Desks) -> object:
    return await desks.users.deactivate_user(OPERATOR, CLEO)


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


@pytest.mark.covers("P1", "P10", "P14")
async def test_what_was_typed_is_kept_over_a_session_that_ended(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    page = hidden((await ana.get("/lines/L-1/edit")).text)
    typed = page | {"groups": 'Night "<b>', "create": "on"}
    await run(desks.database, "DELETE FROM sessions RETURNING id")
    late = {"Referer": f"{ADDRESS}/lines/L-1/edit"}
    kept = await ana.post("/lines/L-1/edit", data=typed, headers=late)
    assert kept.status_code == 403
    assert 'action="/lines/L-1/edit"' in kept.text
    assert 'href="/sign-in?next=/lines/L-1/edit"' in kept.text
    assert "<b>" not in kept.text
    fields = {name: unescape(value) for name, value in hidden(kept.text).items()}
    assert fields == typed
    assert "Send again" in (await ana.post("/lines/L-1/edit", data=fields, headers=late)).text, "not yet"
    await tried(ana, ANA, PASSWORD)
    assert (await ana.post("/lines/L-1/edit", data=fields)).status_code == 303
    detail = (await ana.get("/inventory/D-1?slot=1")).text
    assert "Night &#34;&lt;b&gt;" in detail


@pytest.mark.covers("P7", "P14")
async def test_who_signs_in_next_confirms_a_kept_order_for_themselves(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    entered = {"line": "L-1", "action": "switch", "pack": "P-1", "quantity": "1", "key": "kept"}
    order = entered | {"purchase_reference": "PO-7", "comment": ""}
    bulk = {"row": "L-2", "pack": "", "count": "1", "digest": "0" * 64, "key": "f" * 32}
    await run(desks.database, "DELETE FROM sessions RETURNING id")
    pages = {"/shop/place": order, "/bulk/switch_to_esim": bulk}
    for path, fields in pages.items():
        kept = await ana.post(path, data=fields | {"confirmed": "yes"})
        assert kept.status_code == 403
        assert hidden(kept.text) == fields, "all but the confirmation"
        assert "asked to confirm it" in kept.text
    orders = len(await desks.orders.orders(OPERATOR))
    other = "administrator@acme.example"
    await give_password(desks, other)
    await tried(ana, other, PASSWORD)
    for path, fields in pages.items():
        asked = await ana.post(path, data=fields)
        assert asked.status_code in {422, 503}, "Temporal, which refuses an order, is unavailable here"
        assert 'name="confirmed" value="yes" required' in asked.text, path
    assert len(await desks.orders.orders(OPERATOR)) == orders


@pytest.mark.covers("P14")
async def test_no_secret_is_kept_and_nothing_that_another_site_sends(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(desks.database, "DELETE FROM sessions RETURNING id")
    for path, fields in (
        ("/account/password", {"old": "my secret", "new": "my secret 2", "again": "my secret 2"}),
        ("/sims/S-1/qr/enter", {"code": "LPA:1$my$SECRET", "confirmation_code": ""}),
        ("/sign-in/again", {"password": "my secret"}),
    ):
        answer = await ana.post(path, data=fields)
        assert answer.status_code == 303, path
        assert "secret" not in answer.text.lower()
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = await ana.post("/lines/L-1/edit", data={"groups": "Evil"}, headers=foreign)
    assert answer.status_code == 403
    assert "Evil" not in answer.text
