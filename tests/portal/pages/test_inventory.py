"""The inventory in a browser: grid, detail and edits (P2 to P5)."""

import re

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO


@pytest.mark.covers("P2")
async def test_the_grid_is_filtered_by_its_address_and_shows_what_is_set(browser: SignIn) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/inventory?view=all")).text
    assert "+33639980001" in page
    assert "+33639980002" in page
    esims = (await ana.get("/inventory?sim_type=esim&sort=-msisdn&columns=msisdn&columns=iccid")).text
    assert "+33639980002" not in esims
    assert esims.index("+33639980003") < esims.index("+33639980001")
    assert 'aria-sort="descending"' in esims
    assert 'class="chip" href="/inventory?sort=-msisdn&amp;columns=msisdn%2Ciccid"' in esims
    assert "Management groups</th>" not in esims
    assert "No row matches" in (await ana.get("/inventory?q=nothing+like+it")).text
    assert "1 row on this page" in (await ana.get("/inventory?q=0639980002")).text


async def test_a_page_is_compressed_where_it_is_read_and_no_form_s_answer_is(browser: SignIn) -> None:
    ana = await browser(ANA)
    packed = await ana.get("/inventory?view=all", headers={"Accept-Encoding": "gzip"})
    plain = await ana.get("/inventory?view=all", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 3
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (packed, plain))
    head = await ana.head("/inventory?view=all", headers={"Accept-Encoding": "gzip"})
    assert head.headers["Content-Length"] == packed.headers["Content-Length"]
    sent = await ana.post("/account/password", data={"old": ""})
    assert sent.status_code == 422
    assert "Content-Encoding" not in sent.headers


@pytest.mark.covers("P2")
async def test_filters_offer_the_names_of_the_account_alone(browser: SignIn) -> None:
    ana, cleo = await browser(ANA), await browser(CLEO)
    page = (await ana.get("/inventory?view=all")).text
    offered = {
        field: re.findall(r'<option value="([^"]*)">', offers)
        for field, offers in re.findall(r'<datalist id="(\w+)-offers">(.*?)</datalist>', page)
    }
    assert offered.keys() == {"provider", "group", "distributor"}
    assert offered["provider"] == sorted(set(offered["provider"]))
    assert "Orange" in offered["provider"]
    assert "Telvia" in offered["distributor"]
    for field in offered:
        assert f'list="{field}-offers"' in page
        assert "No row matches" not in (await ana.get(f"/inventory?provider={offered['provider'][0]}")).text
    assert "Telvia" not in re.findall(
        r"<datalist.*?</datalist>", (await cleo.get("/inventory?view=all")).text
    )


@pytest.mark.covers("P2")
async def test_an_address_that_no_list_has_says_which_filter_is_wrong(browser: SignIn) -> None:
    ana = await browser(ANA)
    wrong = await ana.get("/inventory?state=bogus&sim_type=esim")
    assert wrong.status_code == 422
    assert "a filter or a value that does not exist: state." in wrong.text


