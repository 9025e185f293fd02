"""Steps of many orders by a file: what is shown, and what is confirmed (P9)."""

import asyncio
import html
import re

import pytest

from models.errors import Refused
from models.operations.jobs import JobStatus
from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import Known
from tests.files.workbooks import workbook
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, Browser
from tests.portal.pages.test_desk import DESK, more

ICCID = "8933012345678901234"


async def shown(desk: Browser, *rows: str, head: str = "order,iccid,action") -> tuple[int, str]:
    """The answer to a file."""
    content = "\n".join((head, *rows)).encode()
    answer = await desk.post("/desk/file", files={"file": ("steps.csv", content, "text/csv")})
    return answer.status_code, answer.text


def hidden(page: str) -> dict[str, str]:
    """What the page sends when it is confirmed."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def refused_rows(page: str) -> dict[str, str]:
    """The sentences by the order of the row."""
    part = page.partition('id="refused-rows"')[2].partition("</table>")[0]
    rows = re.findall(r'<tr role="row" id="refused-(\d+)">(.*?)</tr>', part, re.DOTALL)
    return {line: " ".join(re.findall(r"<p>(.*?)</p>", cells)) for line, cells in rows}


def accepted_rows(page: str) -> list[str]:
    part = page.partition('id="accepted-rows"')[2].partition("</table>")[0]
    return re.findall(r"(order-[a-z0-9]+)</span>", part)


@pytest.mark.covers("P9", "F48", "F49")
async def test_each_row_of_a_file_is_shown_with_what_it_does_or_why_it_is_refused(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    ids = await more(desks, acme.order, 5)
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id RETURNING id", id=ids[4])
    status, page = await shown(
        desk,
        f"{acme.order},{ICCID},",
        f"{ids[0]},8933,",
        f"{ids[1]},,processed",
        f"{ids[2]},,nonsense",
        f"{acme.order},,",
        "order-aaaaaaaaaaaaaaaa,,",
        f"{ids[3]},,cancel",
        f"{ids[4]},,acknowledge",
        f",{ICCID},",
    )
    assert status == 200
    assert accepted_rows(page) == [acme.order, ids[3]]
    why = refused_rows(page)
    assert "18 to 20 digits" in why["3"]
    assert "has not acknowledged the order yet" in why["4"]
    assert "acknowledge, iccid, processed or cancel" in why["5"]
    assert "line 2 has the same order" in why["6"]
    assert "There is no order order-aaaaaaaaaaaaaaaa" in why["7"]
    assert "cancelled already" in why["9"]
    assert "it is empty" in why["10"]
    assert "line 2 has the same ICCID" in why["10"]
    assert "I have checked the rows" in page, "a cancel cannot be undone"
    assert await run(desks.database, "SELECT 1 FROM jobs WHERE kind = 'order_steps'") == []
    taken = await run(desks.database, "SELECT iccid FROM sims WHERE iccid IS NOT NULL LIMIT 1")
    _, page = await shown(desk, f"{acme.order},{taken[0].iccid},")
    assert "belongs to another SIM" in refused_rows(page)["2"]
    assert "No row of the file can be done now" in page


@pytest.mark.covers("P9", "P14")
async def test_orders_of_others_do_not_exist_in_a_file(browser: SignIn, acme: Known, desks: Desks) -> None:
    await run(desks.database, "INSERT INTO distributors (account_id, name) VALUES (1, 'Other') RETURNING id")
    await run(
        desks.database,
        "UPDATE orders SET distributor_id = (SELECT id FROM distributors WHERE name = 'Other')"
        " WHERE id = :id RETURNING id",
        id=acme.order,
    )
    _, page = await shown(await browser(DESK), f"{acme.order},,")
    assert f"There is no order {acme.order}" in refused_rows(page)["2"]
    assert (await shown(await browser(ANA), f"{acme.order},,"))[0] == 403


@pytest.mark.covers("P9")
@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("number,iccid", ["1,2"], "The first line must name the columns"),
        ("order,iccid", [], "The file has no rows"),
        ("order,iccid", ["x,"] * 501, "more than 500 rows"),
        ("order,iccid", ["a,b,c"] * 501, "more than 500 rows"),
    ],
)
async def test_a_file_that_is_no_such_table_is_refused_with_the_reason(
    head: str, rows: list[str], said: str, browser: SignIn, acme: Known
) -> None:
    status, page = await shown(await browser(DESK), *rows, head=head)
    assert status == 422
    assert said in page
    assert 'name="file"' in page, "another can be chosen"


@pytest.mark.covers("P9")
async def test_what_is_confirmed_is_what_was_shown(browser: SignIn, acme: Known, desks: Desks) -> None:
    desk, other = await browser(DESK), (await more(desks, acme.order, 1))[0]
    _, page = await shown(desk, f"{acme.order},{ICCID},", f"{other},,cancel", '"=x,""y""",,')
    sent = hidden(page)
    unticked = await desk.post("/desk/steps", data=sent)
    assert unticked.status_code == 422
    assert 'id="confirmed-error"' in unticked.text
    await run(
        desks.database,
        "UPDATE orders SET status = 'provider_processing' WHERE id = :id RETURNING id",
        id=acme.order,
    )
    changed = await desk.post("/desk/steps", data={**sent, "confirmed": "yes"})
    assert changed.status_code == 422
    assert "something changed meanwhile" in changed.text
    assert await run(desks.database, "SELECT 1 FROM jobs WHERE kind = 'order_steps'") == []
    again = {**hidden(changed.text), "confirmed": "yes"}
    assert again["key"] != sent["key"]
    assert (await desk.post("/desk/steps", data=again)).status_code == 503, "Temporal is unavailable here"
    [job] = await run(desks.database, "SELECT id, rows, distributor_id FROM jobs WHERE kind = 'order_steps'")
    assert (job.rows, job.distributor_id is not None) == (1, True), "the eSIM of the first is not made yet"
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id RETURNING id", id=other)
    assert (await desk.post("/desk/steps", data=again)).status_code == 503, "the same job, not another one"
    assert len(await run(desks.database, "SELECT 1 FROM jobs WHERE kind = 'order_steps'")) == 1


