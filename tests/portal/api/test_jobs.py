"""Jobs over HTTP: what is accepted, once per key, and what a developer reads of them.

Temporal is unavailable here: a job is recorded all the same, and a runner does what the worker does.
"""

import json
from typing import Any

import pytest

from models.errors import Refusal, Refused
from models.imports import Problem
from starter.desks import Desks
from starter.operations import job_kinds, job_runner
from starter.operations.job_runner import JobRunner
from store.key_ring import KeyRing
from store.operations import job_steps
from tests.builders import OPERATOR, as_csv, item, line, run
from tests.callers.world import BOLT, Known
from tests.portal.api.job_calls import FLEET, GROUPS, WRONG, Jobs
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("A21")


async def test_a_job_is_kept_while_temporal_is_away_and_the_same_key_finds_it(jobs: Jobs) -> None:
    made = await jobs.made(content=FLEET)
    again = await jobs.made(content=FLEET)
    assert again == made
    other = await jobs.post(content=WRONG)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    done = await jobs.run(made)
    assert (done["status"], done["rows"], done["done"]) == ("done", 2, 2)
    assert done["created_by"].startswith("U-")
    replayed = await jobs.post(content=FLEET)
    assert (replayed.status_code, replayed.headers["Idempotent-Replayed"]) == (200, "true")
    assert replayed.json()["id"] == made


async def test_a_file_with_refused_rows_changes_nothing_and_its_report_says_why(jobs: Jobs) -> None:
    made = await jobs.made(content=WRONG)
    failed = await jobs.run(made)
    assert (failed["status"], failed["refused"], failed["created"]) == ("failed", 2, {})
    rows = await jobs.report(made)
    assert [(row["row"], row["outcome"]) for row in rows] == [(3, "refused"), (4, "refused")]
    assert rows[0]["problems"][0]["column"] == "msisdn"
    assert rows[0]["problems"][0]["sentence"]
    assert (await jobs.get("/jobs/J-99999/report")).status_code == 404
    (row,) = await run(jobs.desks.database, "SELECT input FROM jobs WHERE status = 'failed'")
    assert row.input is None


async def test_no_csv_fails_with_the_reason(jobs: Jobs) -> None:
    failed = await jobs.run(await jobs.made(content=b"\x89PNG\r\n\x1a\n\0"))
    assert failed["status"] == "failed"
    assert [refusal["code"] for refusal in failed["refusals"]] == ["file_not_utf8"]


@pytest.mark.parametrize("kind", ["import_fleet", "import_catalogue"])
async def test_rows_of_other_accounts_are_named_with_all_other_invalid_rows(jobs: Jobs, kind: str) -> None:
    row, wrong = (line, {"slot": 9}) if kind == "import_fleet" else (item, {"item": ""})
    content = as_csv(row(), row(**wrong), row(account=BOLT), row(account="x"))
    made = await jobs.made(kind=kind, content=content)
    failed = await jobs.run(made)
    assert (failed["status"], failed["refused"]) == ("failed", 3)
    found = {row["row"]: row["problems"][0]["column"] for row in await jobs.report(made)}
    assert found == {3: next(iter(wrong)), 4: "account", 5: "account"}


@pytest.mark.covers("A21")
async def test_a_dry_run_of_a_small_file_is_answered_at_once_and_changes_nothing(jobs: Jobs) -> None:
    checked = await jobs.api.post(
        "/jobs",
        headers=jobs.headers,
        params={"dry_run": True},
        data={"kind": "import_fleet"},
        files={"file": ("a.csv", FLEET)},
    )
    assert checked.status_code == 200
    assert checked.json()["created"]["lines"] == 2
    refused = await jobs.post(params={"dry_run": True}, content=WRONG)
    assert refused.status_code == 422
    assert [refusal["code"] for refusal in refused.json()["refusals"]] == ["row_invalid"] * 2
    assert len((await jobs.get("/jobs")).json()["data"]) == 1


async def test_a_dry_job_of_rows_reports_and_changes_nothing(jobs: Jobs) -> None:
    rows = [*GROUPS, {"line": "L-99999", "groups": []}]
    made = await jobs.made("monday", params={"dry_run": True}, json={"kind": "set_groups", "rows": rows})
    done = await jobs.run(made)
    assert (done["status"], done["dry_run"], done["refused"]) == ("done", True, 1)
    assert [row["outcome"] for row in await jobs.report(made)] == ["done"] * 3 + ["refused"]
    events = await run(jobs.desks.database, "SELECT 1 FROM events WHERE type = 'line.groups_changed'")
    assert events == []

    real = await jobs.made("monday", json={"kind": "set_groups", "rows": rows})
    assert real != made, "a dry run uses no key up"


