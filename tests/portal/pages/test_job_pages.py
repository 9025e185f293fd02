"""What the page of a job says when it has ended: an import, a check, and what failed (A16, A21)."""

import re
from html import unescape
from typing import Any

import pytest

from models.errors import Unavailable
from models.operations.jobs import KINDS
from starter import callers
from starter.desks import Desks
from starter.operations.job_book import JobBook
from starter.operations.job_runner import JobRunner
from starter.people.erasure import erase
from store.operations.job_steps import forget_files
from tests.builders import ACCOUNT, as_csv, iccid, line, run
from tests.files.workbooks import workbook
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN

pytestmark = pytest.mark.covers("A16", "A21")
GOOD = as_csv(line(60))
NOT_A_FILE = b"\x89PNG\r\n\x1a\n\0"
WRONG = as_csv(line(60, msisdn="1234"), line(61, slot=9))


async def ended(desks: Desks, browser: SignIn, content: bytes, *, check: bool) -> str:
    """The page of the job that has imported or checked this file."""
    caller = await callers.user(desks.database, ANA)
    with pytest.raises(Unavailable):  # Temporal: a runner does what the worker does
        await desks.jobs.submit_file(caller, None, "import_fleet", content, dry_run=check)
    job = (await desks.jobs.jobs(caller, kind="import_fleet"))[0]
    ana = await browser(ANA)
    assert f"/jobs/{job.job_id}/cancel" in (await ana.get(f"/jobs/{job.job_id}")).text
    await JobRunner(desks).run(job.id)
    return (await ana.get(f"/jobs/{job.job_id}")).text


@pytest.mark.parametrize("content", [NOT_A_FILE, WRONG])
@pytest.mark.parametrize("check", [True, False])
async def test_a_failed_import_says_that_nothing_was_imported_and_asks_for_the_corrected_file(
    browser: SignIn, desks: Desks, content: bytes, check: bool
) -> None:
    page = await ended(desks, browser, content, check=check)
    assert "No row was imported or changed" in page
    assert "Choose the corrected file" in page
    for untrue in ("has not been read yet", "No row has a problem", "Import the file", "/cancel"):
        assert untrue not in page
    assert ("All of it was refused" in page) is (content is NOT_A_FILE)
    assert ("msisdn" in page) is (content is WRONG)


async def test_a_check_says_what_would_be_added_and_offers_the_import(browser: SignIn, desks: Desks) -> None:
    page = await ended(desks, browser, GOOD, check=True)
    assert "Would be added: Lines" in page
    assert "Without a problem" in page
    assert "Import the file" in page
    assert "</svg>Done" not in page


async def test_a_check_counts_in_french(browser: SignIn, desks: Desks) -> None:
    await run(desks.database, "UPDATE users SET language = 'fr'")
    page = unescape(await ended(desks, browser, GOOD, check=True))
    assert "À ajouter\u00a0: SIM<" in page
    assert "Lignes\u00a0: 1 sur 1" in page
    assert "SIMs" not in page


async def test_an_import_says_what_was_added(browser: SignIn, desks: Desks) -> None:
    page = await ended(desks, browser, GOOD, check=False)
    assert "Added: Lines" in page
    assert "Import the file" not in page
    assert "Choose the corrected file" not in page


async def test_a_checked_file_is_imported_without_being_sent_again(browser: SignIn, desks: Desks) -> None:
    page = await ended(desks, browser, GOOD, check=True)
    (address,) = re.findall(r'action="(/jobs/J-\d+/import)"', page)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    ana, caller = await browser(ANA), await callers.user(desks.database, ANA)
    for _ in range(2):  # sent twice, it is one import
        await ana.post(address, data=sent)
    jobs = await desks.jobs.jobs(caller, kind="import_fleet")
    assert [(job.dry_run, job.kept) for job in jobs] == [(False, False), (True, True)]
    await JobRunner(desks).run(jobs[0].id)
    page = (await ana.get(f"/jobs/{jobs[0].job_id}")).text
    assert "Added: Lines" in page
    assert "/import" not in page.partition("<main")[2].replace('href="/imports', "")
    assert await run(desks.database, "SELECT 1 FROM lines WHERE msisdn = '+33639980060'")


async def test_a_checked_file_is_kept_for_a_day(browser: SignIn, desks: Desks) -> None:
    page = await ended(desks, browser, GOOD, check=True)
    (address,) = re.findall(r'action="(/jobs/J-\d+/import)"', page)
    ana = await browser(ANA)
    await run(desks.database, "UPDATE jobs SET ended_at = ended_at - interval '24 hours' WHERE dry_run")
    page = (await ana.get(address.removesuffix("/import"))).text
    assert "The file is not kept any more" in page
    assert 'href="/imports/import_fleet"' in page
    assert address not in page
    late = await ana.post(address, data={"key": "k"})
    assert (late.status_code, "is kept for a day" in late.text) == (409, True)
    kept = "SELECT count(*) FROM jobs WHERE ended_at IS NOT NULL AND input IS NOT NULL"
    assert await run(desks.database, kept) == [(1,)]
    async with desks.database.transaction() as connection:
        await forget_files(connection)
    assert await run(desks.database, kept) == [(0,)]


async def test_an_erasure_forgets_the_files_that_may_name_the_person(browser: SignIn, desks: Desks) -> None:
    await ended(desks, browser, GOOD, check=True)
    await erase(callers.operator(), desks.database, BEN)
    assert not (await desks.jobs.jobs(await callers.user(desks.database, ANA), kind="import_fleet"))[0].kept


