"""Imports and jobs in a browser (A16, A21)."""

import re

import pytest

from models.errors import Unavailable
from starter import callers
from starter.desks import Desks
from starter.operations.job_runner import JobRunner
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, CLEO, Browser


@pytest.mark.covers("A21", "P6")
async def test_a_job_shows_how_far_it_is_and_is_cancelled(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    assert acme.job in (await ana.get("/jobs")).text
    page = (await ana.get(f"/jobs/{acme.job}")).text
    assert "Waits to be run" in page
    assert "Rows: 0 of 1" in page
    assert f'data-live="/jobs/{acme.job}"' in page
    assert "Nothing to report yet" in page
    assert re.search(r"By</dt>\s*<dd[^>]*>\s*manager\s*<", page), "who made it, by name"
    assert (await (await browser(CLEO)).get(f"/jobs/{acme.job}")).status_code == 404


@pytest.mark.covers("A21")
async def test_who_may_not_import_finds_the_jobs_at_the_inventory(browser: SignIn) -> None:
    link = 'href="/jobs"'
    assert link in (await (await browser("manager@acme.example")).get("/inventory?view=all")).text
    assert link not in (await (await browser(BEN)).get("/inventory?view=all")).text
    assert link in (await (await browser(ANA)).get("/imports")).text


@pytest.mark.covers("A21", "P6")
async def test_the_report_of_a_job_names_its_lines(browser: SignIn, desks: Desks, acme: Known) -> None:
    rows = [{"line": "L-1", "groups": []}, {"line": "+33639980002", "groups": []}]
    caller = await callers.user(desks.database, ANA)
    with pytest.raises(Unavailable):
        await desks.jobs.submit_rows(caller, None, "set_groups", rows)
    job = (await desks.jobs.jobs(caller, kind="set_groups"))[0]
    await JobRunner(desks).run(job.id)
    page = (await (await browser(ANA)).get(f"/jobs/{job.job_id}")).text
    for number in (1, 2):
        assert f'<a href="/lines/L-{number}">+3363998000{number}</a>' in page


@pytest.mark.covers("A16")
async def test_an_import_wants_a_file_and_the_right_to_it(browser: SignIn) -> None:
    ana = await browser(ANA)
    assert "/imports/import_fleet" in (await ana.get("/imports")).text
    without = await ana.post("/imports/import_fleet", files={"file": ("", b"")}, data={"check": "on"})
    assert without.status_code == 422
    assert "Choose a file." in without.text
    manager: Browser = await browser("manager@acme.example")
    assert (await manager.get("/imports/import_fleet/template.csv")).status_code == 403
    assert (await manager.post("/imports/import_fleet", data={"check": "on"})).status_code == 403