async def test_rows_are_done_one_by_one_and_go_on_where_a_step_stopped(jobs: Jobs) -> None:
    made = await jobs.made(json={"kind": "set_employee", "rows": _employees(4)})
    first = await jobs.run(made, seconds=0)
    assert (first["status"], first["done"]) == ("running", 1)
    assert (await jobs.run(made))["status"] == "done"
    assert [row["row"] for row in await jobs.report(made)] == [1, 2, 3, 4]
    refused = await jobs.report(made, outcome="refused")
    assert [row["problems"][0]["code"] for row in refused] == ["unknown_employee"]
    page = (await jobs.get(f"/jobs/{made}/report", limit=3)).json()
    rest = (await jobs.get(f"/jobs/{made}/report", limit=3, cursor=page["next_cursor"])).json()
    assert ([row["row"] for row in page["data"]], [row["row"] for row in rest["data"]]) == ([1, 2, 3], [4])


async def test_a_report_names_the_line_or_the_sim_of_each_row(jobs: Jobs) -> None:
    rows = [*GROUPS, {"line": "L-1", "groups": []}, {"line": "L-99999", "groups": []}]
    made = await jobs.made(json={"kind": "set_groups", "rows": rows})
    await jobs.run(made)
    assert [row["about"] for row in await jobs.report(made)] == ["L-1", "L-2", "L-3", "L-1", None]
    codes = await jobs.made("codes", json={"kind": "request_qr_codes", "rows": [{"sim": "S-2"}]})
    await jobs.run(codes)
    assert [row["about"] for row in await jobs.report(codes)] == ["S-2"]


@pytest.mark.covers("R13", "A16")
async def test_many_codes_are_imported_by_rows_and_no_answer_has_one(jobs: Jobs, acme: Known) -> None:
    secrets = [f"LPA:1$smdp.example.com$JOB-SECRET-{number}" for number in (1, 2)]
    rows = [
        {"sim": acme.esim, "activation_code": secrets[0], "confirmation_code": "4711-SECRET"},
        {"sim": acme.esim, "activation_code": "https://www.example.com"},
        {"sim": "S-99999", "activation_code": secrets[1]},
    ]
    body = {"kind": "import_qr_codes", "rows": rows}
    dry = await jobs.made("dry", params={"dry_run": True}, json=body)
    checked = await jobs.run(dry)
    assert checked["refused"] == 2, await jobs.report(dry)
    stored = "SELECT id FROM qr_versions"
    before = len(await run(jobs.desks.database, stored))
    made = await jobs.made("real", json=body)
    done = await jobs.run(made)
    report = await jobs.report(made)
    assert [(row["about"], [each["code"] for each in row["problems"]]) for row in report] == [
        (acme.esim, []),
        (acme.esim, ["web_address_instead"]),
        (None, ["unknown_sim"]),
    ]
    assert len(await run(jobs.desks.database, stored)) == before + 1, "the dry run has stored none"
    assert "SECRET" not in json.dumps([done, report])
    kept = await run(
        jobs.desks.database, "SELECT 1 FROM jobs WHERE input IS NOT NULL AND kind = 'import_qr_codes'"
    )
    assert kept == [], "the codes are not kept with the job"


async def test_a_worker_that_was_given_up_and_still_does_a_row_counts_none_twice(
    jobs: Jobs, desks: Desks
) -> None:
    made = await jobs.made(json={"kind": "set_groups", "rows": GROUPS})
    keys = KeyRing(desks.settings.secret_keys)
    async with desks.database.transaction() as connection:
        first = await job_steps.begin(connection, keys, int(made[2:]))
    await jobs.run(made, seconds=0)
    before = await jobs.run(made, seconds=0)
    refused = (Problem(column=None, reason=Refusal.of("import_running")),)

    assert first is not None
    async with desks.database.transaction() as connection:
        assert await job_steps.row_done(connection, first, 1, None, refused)

    after = (await jobs.get(f"/jobs/{made}")).json()
    assert (after["done"], after["refused"]) == (before["done"], before["refused"])
    assert before["done"] == 2


async def test_an_iccid_in_a_row_that_is_a_number_is_refused_because_it_loses_digits(jobs: Jobs) -> None:
    answer = await jobs.post(json={"kind": "request_qr_codes", "rows": [{"sim": 8933010000000000017}]})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/rows/0/sim", "iccid_number")


def _employees(count: int) -> list[dict[str, Any]]:
    known = {"employee": "lea@acme.example", "name": "Léa"}
    rows = [{"line": f"+3363998000{number}"} | known for number in range(1, count)]
    return [*rows, {"line": "+33639980004", "employee": "nobody@acme.example"}]