async def test_who_may_not_import_is_shown_a_check_without_the_way_to_import(
    browser: SignIn, desks: Desks
) -> None:
    for content in (GOOD, WRONG):
        page = await ended(desks, browser, content, check=True)
        (job,) = set(re.findall(r"<title>(J-\d+)", page))
        seen = await (await browser("manager@acme.example")).get(f"/jobs/{job}")
        assert seen.status_code == 200
        way = r'(action="/jobs/J-\d+/import"|href="/imports/import_fleet")'
        assert re.search(way, page)
        assert not re.search(way, seen.text)
        assert "Import the file" not in seen.text


async def test_a_check_names_a_row_with_a_warning_as_not_imported(browser: SignIn, desks: Desks) -> None:
    number = iccid(60)
    odd = as_csv(line(60, iccid=number[:-1] + str((int(number[-1]) + 1) % 10)))
    page = await ended(desks, browser, odd, check=True)
    assert "Without a problem, with a warning" in page
    assert "Imported, with a warning" not in page
    assert "Imported, with a warning" in await ended(desks, browser, odd, check=False)


async def test_a_failed_file_has_no_number_of_rows_without_a_problem(browser: SignIn, desks: Desks) -> None:
    page = await ended(desks, browser, WRONG, check=True)
    assert "Without a problem" not in page


async def test_an_empty_file_is_called_empty(browser: SignIn) -> None:
    empty = {"file": ("empty.csv", b"")}
    answer = await (await browser(ANA)).post("/imports/import_fleet", files=empty, data={"check": "on"})
    assert answer.status_code == 422
    assert "The file is empty." in answer.text
    assert "Choose a file." not in answer.text


async def test_a_file_that_is_just_read_while_its_page_is_made_has_no_report_yet(
    browser: SignIn, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, ana = await callers.user(desks.database, ANA), await browser(ANA)
    with pytest.raises(Unavailable):
        await desks.jobs.submit_file(caller, None, "import_fleet", WRONG)
    job = (await desks.jobs.jobs(caller, kind="import_fleet"))[0]
    read = JobBook.report

    async def after_the_run(*given: Any, **named: Any) -> Any:
        await JobRunner(desks).run(job.id)
        return await read(*given, **named)

    monkeypatch.setattr(JobBook, "report", after_the_run)
    page = (await ana.get(f"/jobs/{job.job_id}")).text
    assert "has not been read yet" in page
    assert 'id="row-' not in page
    monkeypatch.undo()
    assert 'id="row-' in (await ana.get(f"/jobs/{job.job_id}")).text


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.file))
async def test_the_page_of_a_file_lists_its_columns_and_has_a_template(browser: SignIn, kind: str) -> None:
    ana = await browser(ANA)
    answer = await ana.get(f"/imports/{kind}/template.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    columns = answer.text.strip().split(",")
    assert len(columns) == len(set(columns)) > 3
    page = (await ana.get(f"/imports/{kind}")).text
    assert f'href="/imports/{kind}/template.csv"' in page
    listed = page[page.index('id="columns"') :]
    assert all(column in listed for column in columns)


async def test_a_template_that_is_filled_in_is_imported(browser: SignIn, desks: Desks) -> None:
    head = (await (await browser(ANA)).get("/imports/import_fleet/template.csv")).text
    cells = (
        f"{ACCOUNT},Phone 60,1,+33639980060,Orange,physical,{iccid(60)},Telvia,Zoe,zoe@acme.example,Lyon,fr"
    )
    page = await ended(desks, browser, f"{head}{cells}\r\n".encode(), check=False)
    assert "Added: Lines" in page


@pytest.mark.covers("P2")
async def test_the_csv_that_the_page_links_can_be_imported_as_it_is(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/imports/import_fleet")).text
    (link,) = re.findall(r'href="(/inventory\.csv\?columns=[^"]+)"', page)
    exported = (await ana.get(link)).content
    assert exported.count(b"\n") > 3
    page = await ended(desks, browser, exported, check=True)
    assert "Without a problem" in page
    assert "Would be added" not in page
    assert "Would be changed" not in page


@pytest.mark.covers("R10", "R12")
async def test_a_workbook_with_other_headings_is_checked_and_imported_as_it_was_mapped(
    browser: SignIn, desks: Desks
) -> None:
    headings = ["Karte" if name == "iccid" else name for name in line(60)]
    file = {"file": ("Flotte.xlsx", workbook([headings, [str(cell) for cell in line(60).values()]]))}
    ana = await browser(ANA)
    page = (await ana.get("/imports/import_fleet")).text
    assert 'name="map"' in page
    assert ".xlsx" in page
    key = {"key": "mapped", "check": "on", "map": "Karte = iccid\r\n", "save_map": "on"}
    await ana.post("/imports/import_fleet", files=file, data=key)
    caller = await callers.user(desks.database, ANA)
    checked = (await desks.jobs.jobs(caller, kind="import_fleet"))[0]
    await JobRunner(desks).run(checked.id)
    assert "Would be added: Lines" in (await ana.get(f"/jobs/{checked.job_id}")).text
    with pytest.raises(Unavailable):
        await desks.jobs.import_checked(caller, checked.job_id)
    imported = (await desks.jobs.jobs(caller, kind="import_fleet"))[0]
    await JobRunner(desks).run(imported.id)
    assert (await desks.jobs.job(caller, imported.job_id)).created["lines"] == 1
    saved = (await ana.get("/imports/import_fleet")).text
    assert "Saved mapping" in saved
    assert "Karte=iccid" in saved
    assert "Saved mapping" not in (await ana.get("/imports/import_catalogue")).text
    again = await desks.jobs.check_file(caller, "import_fleet", file["file"][1])
    assert again.rows == 1
    gone = await ana.post("/imports/import_fleet/mapping/delete")
    assert gone.headers["location"].endswith("/imports/import_fleet")
    assert "Saved mapping" not in (await ana.get("/imports/import_fleet")).text
