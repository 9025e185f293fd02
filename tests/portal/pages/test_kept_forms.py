"""What was typed into a form whose session has ended is kept, for who may send it (P7, P10, P14)."""

from html import unescape

import pytest

from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import (
    ADDRESS,
    ANA,
    PASSWORD,
    tried,
)


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
