"""Jobs over HTTP: what is accepted, once per key, and what a developer reads of them.

Temporal is unavailable here: a job is recorded all the same, and a runner does what the worker does.
"""

import json
from typing import Any

import httpx
import pytest

from models.errors import Refusal, Refused
from models.imports import Problem
from models.people.callers import Permission, Role
from starter.desks import Desks
from starter.operations import job_kinds, job_runner
from starter.operations.job_runner import JobRunner
from store.key_ring import KeyRing
from store.operations import job_steps
from tests.builders import ACCOUNT, OPERATOR, as_csv, line, run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted
from tests.temporal_server import eventually

pytestmark = pytest.mark.covers("A21")
FLEET = as_csv(line(60), line(61))
WRONG = as_csv(line(60), line(61, msisdn="1234"), line(62, slot=9))
GROUPS = [{"line": f"+33639980{number:03d}", "groups": ["Sales"]} for number in (1, 2, 3)]


class Jobs:
    """Makes jobs by calls, and runs them."""

    def __init__(self, api: httpx.AsyncClient, desks: Desks, headers: dict[str, str]) -> None:
        self.api = api
        self.desks = desks
        self.headers = headers

    async def post(self, key: str = "k", kind: str = "import_fleet", **more: Any) -> httpx.Response:
        if "content" in more:
            content = more.pop("content")
            more |= {"data": {"kind": kind}, "files": {"file": ("a.csv", content)}}
        return await self.api.post("/jobs", headers=self.headers | {"Idempotency-Key": key}, **more)

    async def made(self, *of: Any, **more: Any) -> str:
        """The id of the job of this call."""
        answer = await self.post(*of, **more)
        assert answer.status_code == 503, answer.text
        assert "Retry-After" in answer.headers
        return str((await self.get("/jobs")).json()["data"][0]["id"])

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.api.get(path, headers=self.headers, params=query)

    async def run(self, job: str, seconds: float = 30) -> dict[str, Any]:
        await JobRunner(self.desks, seconds).run(int(job[2:]))
        return dict((await self.get(f"/jobs/{job}")).json())

    async def report(self, job: str, **query: Any) -> list[dict[str, Any]]:
        return list((await self.get(f"/jobs/{job}/report", **query)).json()["data"])


@pytest.fixture
async def jobs(api: httpx.AsyncClient, desks: Desks, keys: Keyring, acme: Known) -> Jobs:
    return Jobs(api, desks, await keys.of())


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


async def test_no_csv_and_another_accounts_rows_fail_with_the_reason(jobs: Jobs) -> None:
    for key, content, code in (
        ("a", b"\xff\xfe no text", "file_not_utf8"),
        ("b", as_csv(line(70, account=BOLT)), "other_account"),
    ):
        failed = await jobs.run(await jobs.made(key, content=content))
        assert failed["status"] == "failed"
        assert [refusal["code"] for refusal in failed["refusals"]] == [code]


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


async def test_it_is_done_with_what_who_made_it_may_do_by_then(jobs: Jobs, keys: Keyring) -> None:
    made = await jobs.made(json={"kind": "set_groups", "rows": GROUPS})
    await jobs.desks.users.set_role(
        keys.operator, f"bot-{Role.OWNER}-{ACCOUNT}@bots.example".lower(), "viewer"
    )
    await JobRunner(jobs.desks).run(int(made[2:]))
    found = await jobs.desks.jobs.job(keys.operator, made)
    assert [refusal.code for refusal in found.refusals] == ["not_permitted"]
    with pytest.raises(Refused):
        await jobs.desks.jobs.cancel(keys.operator, made)


async def test_a_kind_needs_its_permission_and_travel_does_not_exist_for_others(
    jobs: Jobs, keys: Keyring
) -> None:
    made = await jobs.made(kind="import_travel_rates", content=b"x")
    some = [Permission.RUN_JOBS, Permission.EDIT_INVENTORY]
    few = Jobs(jobs.api, jobs.desks, await keys.of(Role.ADMINISTRATOR, permissions=some))
    refused = await few.post(content=FLEET)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert (await few.get(f"/jobs/{made}")).status_code == 404
    assert made not in (await few.get("/jobs")).text
    platform = Jobs(jobs.api, jobs.desks, await keys.of_platform(account=ACCOUNT))
    row = {"kind": "switch_to_esim", "line": "L-1"}
    asked = await platform.post(json={"kind": "place_orders", "rows": [row]})
    assert asked.json()["code"] == "user_needed"


