"""Every page x every role x nobody signed in x own, foreign and unknown records (P14, manner 7).

What is expected comes from the permission that the page declares. Besides the pages of the product two are
walked that are made here, so that the walk is known to find what it looks for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import count
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from models.people.callers import PERMISSIONS, USER_ROLES, Permission, Role
from models.refusals.words import WORDS
from portal.auth.csrf import SAFE_METHODS, WITH_THEIR_OWN
from portal.auth.signed_in import SignedIn
from portal.http.middleware import HEADERS, OWN_REFERRER, POLICY, REFERRER
from portal.pages import app as registered
from portal.pages.forms import unsent
from portal.pages.routes import Page, form, page
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import UNKNOWN, Known
from tests.portal.api.test_walk_safety import JUNK_IDS
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ADDRESS, ANA, BEN, CLEO, Browser
from tests.portal.pages.sample import PageSample
from tests.portal.pages.samples import SAMPLES

pytestmark = pytest.mark.covers("P14")
PUBLIC = {
    *("/", "/sign-in", "/forgot", "/invitation/{token}", "/reset/{token}"),
    *(
        "/u/{token}",
        "/u/{token}/check",
        "/u/{token}/send",
        "/u/{token}/notify",
        "/q/{token}",
        "/q/{token}/png",
        "/o/{token}",
        "/o/{token}/{step}",
    ),
    *("/static/{name:path}", "/docs/api", "/problems", "/problems/{code}"),
}
"""What is answered although nobody is signed in."""
_PARAMETER = re.compile(r"{(\w+)}")


async def _show_line(request: Request, who: SignedIn) -> Response:
    await who.desks.fleet.line(who.caller, request.path_params["line"])
    return who.page(request, "account/again", form=unsent())


async def _deactivate(request: Request, who: SignedIn) -> Response:
    await who.desks.users.user(who.caller, request.path_params["user"])
    return who.done("/account", "password_changed")


PROBES = [
    page("/probe/{line}", _show_line, needs=Permission.EDIT_INVENTORY),
    form("/probe/{user}/deactivate", _deactivate, needs=Permission.MANAGE_USERS),
]
PROBED = {
    "GET /probe/{line}": PageSample(path=lambda known: {"line": known.line}),
    "POST /probe/{user}/deactivate": PageSample(path=lambda known: {"user": known.user}),
}


@pytest.fixture(autouse=True)
def _probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registered.PAGES, "probes", PROBES)


def walked() -> Iterator[tuple[Page, PageSample]]:
    """Every page with its sample; those that end the session last."""
    found = [
        (each, (SAMPLES | PROBED).get(each.name, PageSample(names_nothing=True)))
        for each in registered.pages()
    ]
    return iter(sorted(found, key=lambda one: (one[1].ends_session, one[0].name == "POST /account/password")))


def _path(each: Page, ids: Mapping[str, str]) -> str:
    """The address of a page with these ids."""
    return _PARAMETER.sub(lambda found: ids[found[1]], each.path)


async def asked(
    browser: Browser, each: Page, sample: PageSample, known: Known, **headers: str
) -> httpx.Response:
    """The answer to the sample of a page."""
    path = _path(each, sample.path(known))
    content = {"data": dict(sample.form(known))} if each.method == "POST" else {}
    return await browser.request(each.method, path, headers=headers, **content)  # type: ignore[arg-type]


def test_every_page_with_a_parameter_and_every_form_has_a_sample() -> None:
    needed = {each.name for each in registered.pages() if "{" in each.path or each.method == "POST"}
    assert needed == SAMPLES.keys() | PROBED.keys()


def test_a_page_without_a_permission_is_refused_when_the_application_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registered.PAGES, "open", [page("/open", _show_line, needs=None)])
    with pytest.raises(ValueError, match="GET /open names no permission"):
        list(registered.pages())


def test_what_is_public_is_one_short_list(app: FastAPI) -> None:
    of_people = {each.path for each in registered.pages()}
    served = {route.path for route in app.routes if hasattr(route, "path") and not isinstance(route, Mount)}
    assert served - of_people == PUBLIC


@pytest.mark.parametrize("role", USER_ROLES)
async def test_a_role_sees_what_its_permissions_say(role: Role, browser: SignIn, acme: Known) -> None:
    person = await browser(f"{role}@acme.example")
    for each, sample in walked():
        answer = await asked(person, each, sample, acme)
        assert answer.status_code < 500 or answer.status_code == 503, each.name  # there is no Temporal
        if each.needs is None or each.needs in PERMISSIONS[role]:
            assert answer.status_code != 403, f"{each.name} as {role}"
            assert "/sign-in?" not in answer.headers.get("Location", ""), each.name
        else:
            assert answer.status_code == 403, f"{each.name} as {role}: {answer}"
            assert f": {WORDS['permission'][each.needs]}." in answer.text, each.name


async def test_a_foreign_record_answers_as_one_that_does_not_exist(browser: SignIn, acme: Known) -> None:
    cleo = await browser(CLEO)
    for each, sample in walked():
        if not sample.names_nothing:
            foreign = await asked(cleo, each, sample, acme)
            unknown = await asked(cleo, each, sample, UNKNOWN)
            expected = 404 if _of_owners(each) else 403  # also where the record does not exist
            assert (foreign.status_code, unknown.status_code) == (expected, expected), each.name
            assert _without_ids(foreign, acme) == _without_ids(unknown, UNKNOWN), each.name


def _of_owners(each: Page) -> bool:
    """Whether the owner of an account may use the page: a provider desk's steps are not theirs."""
    return each.needs is None or each.needs in PERMISSIONS[Role.OWNER]


