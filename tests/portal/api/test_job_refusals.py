"""Jobs over HTTP: who may run them, what is refused, and lists of them."""

import json

import pytest

from models.errors import Refused
from models.people.callers import Permission, Role
from starter.operations.job_runner import JobRunner
from tests.builders import ACCOUNT, run
from tests.portal.api.job_calls import FLEET, GROUPS, Jobs
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A21")


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
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_permitted")
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
    for content, status in (
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b'{"kind": "set_groups", "rows": [{"line": "\\ud800"}]}', 400),
        (b"[" * 10_000, 400),
    ):
        answer = await jobs.api.post(
            "/jobs",
            headers=jobs.headers | {"Idempotency-Key": "k", "Content-Type": "application/json"},
            content=content,
        )
        assert answer.status_code == status, answer.text
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
    for path in ("/jobs", "/jobs/{job}/report"):
        counts = set()
        for limit in (1, 25, 100):
            with counted(jobs.desks.database) as statements:
                assert len((await jobs.get(path.format(job=made), limit=limit)).json()["data"]) == limit
            counts.add(len(statements))
        assert len(counts) == 1, path
