"""Signing in and out in a browser (P1, P14, S9)."""

import asyncio
import re
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.requests import Request
from starlette.responses import Response as Answer

from models.errors import Refused
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
from store.people import user_mails
from store.rates import Bucket
from tests.builders import OPERATOR, run
from tests.callers.world import BOLT, ZED
from tests.portal.api.statements import counted as counting
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.people import ADDRESS, ANA, BEN, CLEO, PASSWORD, Browser, browsing

SESSION = "__Host-esim-session"
HOST = "portal.example"


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
    assert "Owner · Acme" in page.text
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


async def tried(visitor: Browser, email: str, password: str, **headers: str) -> Response:
    """What a visitor is answered who tries to sign in."""
    return await visitor.post("/sign-in", data={"email": email, "password": password}, headers=headers)


@pytest.mark.covers("P1", "S9")
async def test_every_failure_reads_the_same(visitor: Browser, desks: Desks) -> None:
    for address in (ANA, BEN, CLEO, ZED, "bot@acme.example"):
        await give_password(desks, address)
    await desks.users.deactivate_user(OPERATOR, BEN)
    await desks.accounts.close(OPERATOR, BOLT)
    answers = {
        who: await tried(visitor, address, password)
        for who, address, password in (
            ("wrong password", ANA, "not her password"),
            ("unknown", "nobody@acme.example", PASSWORD),
            ("no password", "manager@acme.example", PASSWORD),
            ("service user", "bot@acme.example", PASSWORD),
            ("deactivated", BEN, PASSWORD),
            ("account closed", CLEO, PASSWORD),
            ("NUL", "nobody\N{DEL}@acme.example", PASSWORD),
        )
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    texts = {re.sub(r'type="email"[^>]*value="[^"]*"', "", answer.text) for answer in answers.values()}
    assert len(texts) == 1
    assert "The address or the password is not right" in texts.pop()
    assert SESSION not in visitor.cookies
    assert PASSWORD not in "".join(answer.text for answer in answers.values())
    assert (await tried(visitor, ZED, PASSWORD)).status_code == 303


@pytest.mark.covers("S9")
async def test_who_is_unknown_costs_as_much_as_who_is_known(
    visitor: Browser, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_password(desks, ANA)
    compared: list[str | None] = []
    verify = desks.sign_in.hasher.verify

    async def counted(password: str, stored: str | None) -> tuple[bool, str | None]:
        compared.append(stored)
        return await verify(password, stored)

    monkeypatch.setattr(desks.sign_in.hasher, "verify", counted)
    with counting(desks.database) as of_known:
        await tried(visitor, ANA, "not her password")
    with counting(desks.database) as of_unknown:
        await tried(visitor, "nobody@acme.example", "not her password")
    assert len(compared) == 2
    assert compared[1] is None
    assert len(of_known) == len(of_unknown)


@pytest.mark.covers("S9")
async def test_attempts_are_counted_by_name_and_by_address(
    visitor: Browser, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(password: str, _: str | None) -> tuple[bool, str | None]:
        return password == PASSWORD, None

    # a busy machine takes so long for a hash that another attempt is allowed meanwhile
    monkeypatch.setattr(desks.sign_in.hasher, "verify", at_once)
    await give_password(desks, ANA)
    await give_password(desks, BEN)
    answers = [(await tried(visitor, ANA, "wrong")).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    late = await tried(visitor, ANA, PASSWORD)  # the right one helps no more
    assert late.status_code == 429
    assert "Too many attempts" in late.text
    assert int(late.headers["Retry-After"]) > 0
    assert (await tried(visitor, BEN, PASSWORD)).status_code == 303  # another name
    others = [(await tried(visitor, f"x{n}@acme.example", "wrong")).status_code for n in range(9)]
    assert others[-1] == 429  # the address has tried too often
    assert others[0] == 422


@pytest.mark.covers("S9")
async def test_where_all_fail_too_often_only_addresses_that_failed_are_refused(desks: Desks) -> None:
    await give_password(desks, ANA)
    every = (
        f"INSERT INTO rate_buckets VALUES ('{Bucket('sign in of all', 1, 1).name}', 0, false, esim_clock())"
    )
    await run(desks.database, every)
    begun = await desks.sign_in.sign_in(Visit(network="192.0.2.1"), ANA, PASSWORD)
    assert begun.session_id
    await run(desks.database, 'UPDATE rate_buckets SET "left" = 0, at = esim_clock() WHERE "left" > 100')
    with pytest.raises(Refused):
        await desks.sign_in.sign_in(Visit(network="192.0.2.2"), ANA, "wrong")
    await run(
        desks.database,
        f'UPDATE rate_buckets SET "left" = 0, at = esim_clock() WHERE name = '
        f"'{Bucket('sign in of all', 1, 1).name}'",
    )
    with pytest.raises(Refused) as refused:
        await desks.sign_in.sign_in(Visit(network="192.0.2.2"), ANA, PASSWORD)
    assert refused.value.refusals[0].code == "sign_in_too_often"


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


@pytest.mark.covers("P14")
@pytest.mark.parametrize(
    "next_",
    [
        *(
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
        ),
        *(
            "/account//evil.example",
            "/%2e%2e//evil.example",
            "/sign-out",
            "/no/such/page",
            "account",
            "/\t/evil",
        ),
    ],
)
async def test_the_sign_in_leads_to_no_other_site(next_: str, visitor: Browser, desks: Desks) -> None:
    await give_password(desks, ANA)
    form = await visitor.get("/sign-in", params={"next": next_})
    assert 'name="next" value=""' in form.text
    sent = {"email": ANA, "password": PASSWORD, "next": next_}
    assert (await visitor.post("/sign-in", data=sent)).headers["Location"] == "/"
    assert (await visitor.get("/sign-in", params={"next": next_})).headers["Location"] == "/"


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


async def mailed_link(desks: Desks, address: str, purpose: TokenPurpose) -> str:
    """The path of a link as it is mailed to a user."""
    user = await desks.users.user(OPERATOR, address)
    async with desks.database.transaction() as connection:
        mail, _ = await user_mails.record(connection, user, purpose, OPERATOR.by)
        token, _ = await user_mails.mint(connection, mail)
    return f"/{purpose.value}/{token}"


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