@pytest.mark.covers("P9", "A21", "P14")
async def test_a_desk_sees_the_jobs_of_its_distributor_alone(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    sent = hidden((await shown(desk, f"{acme.order},{ICCID},"))[1])
    await desk.post("/desk/steps", data=sent)
    [mine] = await run(desks.database, "SELECT id FROM jobs WHERE kind = 'order_steps'")
    listed = (await desk.get("/jobs")).text
    assert f'href="/jobs/J-{mine.id}"' in listed
    assert f'href="/jobs/{acme.job}"' not in listed
    assert (await desk.get(f"/jobs/{acme.job}")).status_code == 404
    page = (await desk.get(f"/jobs/J-{mine.id}")).text
    assert "Steps of orders" in page
    assert "provider_desk" in page, "who made it"
    seen = await desks.jobs.jobs(OPERATOR, status=JobStatus.QUEUED)
    assert {job.job_id for job in seen} >= {f"J-{mine.id}", acme.job}
    await desk.post(f"/jobs/J-{mine.id}/cancel")
    assert (await desks.jobs.job(OPERATOR, f"J-{mine.id}")).status is JobStatus.CANCELLED


@pytest.mark.covers("P9", "F49")
async def test_an_order_and_an_iccid_are_the_same_however_they_are_written(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk, (other,) = await browser(DESK), await more(desks, acme.order, 1)
    short, spaced = acme.order.removeprefix("order-").upper(), f"{ICCID[:4]} {ICCID[4:]}"
    _, page = await shown(desk, f"{short},{spaced},", f"{other},{ICCID},", f"{acme.order},,")
    assert accepted_rows(page) == [acme.order]
    why = refused_rows(page)
    assert "line 2 has the same ICCID" in why["3"]
    assert "line 2 has the same order" in why["4"]


async def test_others_are_served_while_a_file_is_read(acme: Known, desks: Desks) -> None:
    reading = asyncio.create_task(desks.order_steps.preview(OPERATOR, b"order,iccid\n" + b"x,\n" * 501))
    await asyncio.sleep(0)
    assert not reading.done(), "the event loop would have read it all before anything else"
    with pytest.raises(Refused):
        await reading


@pytest.mark.covers("P9")
async def test_the_open_orders_are_a_file_that_can_be_filled_in_and_sent_back(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    ids = await more(desks, acme.order, 120)
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id RETURNING id", id=ids[0])
    file = (await desk.get("/desk/file/orders.csv")).text.splitlines()
    assert file[0] == "order,iccid,action,number,kind,status"
    assert {row.partition(",")[0] for row in file[1:]} == {acme.order, *ids[1:]}
    assert "switch_to_esim,submitted" in file[1]
    status, page = await shown(desk, *file[1:3], head=file[0])
    assert status == 200
    assert accepted_rows(page) == [row.partition(",")[0] for row in file[1:3]]
    assert file[1].partition(",")[0] in (await desk.get("/desk")).text, "the queue names the orders, too"
    assert (await (await browser(BEN)).get("/desk/file/orders.csv")).status_code == 403
    jobs = (await desk.get("/jobs")).text
    assert "A file of steps is listed here" in jobs
    assert 'href="/desk/file"' in jobs
    assert "Imports and bulk actions" in (await (await browser(ANA)).get("/jobs")).text


@pytest.mark.covers("R10", "R12")
async def test_a_workbook_with_usual_headings_is_shown_with_what_was_guessed(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    rows = [["Numéro de commande", "N° SIM", "Remarque"], [acme.order, f"'{ICCID[:15]}0000", "x"]]
    answer = await desk.post("/desk/file", files={"file": ("steps.xlsx", workbook(rows))})
    assert "headings were recognised: Numéro de commande = order, N° SIM = iccid" in html.unescape(
        answer.text
    )
    assert "Columns that are not read, as their headings are not known: Remarque (3)" in answer.text
    assert accepted_rows(answer.text) == [acme.order]
    again = await desk.post("/desk/steps", data=hidden(answer.text))
    assert "rounded" not in again.text, "what was marked as a text stays so"
