"""The section QR Code of an eSIM: an open request, a notification that is revoked, what follows by itself."""

import re
from html import unescape

import pytest

from portal.http.limits import LARGE, SMALL, limit_of
from starter.desks import Desks
from tests.builders import OPERATOR
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, Browser
from tests.portal.pages.test_codes import EMAIL

FOLLOWED = re.compile(r'data-live="([^"]*)" data-every="5" data-tag="([^"]*)"')


async def test_an_open_request_can_only_be_sent_again_or_withdrawn(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    page = await ana.get("/sims/S-3/qr")
    assert f"/qr/requests/{acme.request}/withdraw" in page.text
    window = await ana.get("/sims/S-3/qr-request")
    assert 'name="again" value="yes"' in window.text
    assert "no second one is made" in window.text
    once_more = await ana.post("/sims/S-3/qr-request", data=EMAIL | {"contacts": acme.contact})
    assert once_more.status_code == 422
    assert "The code was requested already" in once_more.text
    asked = await ana.get(f"/qr/requests/{acme.request}/withdraw")
    assert "This cannot be undone" in asked.text


@pytest.mark.covers("F37", "F60")
async def test_a_notification_is_revoked_after_a_page_that_says_what_that_does(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    bad = await ana.post(f"/sims/{acme.esim}/qr/notify", data={"to": "boss at acme", "key": "k"})
    assert bad.status_code == 422
    assert 'value="boss at acme"' in bad.text
    assert '<a href="#to">' in bad.text
    asked = await ana.get(f"/qr/notifications/{acme.notification}/revoke")
    assert "The link in the e-mail shows nothing any more." in asked.text
    known = await desks.code_book.notification(OPERATOR, acme.notification)
    assert known.state != "revoked"
    done = await ana.post(f"/qr/notifications/{acme.notification}/revoke")
    assert done.headers["Location"] == f"/sims/{acme.esim}/qr"
    assert "The notification is revoked." in (await ana.get(f"/sims/{acme.esim}/qr")).text
    assert (await desks.code_book.notification(OPERATOR, acme.notification)).state == "revoked"


def test_only_the_import_of_a_file_takes_more_than_a_form() -> None:
    assert [path for path in LARGE if path.startswith("/sims/")] == ["/sims/{sim}/qr/import"]
    assert limit_of("/sims/S-1/qr/enter") == SMALL


@pytest.mark.covers("F36", "P10")
async def test_the_section_is_followed_until_the_code_is_imported(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana, ben = await browser(ANA), await browser(BEN)
    assert "data-live=" not in (await ana.get(f"/sims/{acme.esim}/qr")).text, "nothing is requested there"
    line = (await desks.inventory.sim(OPERATOR, "S-3")).line
    assert line is not None
    (of_device,) = FOLLOWED.findall((await ana.get(f"/inventory/{line.device}?slot={line.slot}")).text)
    ((followed, tag),) = FOLLOWED.findall((await ana.get("/sims/S-3/qr")).text)
    assert of_device == (f"{followed}?part=1", tag)
    tag = unescape(tag)
    unchanged = await ana.get(followed, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.text) == (304, "")
    assert (await ben.get(followed, headers={"If-None-Match": tag})).status_code == 200, "with other rights"
    assert (await ana.get(followed)).headers["ETag"] == tag
    form = {"code": "LPA:1$rsp.example.com$04386-AGYFT-A74Y8-3F815", "confirmation_code": ""}
    imported = await ana.post("/sims/S-3/qr/enter", data=form)
    assert imported.status_code == 303, imported.text
    after = await ana.get(followed, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert "data-live=" not in after.text, "it has come: nothing more is asked"


@pytest.mark.covers("P14")
async def test_the_address_of_a_form_says_what_it_is_for(
    browser: SignIn, visitor: Browser, acme: Known
) -> None:
    ana = await browser(ANA)
    for path in (f"/sims/{acme.esim}/qr/reveal", f"/orders/{acme.order}/retry", "/account/password"):
        answer = await ana.get(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert "This address only takes a form" in answer.text
        assert 'href="/inventory"' in answer.text, "in the frame of the signed-in pages"
        assert (await visitor.get(path)).headers["Location"].startswith("/sign-in?next=")