async def test_lists_are_filtered_and_paged(jobs: Jobs) -> None:
    for key in "abc":
        await jobs.made(key, json={"kind": "set_groups", "rows": GROUPS})
    page = (await jobs.get("/jobs", kind="set_groups", limit=2)).json()
    assert [job["id"] for job in page["data"]] == ["J-4", "J-3"]
    rest = (await jobs.get("/jobs", kind="set_groups", limit=2, cursor=page["next_cursor"])).json()
    assert [job["id"] for job in rest["data"]] == ["J-2"]
    assert (await jobs.get("/jobs", status="done")).json()["data"] == []
    assert (await jobs.get("/jobs", status="x")).status_code == 422


@pytest.mark.covers("S3")
async def test_junk_is_refused_with_the_field(jobs: Jobs) -> None:
    row = {"line": "L-1", "groups": ["Sales"]}
    for body, pointer in (
        ({"kind": "set_groups", "rows": []}, "/rows"),
        ({"kind": "set_groups", "rows": [row, {"line": 10**30}]}, "/rows/1/line"),
        ({"kind": "set_groups", "rows": [row | {"x": 1}]}, "/rows/0/x"),
        ({"kind": "set_groups", "rows": [row | {"line": "\0"}]}, "/rows/0/line"),
        ({"kind": "x", "rows": [row]}, ""),
        ([], ""),
    ):
        answer = await jobs.post(json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer, answer.text
    for content in (
        b"",
        b"{",
        b"\xff",
        b'{"kind": "set_groups", "rows": [{"line": "\\ud800"}]}',
        b"[" * 10_000,
    ):
        answer = await jobs.api.post(
            "/jobs",
            headers=jobs.headers | {"Idempotency-Key": "k", "Content-Type": "application/json"},
            content=content,
        )
        assert answer.status_code == 422, answer.text
    assert (await jobs.post(kind="x", content=FLEET)).json()["code"] == "job_kind_unknown"
    assert (await jobs.post(kind="set_groups", content=FLEET)).json()["code"] == "job_kind_unknown"
    assert (await jobs.post(content=b"")).json()["code"] == "file_needed"
    without = await jobs.api.post("/jobs", headers=jobs.headers, json={"kind": "set_groups", "rows": [row]})
    assert without.json()["code"] == "idempotency_key_needed"
    for job in ("x", "J-", "J-" + "9" * 40, "%00"):
        assert (await jobs.get(f"/jobs/{job}")).status_code in {404, 422}


@pytest.mark.covers("S3")
async def test_a_large_body_is_read_only_for_who_may_run_jobs(jobs: Jobs, keys: Keyring) -> None:
    rows = [{"line": f"+336399{number:05d}", "groups": ["Sales"]} for number in range(3000)]
    body = {"kind": "set_groups", "rows": rows}
    assert len(json.dumps(body)) > 100_000
    await jobs.made(json=body)
    viewer = Jobs(jobs.api, jobs.desks, await keys.of(Role.VIEWER))
    assert (await viewer.post(json=body)).status_code == 403
    assert (await jobs.api.post("/jobs", json=body)).status_code == 401
    too_large = await jobs.post(content=b"x" * 7_000_000)
    assert too_large.status_code == 413
    too_many = [rows[0]] * 10_001
    assert (await jobs.post(json={"kind": "set_groups", "rows": too_many})).status_code == 422


async def test_a_page_takes_the_same_number_of_statements_however_long_it_is(jobs: Jobs) -> None:
    made = await jobs.made(json={"kind": "set_groups", "rows": GROUPS})
    await run(
        jobs.desks.database,
        "INSERT INTO jobs (account_id, kind, dry_run, made_key, digest, actor, permissions, language)"
        " SELECT 1, 'set_groups', false, 'k' || n, '', 'user:1', '{}', 'en' FROM generate_series(1, 110) n",
    )
    await run(
        jobs.desks.database,
        "INSERT INTO job_rows (job_id, number, account_id, outcome)"
        " SELECT :job, n, 1, 'done' FROM generate_series(1, 110) n",
        job=int(made[2:]),
    )
    for path in ("/jobs", f"/jobs/{made}/report"):
        counts = set()
        for limit in (1, 25, 100):
            with counted(jobs.desks.database) as statements:
                assert len((await jobs.get(path, limit=limit)).json()["data"]) == limit
            counts.add(len(statements))
        assert len(counts) == 1, path


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
