"""Signing in and out in a browser (P1, P14, S9)."""

import re
from urllib.parse import quote

import pytest

from models.errors import Refused
from models.people.sign_in import Visit
from starter.desks import Desks
from store.rates import Bucket
from tests.builders import OPERATOR, run
from tests.callers.world import BOLT, ZED
from tests.portal.api.statements import counted as counting
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.people import ADDRESS, ANA, BEN, CLEO, PASSWORD, SESSION, Browser, tried


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


@pytest.mark.covers("P1", "P14")
@pytest.mark.parametrize(
    ("referer", "next_"),
    [
        (f"{ADDRESS}/lines/L-4/edit?x=1", "/lines/L-4/edit?x=1"),
        ("https://evil.example/lines/L-4/edit", ""),
        (f"{ADDRESS}//evil.example", ""),
        (f"{ADDRESS}/account/language", ""),
        ("", ""),
    ],
)
async def test_who_sends_a_form_after_the_session_has_ended_is_told_and_comes_back_to_its_page(
    referer: str, next_: str, browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE sessions SET seen_at = seen_at - interval '12 hours'")
    kept = await ana.post("/account/language", data={"language": "fr"}, headers={"Referer": referer})
    assert f'href="/sign-in?next={quote(next_, safe="/")}"' in kept.text, "what was typed is kept"
    asked = await ana.post("/account/sessions/end-others", headers={"Referer": referer})
    assert asked.status_code == 303
    form = (await ana.get(asked.headers["Location"])).text
    assert "Your session has ended, and what you sent was not saved." in form
    assert f'name="next" value="{next_}"' in form
    signed_in = await ana.post("/sign-in", data={"email": ANA, "password": PASSWORD, "next": next_})
    assert signed_in.headers["Location"] == (next_ or "/")


@pytest.mark.covers("P1")
async def test_only_who_was_signed_in_is_told_that_the_session_has_ended(
    browser: SignIn, visitor: Browser, desks: Desks
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE sessions SET seen_at = seen_at - interval '12 hours'")
    asked = await ana.get("/account")
    assert "Your session has ended." in (await ana.get(asked.headers["Location"])).text
    assert "Your session has ended" not in (await visitor.get("/sign-in?next=/account")).text


@pytest.mark.covers("P1")
async def test_after_signing_out_the_session_is_over(browser: SignIn) -> None:
    ana = await browser(ANA)
    token = ana.cookies[SESSION]
    out = await ana.post("/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert SESSION not in ana.cookies
    ana.cookies.set(SESSION, token, domain="portal.example")
    assert (await ana.get("/account")).status_code == 303


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


@pytest.fixture
def at_once(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is compared without the time that a hash takes."""

    async def compared(password: str, _: str | None) -> tuple[bool, str | None]:
        return password == PASSWORD, None

    monkeypatch.setattr(desks.sign_in.hasher, "verify", compared)


async def why_not(desks: Desks, password: str, network: str) -> str:
    """Why Ana cannot sign in from this network; empty where she can."""
    try:
        await desks.sign_in.sign_in(Visit(network=network), ANA, password)
    except Refused as refused:
        return refused.refusals[0].code
    return ""


@pytest.mark.covers("S9")
@pytest.mark.usefixtures("at_once")
async def test_who_fails_in_the_name_of_another_holds_back_their_own_network_only(desks: Desks) -> None:
    await give_password(desks, ANA)
    failed = [await why_not(desks, "wrong", "192.0.2.1") for _ in range(150)]
    assert failed[:10] == ["sign_in_refused"] * 10
    assert failed.count("sign_in_too_often") >= 139
    assert await why_not(desks, PASSWORD, "192.0.2.1") == "sign_in_too_often"
    assert await why_not(desks, PASSWORD, "192.0.2.2") == ""


@pytest.mark.covers("S9")
@pytest.mark.usefixtures("at_once")
async def test_many_networks_together_try_a_hundred_passwords_of_one_name(desks: Desks) -> None:
    await give_password(desks, ANA)
    failed = [await why_not(desks, "wrong", f"192.0.2.{n // 9}") for n in range(180)]
    assert 100 <= failed.count("sign_in_refused") < 115, "and one every six seconds that this takes"
    held = (
        f"UPDATE rate_buckets SET at = esim_clock() WHERE name = '{Bucket(f'sign in of {ANA}', 1, 1).name}'"
    )
    await run(desks.database, held)
    assert await why_not(desks, PASSWORD, "198.51.100.1") == "sign_in_too_often"


@pytest.mark.covers("S9")
@pytest.mark.usefixtures("at_once")
async def test_wrong_passwords_in_a_session_hold_back_no_sign_in(
    browser: SignIn, visitor: Browser, desks: Desks
) -> None:
    ana = await browser(ANA)
    new = "black tea in the evening"
    for path in ("/account/password", "/sign-in/again"):
        sent = {"old": "x", "new": new, "again": new} if path == "/account/password" else {"password": "x"}
        answers = [(await ana.post(path, data=sent)).text for _ in range(6)]
        assert "This is not your password" in answers[0]
    assert "Too many attempts" in answers[-1]
    assert (await tried(visitor, ANA, PASSWORD)).status_code == 303


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


@pytest.mark.covers("P14")
@pytest.mark.usefixtures("at_once")
async def test_the_sign_in_leads_to_no_other_site(visitor: Browser, desks: Desks) -> None:
    await give_password(desks, ANA)
    for next_ in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/account//evil.example",
        "/%2e%2e//evil.example",
        "/sign-out",
        "/no/such/page",
        "account",
        "/\t/evil",
    ):
        visitor.cookies.clear()
        form = await visitor.get("/sign-in", params={"next": next_})
        assert 'name="next" value=""' in form.text, next_
        sent = {"email": ANA, "password": PASSWORD, "next": next_}
        assert (await visitor.post("/sign-in", data=sent)).headers["Location"] == "/", next_
        assert (await visitor.get("/sign-in", params={"next": next_})).headers["Location"] == "/", next_
