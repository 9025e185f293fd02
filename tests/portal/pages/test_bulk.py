"""Bulk actions in a browser: chosen, previewed, confirmed (P6)."""

import re

import pytest

from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO


@pytest.mark.covers("P6")
async def test_a_bulk_action_does_what_its_preview_showed(browser: SignIn) -> None:
    ana = await browser(ANA)
    asked = {"row": ["L-1", "L-2"], "groups": "Lyon", "mode": "remove", "list": "view=all"}
    preview = await ana.get("/bulk/set_groups", params=asked)
    confirmation = hidden(preview.text) | {"row": ["L-1", "L-2"]}
    done = await ana.post("/bulk/set_groups", data=confirmation)
    assert (done.status_code, done.headers["Location"]) == (303, "/inventory?view=all")
    assert "Done for 2 rows." in (await ana.get("/inventory?view=all")).text
    assert "Lyon" not in (await ana.get("/inventory.csv?columns=management_groups&q=0639980001")).text
    again = await ana.post("/bulk/set_groups", data=confirmation)  # a double click: what the first one made
    assert (again.status_code, again.headers["Location"]) == (303, "/inventory?view=all")
    assert "Done for 2 rows." in (await ana.get("/inventory?view=all")).text
    other = await ana.post("/bulk/set_groups", data=confirmation | {"key": "0" * 32})
    assert other.status_code == 422  # the rows are not what was shown


@pytest.mark.covers("P6")
async def test_a_bulk_action_creates_groups_where_the_box_is_ticked(browser: SignIn) -> None:
    ana = await browser(ANA)
    asked = {"row": ["L-1", "L-2"], "groups": "Lyon;Brand new", "mode": "add", "list": "view=all"}
    refused = await ana.get("/bulk/set_groups", params=asked)
    assert "There are no such management groups: Brand new." in refused.text
    assert "--create" not in refused.text
    assert 'name="create"' in refused.text
    preview = await ana.get("/bulk/set_groups", params=asked | {"create": "on"})
    sent = hidden(preview.text) | {"row": ["L-1", "L-2"]}
    assert (await ana.post("/bulk/set_groups", data=sent)).status_code == 303
    assert "Brand new" in (await ana.get("/inventory.csv?columns=management_groups&q=0639980001")).text


@pytest.mark.covers("P6", "F46", "F11")
async def test_a_preview_of_orders_says_which_rows_are_refused_and_why(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    preview = (await ana.get("/bulk/switch_to_esim", params={"row": ["L-1", "L-2", acme.line]})).text
    assert "An eSIM is in this slot already" in preview
    for title in ("Rows that are refused", "What is ordered"):
        assert re.search(rf"<h2[^>]*>\s*{title}", preview), "seen, not only read out"
    assert acme.order in preview
    confirmation = hidden(preview) | {"row": ["L-1", "L-2", acme.line]}
    unsure = await ana.post("/bulk/switch_to_esim", data=confirmation)
    assert unsure.status_code == 422
    assert 'id="confirmed-error"' in unsure.text
    assert "Choose rows first" in (await ana.get("/bulk/switch_to_esim")).text
    assert (await (await browser(BEN)).get("/bulk/switch_to_esim")).status_code == 403
    foreign = await (await browser(CLEO)).get("/bulk/set_groups", params={"row": "L-1", "groups": "x"})
    assert foreign.status_code == 404


@pytest.mark.covers("P6")
async def test_a_group_name_that_no_group_can_have_is_refused_in_place(browser: SignIn) -> None:
    ana = await browser(ANA)
    asked = {"row": ["L-1", "L-2"], "groups": f"Lyon; {'x' * 300}", "mode": "add", "list": "view=all"}
    for answer in (
        await ana.get("/bulk/set_groups", params=asked),
        await ana.post("/bulk/set_groups", data=asked),
    ):
        assert "This is too long." in answer.text
        assert answer.status_code in (200, 422)


@pytest.mark.covers("P6", "F64", "W11")
async def test_while_temporal_is_unavailable_what_was_chosen_or_typed_stays(
    browser: SignIn, acme: Known
) -> None:
    ana = await browser(ANA)
    preview = (await ana.get("/bulk/replace_esim?list=view%3Dall&all=yes")).text
    sent = hidden(preview) | {"all": "yes", "confirmed": "yes"}
    lost = await ana.post("/bulk/replace_esim", data=sent)
    assert lost.status_code == 503
    assert hidden(lost.text)["digest"] == sent["digest"]
    iccid = "8933010000000009993"
    typed = await ana.post(f"/lines/{acme.line}/iccid", data={"iccid": iccid})
    assert typed.status_code == 503
    assert f'value="{iccid}"' in typed.text