def _without_ids(answer: httpx.Response, known: Known) -> str:
    text = answer.text
    for name in sorted(asdict(known).values(), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "ID", text)
    return text


async def test_nobody_who_is_not_signed_in_gets_further_than_the_sign_in(
    visitor: Browser, acme: Known
) -> None:
    visitor.cookies.set("__Host-esim-session", "no such session", domain="portal.example")
    for each, sample in walked():
        answer = await asked(visitor, each, sample, acme)
        if each.method == "POST" and answer.status_code == 403:
            assert 'href="/sign-in?next=' in answer.text, "what was typed is kept"
            continue
        assert answer.status_code == 303, each.name
        assert answer.headers["Location"].startswith("/sign-in"), each.name


FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.portal.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
)


async def test_a_form_of_another_site_does_nothing(
    browser: SignIn, app: FastAPI, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    before = await _rows(desks)
    public = [Page("POST", path, _show_line, None) for path in ("/sign-in", "/forgot", "/reset/{token}")]
    for each, sample in [*walked(), *((one, PageSample(path=lambda _: {"token": "x"})) for one in public)]:
        if each.method in SAFE_METHODS:
            continue
        for headers in FOREIGN:
            answer = await asked(ana, each, sample, acme, **headers)
            assert answer.status_code == 403, (each.name, headers)
            assert "another site" in answer.text, each.name
        del ana.headers["Sec-Fetch-Site"]
        for origin in (
            "null",
            "https://evil.example",
            "http://portal.example",
            "https://portal.example.evil",
        ):
            answer = await asked(ana, each, sample, acme, Origin=origin)
            assert answer.status_code == 403, (each.name, origin)
        ana.headers["Sec-Fetch-Site"] = "same-origin"
    assert await _rows(desks) == before
    assert (await ana.get("/account", headers=FOREIGN[0])).status_code == 200  # a link on another site


async def test_a_browser_that_says_only_its_origin_is_believed(browser: SignIn) -> None:
    ana = await browser(ANA)
    del ana.headers["Sec-Fetch-Site"]
    answer = await ana.post("/account/language", data={"language": "fr"}, headers={"Origin": ADDRESS})
    assert answer.status_code == 303


async def _rows(desks: Desks) -> tuple[int, int]:
    (row,) = await run(
        desks.database, "SELECT (SELECT count(*) FROM origins) AS o, (SELECT count(*) FROM events) AS e"
    )
    return int(row.o), int(row.e)


async def test_what_may_change_something_records_its_origin_once(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    for each, sample in walked():
        before, _ = await _rows(desks)
        answer = await asked(ana, each, sample, acme)
        after, _ = await _rows(desks)
        assert after - before == (each.method == "POST"), f"{each.name}: {answer}"
    (origin,) = await run(
        desks.database, "SELECT surface, session, actor, request_id FROM origins ORDER BY id DESC LIMIT 1"
    )
    assert origin.surface == "portal"
    assert re.fullmatch(r"SE-\d+", origin.session)
    assert origin.request_id.startswith("req_")


async def test_every_answer_has_the_safe_headers(browser: SignIn, visitor: Browser, acme: Known) -> None:
    for person in (await browser(BEN), visitor):
        for each, sample in walked():
            answer = await asked(person, each, sample, acme)
            expected = HEADERS | {REFERRER: OWN_REFERRER, "Content-Security-Policy": POLICY}
            for name, value in expected.items():
                assert answer.headers[name] == value, (each.name, name)
            if each.method == "GET":
                head = await person.head(_path(each, sample.path(acme)))
                assert head.status_code == answer.status_code, each.name


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.night)])
async def test_an_id_that_is_none_is_not_found(browser: SignIn, *, every: bool) -> None:
    """By day each page gets a third of what is no id, and each of these goes to a third of the pages; at
    night all to all.
    """
    ana = await browser(ANA)
    for turn, (each, _) in enumerate(one for one in walked() if "{" in one[0].path):
        for at, (junk, text) in enumerate(JUNK_IDS.items()):
            if (at + turn) % 3 and not every:
                continue
            answer = await ana.request(
                each.method, _path(each, dict.fromkeys(_PARAMETER.findall(each.path), text))
            )
            expected = (400, 404, 405, 422) if _of_owners(each) else (403, 404, 405)
            assert answer.status_code in expected, f"{each.name} with {junk}: {answer}"


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.night)])
@pytest.mark.parametrize(
    ("turn", "junk"),
    [*enumerate(("\0", "x" * 3_000, "", " ", "\ud800", "a\r\nBcc: x@y.example", "9" * 30))],
)
async def test_no_value_of_a_form_makes_a_500(
    turn: int, junk: str, browser: SignIn, acme: Known, *, every: bool
) -> None:
    """By day each field gets two or three of the values, at night all."""
    fields = count()
    owners = {address: await browser(address) for address in {sample.owner for _, sample in walked()}}
    for each, sample in walked():
        person = owners[sample.owner]
        if not _of_owners(each):
            continue
        for name in sample.form(acme):
            if next(fields) % 3 != turn % 3 and not every:
                continue
            path = _path(each, sample.path(acme))
            sent = "&".join(
                f"{key}={quote((junk if key == name else value).encode(errors='surrogatepass'))}"
                for key, value in sample.form(acme).items()
            )
            form_type = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await person.post(path, content=sent, headers=form_type)
            assert answer.status_code in (303, 422, *sample.answers), (
                f"{each.name} {name}: {answer} {answer.text[:500]}"
            )
        if turn == 0 and each.method == "POST" and sample.form(acme):
            extra = await person.post(
                _path(each, sample.path(acme)),
                data={**sample.form(acme), "no_such_field": "x"},
            )
            assert extra.status_code == 422, each.name


async def test_no_cookie_opens_the_api_or_a_mailed_link(browser: SignIn) -> None:
    ana = await browser(ANA)
    assert (await ana.get("/api/v1/orders")).status_code == 401
    assert (await ana.get("/u/no-such-token")).status_code == 404
    assert WITH_THEIR_OWN == ("/api/v1/", "/codec", "/u/", "/q/", "/o/")