@pytest.mark.covers("P2")
async def test_the_csv_has_what_is_filtered_in_the_chosen_columns(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    answer = await ana.get("/inventory.csv?sim_type=esim&columns=msisdn,sim_type")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inventory.csv"'
    assert answer.text.split() == ["msisdn,sim_type", "'+33639980001,esim", "'+33639980003,esim"]
    with counted(desks.database) as whole:
        await ana.get("/inventory.csv?sim_type=esim")
    with counted(desks.database) as head:
        asked = await ana.head("/inventory.csv?sim_type=esim")
    assert (asked.status_code, asked.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert not [one for one in head if "inventory_rows" in one]
    assert [one for one in whole if "inventory_rows" in one]


@pytest.mark.covers("P2")
async def test_a_view_is_saved_opens_first_and_is_deleted(browser: SignIn) -> None:
    ana = await browser(ANA)
    sent = {"name": "eSIMs", "list": "sim_type=esim", "default": "on"}
    saved = await ana.post("/views", data=sent)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/inventory?sim_type=esim")
    assert (await ana.get("/inventory")).headers["Location"] == "/inventory?sim_type=esim"
    keeps = (await ana.get("/views", params={"list": "sort=-msisdn&columns=device,iccid"})).text
    assert "all rows; Sort by: Phone number, from the end; Columns: Device, ICCID</p>" in keeps
    views = (await ana.get("/views")).text
    (view,) = re.findall(r"/views/(V-\d+)/delete", views)
    twice = await ana.post(f"/views/{view}/rename", data={"name": " "})
    assert twice.status_code == 422
    assert 'aria-invalid="true"' in twice.text
    assert (await ana.post(f"/views/{view}/rename", data={"name": "Mine"})).status_code == 303
    assert "Mine" in (await ana.get("/inventory?view=all")).text
    ben = await browser(BEN)
    assert "Mine" not in (await ben.get("/inventory")).text
    assert (await ana.get(f"/views/{view}/delete")).status_code == 200
    assert (await ana.post(f"/views/{view}/delete")).status_code == 303
    assert (await ana.get("/inventory")).status_code == 200


@pytest.mark.covers("P4", "F1", "F7", "F32")
async def test_a_slot_shows_its_sim_and_only_the_actions_that_are_offered(
    browser: SignIn, acme: Known
) -> None:
    ana = await browser(ANA)
    esim = (await ana.get("/inventory/D-1?slot=1")).text
    assert "/shop?line=L-1&amp;action=replace" in esim
    assert "action=switch" not in esim
    assert "/sims/S-1/qr-request" in esim
    assert 'id="qr"' in esim
    busy = (await ana.get(f"/lines/{acme.line}", follow_redirects=True)).text
    assert acme.order in busy
    assert "/shop?" not in busy
    ben = (await (await browser(BEN)).get("/inventory/D-1?slot=1")).text
    assert "/shop?" not in ben
    assert "/edit" not in ben
    assert (await (await browser(CLEO)).get("/inventory/D-1")).status_code == 404


@pytest.mark.covers("P5")
async def test_an_administrator_is_told_why_an_action_is_absent(browser: SignIn) -> None:
    ana = await browser(ANA)
    why = (await ana.get("/lines/L-1/why", params={"user": BEN})).text
    assert "Ben" in why
    assert "An eSIM is in this slot already" in why
    unknown = await ana.get("/lines/L-1/why", params={"user": "x@y.example"})
    assert unknown.status_code == 422
    assert 'value="x@y.example"' in unknown.text
    assert (await (await browser(BEN)).get("/lines/L-1/why")).status_code == 403


@pytest.mark.covers("F63")
async def test_employee_and_groups_are_edited_and_what_was_typed_stays(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    shown = hidden((await ana.get("/lines/L-1/edit")).text)
    typed = {"employee": "x@y.example", "groups": "Night; Day", "create": "on"}
    wrong = await ana.post("/lines/L-1/edit", data=shown | typed)
    assert wrong.status_code == 422
    assert 'value="x@y.example"' in wrong.text
    assert 'value="Night; Day"' in wrong.text
    assert "Night" not in (await ana.get("/inventory/D-1?slot=1")).text, "all is saved, or nothing"
    unknown = await ana.post("/lines/L-1/edit", data=shown | {"groups": "Lyon; Night"})
    assert "There are no such management groups: Night." in unknown.text
    new = shown | typed | {"employee": "zoe@acme.example", "new_name": "Zoe"}
    done = await ana.post("/lines/L-1/edit", data=new)
    assert (done.status_code, done.headers["Location"]) == (303, "/inventory/D-1?slot=1")
    detail = (await ana.get("/inventory/D-1?slot=1")).text
    assert "The changes are saved." in detail
    assert "Zoe" in detail
    assert "Day, Night" in detail
    saved = await run(
        desks.database,
        "SELECT type, xid::text FROM events WHERE type IN ('sim.employee_changed', 'line.groups_changed')",
    )
    assert {event.type for event in saved} == {"sim.employee_changed", "line.groups_changed"}
    assert len({event.xid for event in saved}) == 1, "one transaction"


@pytest.mark.covers("F63")
async def test_a_page_that_was_open_for_long_undoes_nothing(browser: SignIn) -> None:
    ana, manager = await browser(ANA), await browser("manager@acme.example")
    shown = hidden((await ana.get("/lines/L-1/edit")).text)
    before = {"employee": shown["shown_employee"], "groups": shown["shown_groups"]}
    theirs = shown | before | {"groups": "Night", "create": "on"}
    assert (await manager.post("/lines/L-1/edit", data=theirs)).status_code == 303
    mine = {**shown, **before, "employee": "zoe@acme.example", "new_name": "Zoe"}
    assert (await ana.post("/lines/L-1/edit", data=mine)).status_code == 303
    detail = (await ana.get("/inventory/D-1?slot=1")).text
    assert "Zoe" in detail
    assert "Night" in detail, "the groups were not changed on this page"

    stale = await ana.post("/lines/L-1/edit", data=shown | before | {"groups": "Day", "create": "on"})
    assert stale.status_code == 422
    assert "Another person has changed this meanwhile, to: Night." in stale.text
    assert 'value="Day"' in stale.text
    assert re.search(r'name="employee"[^>]*value="Zoe"', stale.text), "what is stored now"
    again = hidden(stale.text) | {"employee": "Zoe", "groups": "Day", "create": "on"}
    assert (await ana.post("/lines/L-1/edit", data=again)).status_code == 303
    detail = (await ana.get("/inventory/D-1?slot=1")).text
    assert "Zoe" in detail
    assert "Night" not in detail.partition("timeline")[0]


@pytest.mark.covers("F64", "F49")
async def test_an_iccid_without_a_temporary_esim_is_refused_in_place(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    for line, said in (("L-1", "no open order"), (acme.line, "18 to 20 digits")):
        answer = await ana.post(f"/lines/{line}/iccid", data={"iccid": "8933"})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="8933"' in answer.text


@pytest.mark.covers("P4")
async def test_a_device_that_is_named_like_the_id_of_another_takes_no_place_of_it(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    there = (await ana.get("/lines/L-2")).headers["Location"]
    await run(
        desks.database,
        "UPDATE devices SET name = 'D-1' WHERE id = (SELECT device_id FROM lines WHERE id = 2)",
    )
    assert (await ana.get("/lines/L-2")).headers["Location"] == there
    assert "Phone 1" in (await ana.get("/inventory/D-1")).text


@pytest.mark.covers("F32")
async def test_the_section_of_a_code_leads_back_to_a_device_with_a_slash_in_its_name(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE devices SET name = name || ' A/B'")
    crumbs = (
        (await ana.get(f"/sims/{acme.sim}/qr")).text.partition('class="crumbs"')[2].partition("</nav>")[0]
    )
    back = [href for href in re.findall(r'href="([^"]+)"', crumbs) if href != "/inventory"]
    assert [(await ana.get(href)).status_code for href in back] == [303]


@pytest.mark.covers("P15")
async def test_a_message_that_something_was_not_done_does_not_look_like_success(browser: SignIn) -> None:
    ana = await browser(ANA)
    await ana.post("/held/retry", data={"one": "order-00000000000000000000"})
    assert 'class="flash note"' in (await ana.get("/held")).text
