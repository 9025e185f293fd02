"""The section QR Code of an eSIM as Ana, Ben who may only look, and Cleo of another firm see it."""

import re
from io import BytesIO

import pytest
from PIL import Image

from models.people.callers import Permission
from models.refusals.words import WORDS
from qr import draw
from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, CLEO, Browser
from tests.qr.scanner import scan
from tests.qr_world import SECRET, code

SECRET_PART = "QR-SECRET-MATCHING-ID"
_DISCARD = (
    "UPDATE sims SET state = 'discarded', holder = NULL, employee_id = NULL, discarded_at = esim_now()"
    " WHERE id = 1"
)
EMAIL = {"contacts": "C-1", "cc": "", "subject": "The code, please", "text": "Thank you.", "key": "one"}


async def imported(person: Browser, sim: str, content: bytes, name: str, **fields: str) -> str:
    sent = await person.post(f"/sims/{sim}/qr/import", files={"file": (name, content)}, data=fields)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["Location"])


async def _versions(desks: Desks, sim: str) -> list[int]:
    return [version.number for version in (await desks.code_book.history(OPERATOR, sim)).versions]


@pytest.mark.covers("F32", "F36", "P10")
async def test_a_code_is_shown_by_a_form_only_and_who_saw_it_is_recorded(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    section = await ana.get(f"/sims/{acme.esim}/qr")
    assert 'method="post" action="/sims/S-1/qr/reveal"' in section.text
    assert SECRET_PART not in section.text
    assert (await ana.get(f"/sims/{acme.esim}/qr/reveal")).status_code == 405
    before = (await desks.code_book.history(OPERATOR, acme.esim)).events

    shown = await ana.post(f"/sims/{acme.esim}/qr/reveal")
    picture = await ana.post(f"/sims/{acme.esim}/qr/png")

    assert str(code(1)) in shown.text
    assert "<svg" in shown.text
    assert scan(Image.open(BytesIO(picture.content))) == [str(code(1))]
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert {answer.headers["Cache-Control"] for answer in (section, shown, picture)} == {"no-store"}
    after = (await desks.code_book.history(OPERATOR, acme.esim)).events
    owner = await desks.users.user(OPERATOR, ANA)
    assert [(event.type, event.actor) for event in after[len(before) :]] == [
        ("qr.shown", f"user:{owner.id}")
    ] * 2
    assert "The QR code was shown" in (await ana.get(f"/sims/{acme.esim}/qr")).text


@pytest.mark.covers("F2", "P10", "P14")
async def test_who_may_only_look_sees_the_state_and_no_code_and_no_way_to_it(
    browser: SignIn, acme: Known
) -> None:
    ben = await browser(BEN)
    page = await ben.get(f"/sims/{acme.esim}/qr")
    assert page.status_code == 200
    assert "Available" in page.text
    assert "Your role does not allow you to see the code itself." in page.text
    for path in ("reveal", "import", "enter", "notify"):
        assert f"/qr/{path}" not in page.text, path
    for path, needs in (("reveal", Permission.VIEW_QR_CODES), ("import", Permission.IMPORT_QR_CODES)):
        refused = await ben.post(f"/sims/{acme.esim}/qr/{path}")
        assert refused.status_code == 403
        assert f": {WORDS['permission'][needs]}." in refused.text
        assert SECRET_PART not in refused.text


@pytest.mark.covers("F45", "P14")
async def test_the_code_of_another_firm_s_sim_does_not_exist(browser: SignIn, acme: Known) -> None:
    cleo = await browser(CLEO)
    for path in (f"/sims/{acme.esim}/qr", f"/sims/{acme.esim}/qr-request", f"/sims/{acme.esim}/qr/notify"):
        assert (await cleo.get(path)).status_code == 404, path
    file = {"file": ("code.png", draw.png(code(9)))}
    assert (await cleo.post(f"/sims/{acme.esim}/qr/import", files=file)).status_code == 404


@pytest.mark.covers("F33", "F34", "F35", "F37", "F65")
@pytest.mark.parametrize(("name", "drawn"), [("code.png", draw.png), ("code.svg", draw.svg)])
async def test_an_import_opens_the_notification_with_the_manager_s_address(
    name: str, drawn: object, browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    empty = await ana.get("/sims/S-3/qr")
    assert "No QR code yet" in empty.text
    assert "PNG, JPG, SVG, TIFF or PDF, up to 5 MB" in empty.text
    content = drawn(code(3))  # type: ignore[operator]
    content = content.encode() if isinstance(content, str) else content

    path = await imported(ana, "S-3", content, name, file_confirmation=" 4711 ")

    assert path == "/sims/S-3/qr?imported=1"
    page = await ana.get(path)
    assert "The QR code is imported." in page.text
    assert re.search(r"<dialog[^>]+id=\"qr-notice\"[^>]+data-opens-itself", page.text)
    manager = await desks.codes.manager(OPERATOR, "S-3")
    assert f'value="{manager}"' in page.text
    assert SECRET_PART not in page.text
    assert "data-opens-itself" not in (await ana.get("/sims/S-3/qr")).text
    shown = await ana.post("/sims/S-3/qr/reveal")
    assert "enter: 4711" in shown.text
    assert (await desks.code_book.request(OPERATOR, acme.request)).status == "imported"


@pytest.mark.covers("F57", "F58", "F59", "F62")
async def test_a_file_that_is_refused_is_explained_in_place_and_the_code_stays(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    for name, content, said in (
        ("code.pdf", draw.png(code(9)), "something else than its name says"),
        ("code.png", b"no picture", "something else than its name says"),
        (
            "code.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "scripts, effects",
        ),
    ):
        answer = await ana.post(f"/sims/{acme.esim}/qr/import", files={"file": (name, content)})
        assert answer.status_code == 422, name
        assert f'<p class="error-file" dir="auto">{name}</p>' in answer.text
        assert said in answer.text
        assert "alert(1)" not in answer.text
    none = await ana.post(f"/sims/{acme.esim}/qr/import", files={"file": ("", b"")})
    assert none.status_code == 422
    assert await _versions(desks, acme.esim) == [1]

    await imported(ana, acme.esim, draw.png(code(9)), "code.png")

    page = await ana.get(f"/sims/{acme.esim}/qr")
    assert re.findall(r'id="version-(\d)"', page.text) == ["2", "1"]
    elsewhere = await ana.post("/sims/S-3/qr/enter", data={"code": str(code(9)), "confirmation_code": ""})
    assert elsewhere.status_code == 422
    assert "is on another SIM already" in elsewhere.text
    again = await ana.post(f"/sims/{acme.esim}/qr/enter", data={"code": str(code(9))})
    assert again.headers["Location"] == f"/sims/{acme.esim}/qr"
    assert "Nothing was changed." in (await ana.get(f"/sims/{acme.esim}/qr")).text


@pytest.mark.covers("R3", "R4", "R5")
async def test_a_code_is_entered_as_it_stands_in_a_mail_and_what_is_none_is_named(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    for typed, said in (
        ("WIFI:T:WPA;S:x;;", "connects a phone to a Wi-Fi network"),
        ("LPA:1$smdp.example.com$", "This code is the same for everybody"),
        ("smdp.example.com", "enter both on one line, as LPA:1$SERVER$CODE"),
    ):
        answer = await ana.post("/sims/S-3/qr/enter", data={"code": typed})
        assert answer.status_code == 422
        assert said in answer.text
    lines = (
        "Adresse SM-DP+\u00a0: smdp.example.com",
        "Code d'activation : ab-12",
        "Code de confirmation : 4711",
    )
    mail = "\r\n".join(lines)

    sent = await ana.post("/sims/S-3/qr/enter", data={"code": mail})

    assert sent.status_code == 303
    assert "It has small letters" in (await ana.get(sent.headers["Location"])).text
    shown = await desks.codes.show(OPERATOR, "S-3")
    assert (str(shown.code), shown.confirmation_code) == ("LPA:1$smdp.example.com$ab-12", "4711")


async def test_a_code_that_was_typed_wrongly_stays_in_its_field(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    sent = {"code": "LPA:1$only-a-server", "confirmation_code": "1\n2"}
    answer = await ana.post(f"/sims/{acme.esim}/qr/enter", data=sent)
    assert answer.status_code == 422
    assert ">\nLPA:1$only-a-server</textarea>" in answer.text
    assert '<a href="#code">' in answer.text or '<a href="#confirmation_code">' in answer.text
    assert SECRET not in answer.text


@pytest.mark.covers("F27", "F28", "F29", "F30")
async def test_the_e_mail_is_shown_as_it_will_be_sent_and_what_was_typed_stays(
    browser: SignIn, acme: Known
) -> None:
    ana = await browser(ANA)
    window = await ana.get(f"/sims/{acme.esim}/qr-request")
    assert window.status_code == 200
    assert len(re.findall(r'name="contacts"[^>]+ checked', window.text)) == 2
    assert "This eSIM has a code already, version 1." in window.text
    sent = EMAIL | {"contacts": acme.contact, "cc": "boss@acme.example, x@", "text": "No <b>haste</b>."}
    for changes, field in (
        ({}, "cc"),
        ({"cc": "", "subject": ""}, "subject"),
        ({"cc": "", "text": " "}, "text"),
        ({"cc": "", "contacts": "C-9"}, "contacts"),
    ):
        refused = await ana.post(f"/sims/{acme.esim}/qr-request", data=sent | changes)
        assert refused.status_code == 422
        assert f'<li><a href="#{field}">' in refused.text, field
        if not changes:
            assert 'value="boss@acme.example, x@"' in refused.text
            assert "No &lt;b&gt;haste&lt;/b&gt;." in refused.text
            assert 'name="key" value="one"' in refused.text
            assert len(re.findall(r'name="contacts"[^>]+ checked', refused.text)) == 1
    to_nobody = {key: value for key, value in sent.items() if key != "contacts"} | {"cc": ""}
    nobody = await ana.post(f"/sims/{acme.esim}/qr-request", data=to_nobody)
    assert "A request needs at least one recipient." in nobody.text
    assert not re.findall(r'name="contacts"[^>]+ checked', nobody.text)


async def test_a_long_message_is_kept_while_temporal_is_unavailable(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    words = "\N{PEOPLE HUGGING}" * 10_000
    sent = EMAIL | {"contacts": acme.contact, "text": words}
    assert 'enctype="multipart/form-data"' in (await ana.get(f"/sims/{acme.esim}/qr-request")).text
    parts = [(name, (None, value)) for name, value in sent.items()]
    answer = await ana.post(f"/sims/{acme.esim}/qr-request", files=parts)
    assert answer.status_code == 503
    assert words in answer.text
    assert "Nothing is lost" in answer.text


@pytest.mark.covers("F25", "F26", "P5")
async def test_where_no_code_can_be_requested_the_window_says_why(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    physical = await ana.get(f"/sims/{acme.sim}/qr-request")
    assert physical.status_code == 409
    assert "Only an eSIM has a QR code" in physical.text
    await run(desks.database, "DELETE FROM contact_roles")
    without = await ana.get(f"/sims/{acme.esim}/qr-request")
    assert without.status_code == 409
    assert "has the role" in without.text


@pytest.mark.covers("F21", "F36")
async def test_the_code_of_a_discarded_esim_is_not_shown(browser: SignIn, desks: Desks, acme: Known) -> None:
    await run(desks.database, "DELETE FROM sim_groups")
    await run(desks.database, _DISCARD)
    ana = await browser(ANA)
    page = await ana.get(f"/sims/{acme.esim}/qr")
    assert "This eSIM is discarded" in page.text
    assert "/qr/reveal" not in page.text
    refused = await ana.post(f"/sims/{acme.esim}/qr/reveal")
    assert refused.status_code == 409
    assert SECRET_PART not in refused.text