async def test_a_cancelled_job_does_no_further_row_and_an_import_writes_none(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await jobs.made(json={"kind": "set_employee", "rows": _employees(4)})
    await jobs.run(made, seconds=0)
    assert (await _cancelled(jobs, made))["status"] == "cancelled"
    assert (await _cancelled(jobs, made))["status"] == "cancelled"
    assert (await jobs.run(made))["done"] == 1

    made = await jobs.made("other", content=FLEET)
    written = job_steps.written

    async def cancelled_first(*of: Any) -> bool:
        await _cancelled(jobs, made)
        return await written(*of)

    monkeypatch.setattr(job_steps, "written", cancelled_first)
    assert (await jobs.run(made))["status"] == "cancelled"
    lines = await run(jobs.desks.database, "SELECT 1 FROM lines WHERE msisdn = '+33639980060'")
    assert lines == []


async def _cancelled(jobs: Jobs, job: str) -> dict[str, Any]:
    """The job is cancelled, although Temporal is not told."""
    assert (await jobs.api.post(f"/jobs/{job}/cancel", headers=jobs.headers)).status_code == 503
    return dict((await jobs.get(f"/jobs/{job}")).json())


async def test_what_has_ended_cannot_be_cancelled(jobs: Jobs) -> None:
    made = await jobs.made(json={"kind": "set_groups", "rows": GROUPS})
    await jobs.run(made)
    answer = await jobs.api.post(f"/jobs/{made}/cancel", headers=jobs.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "job_over")


async def test_an_import_that_was_written_before_its_worker_died_is_not_written_again(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await jobs.made(content=FLEET)

    async def dies(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(job_steps, "finish", dies)
        with pytest.raises(RuntimeError, match="killed"):
            await JobRunner(jobs.desks).run(int(made[2:]))
    answer = await jobs.api.post(f"/jobs/{made}/cancel", headers=jobs.headers)
    assert answer.json()["code"] == "job_over"
    await jobs.desks.edits.set_groups(OPERATOR, ["+33639980060"], [])
    done = await jobs.run(made)
    assert (done["status"], done["created"]["lines"]) == ("done", 2)
    found = await jobs.desks.fleet.line(OPERATOR, "+33639980060")
    assert found.groups == ()


async def test_the_progress_of_an_import_is_in_its_row(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await jobs.made(content=FLEET)
    monkeypatch.setattr(job_runner, "PROGRESS_SECONDS", 0.01)
    seen: list[dict[str, Any]] = []

    async def slowly(_: Any, __: Any, file: Any) -> Any:
        file.progress("Reading", 1000, 4000)
        await eventually(_look, lambda found: found["rows"] == 4000)
        file.progress("Writing", 7, 14)
        await eventually(_look, lambda found: found["done"] == 2000)
        raise Refused.because("no_rows")

    async def _look() -> dict[str, Any]:
        seen.append((await jobs.get(f"/jobs/{made}")).json())
        return seen[-1]

    monkeypatch.setitem(job_kinds.IMPORTS, "import_fleet", slowly)
    assert (await jobs.run(made))["status"] == "failed"
    assert {job["status"] for job in seen} == {"running"}


ODD = as_csv(line(60)).decode().replace("iccid", "N° de carte").encode("cp1252")


@pytest.mark.covers("R10", "R12")
async def test_a_file_with_other_headings_is_mapped_by_its_form(jobs: Jobs) -> None:
    refused = await jobs.run(await jobs.made(content=ODD))
    assert [refusal["code"] for refusal in refused["refusals"]] == ["columns_differ"]
    form: dict[str, Any] = {"kind": "import_fleet", "map": ["n° de carte=iccid", "SLOT=slot"]}
    made = await jobs.made("mapped", data=form, files={"file": ("a.csv", ODD)})
    assert (await jobs.post("mapped", content=ODD)).json()["code"] == "key_reused", (
        "the mapping is part of it"
    )
    done = await jobs.run(made)
    assert (done["status"], done["created"]["lines"]) == ("done", 1)
    (noted,) = await jobs.report(made)
    assert (noted["row"], noted["outcome"]) == (1, "noted")
    (windows,) = noted["problems"]
    assert "read as Windows-1252" in windows["sentence"]
    assert windows["sentence"].endswith("such as in: °."), "a word of the file may be a name, so none is kept"


@pytest.mark.covers("R10", "R12")
async def test_a_dry_run_answers_what_became_of_each_column(jobs: Jobs) -> None:
    form: dict[str, Any] = {"kind": "import_fleet", "map": "n° de carte=iccid"}
    answer = await jobs.post("dry", data=form, files={"file": ("a.csv", ODD)}, params={"dry_run": "true"})
    assert answer.status_code == 200
    checked = answer.json()
    assert (checked["encoding"], checked["separator"], checked["created"]["lines"]) == (
        "Windows-1252",
        ",",
        1,
    )
    assert checked["columns"][0] == {"heading": "account", "column": "account", "how": "named"}
    assert {"heading": "N° de carte", "column": "iccid", "how": "mapped"} in checked["columns"]
