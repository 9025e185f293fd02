"""Jobs end with the API key that they were made with, and with its user (A1, A21)."""

from typing import Any

import httpx
import pytest

from models.errors import Unavailable
from starter.desks import Desks
from starter.operations import job_kinds
from starter.operations.job_runner import JobRunner
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import Known
from tests.portal.api.job_calls import FLEET, GROUPS, Jobs
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A1", "A21")


@pytest.fixture
async def jobs(api: httpx.AsyncClient, desks: Desks, keys: Keyring, acme: Known) -> Jobs:
    return Jobs(api, desks, await keys.of())


_EXPIRED = "UPDATE api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'"
_ENDS = {
    "revoked": ("UPDATE api_keys SET revoked_at = now()", "api_key_over"),
    "expired": (_EXPIRED, "api_key_over"),
    "deactivated": ("UPDATE users SET deactivated_at = now() WHERE email LIKE 'bot-%'", "user_deactivated"),
}


@pytest.mark.parametrize("ended", _ENDS)
async def test_a_job_stops_at_its_next_row_when_its_key_or_its_user_ends(
    ended: str, jobs: Jobs, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, code = _ENDS[ended]
    night = [{**row, "groups": ["Night"], "create": True} for row in GROUPS]
    rows = [{"line": "L-99999", "groups": []}, *night]
    made = await jobs.made(json={"kind": "set_groups", "rows": rows})
    act = job_kinds.ACTIONS["set_groups"]

    async def ends_after_two(*of: Any) -> str | None:
        if of[3].endswith("-2"):
            await run(jobs.desks.database, statement)
        return await act(*of)

    monkeypatch.setitem(job_kinds.ACTIONS, "set_groups", ends_after_two)
    await JobRunner(jobs.desks).run(int(made[2:]))

    found = await jobs.desks.jobs.job(keys.operator, made)
    assert (found.status, found.done, found.refused) == ("failed", 2, 1)
    assert [refusal.code for refusal in found.refusals] == [code]
    lines = [await jobs.desks.fleet.line(OPERATOR, str(row["line"])) for row in GROUPS]
    assert ["Night" in line.groups for line in lines] == [True, False, False]


async def test_an_import_is_not_written_when_its_platform_key_was_revoked_while_it_was_read(
    jobs: Jobs, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Jobs(jobs.api, jobs.desks, await keys.of_platform(account=ACCOUNT))
    made = await platform.made(content=FLEET)
    imports = job_kinds.IMPORTS["import_fleet"]

    async def revoked_meanwhile(*of: Any) -> Any:
        await run(jobs.desks.database, "UPDATE api_keys SET revoked_at = now() WHERE user_id IS NULL")
        return await imports(*of)

    monkeypatch.setitem(job_kinds.IMPORTS, "import_fleet", revoked_meanwhile)
    failed = await jobs.run(made)

    assert (failed["status"], failed["created"]) == ("failed", {})
    assert [refusal["code"] for refusal in failed["refusals"]] == ["api_key_over"]
    assert await run(jobs.desks.database, "SELECT 1 FROM lines WHERE msisdn = '+33639980060'") == []


async def test_a_job_that_was_not_made_with_a_key_needs_none(jobs: Jobs, keys: Keyring) -> None:
    with pytest.raises(Unavailable):
        await jobs.desks.jobs.submit_rows(keys.operator, ACCOUNT, "set_groups", GROUPS, key="cli")
    await run(jobs.desks.database, "UPDATE api_keys SET revoked_at = now()")
    newest = (await jobs.desks.jobs.jobs(keys.operator))[0]
    await JobRunner(jobs.desks).run(newest.id)
    assert (await jobs.desks.jobs.job(keys.operator, newest.job_id)).status == "done"
