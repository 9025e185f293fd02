"""Saved mappings over HTTP: kept with a file, listed, deleted (R12)."""

import pytest

from tests.builders import as_csv, line, run
from tests.portal.api.job_calls import FLEET, Jobs

pytestmark = pytest.mark.covers("R12")
ODD = as_csv(line(60)).replace(b",iccid,", b",Karte,", 1)


async def test_a_mapping_is_kept_with_a_file_listed_and_deleted(jobs: Jobs) -> None:
    form = {"kind": "import_fleet", "map": "Karte=iccid", "save_map": "true"}
    made = await jobs.made("first", data=form, files={"file": ("a.csv", ODD)})
    assert (await jobs.get("/import-mappings")).json()["data"] == []
    assert (await jobs.run(made))["status"] == "done"
    (saved,) = (await jobs.get("/import-mappings")).json()["data"]
    assert (saved["kind"], saved["map"]) == ("import_fleet", ["Karte=iccid"])
    checked = await jobs.post(params={"dry_run": True}, content=ODD)
    assert {"heading": "Karte", "column": "iccid", "how": "saved"} in checked.json()["columns"]
    said = checked.json()["warnings"][0]["problems"][0]
    assert (said["code"], said["parameters"]["used"]) == ("mapping_used", "Karte = iccid")
    deleted = await jobs.api.delete("/import-mappings/import_fleet", headers=jobs.headers)
    assert deleted.status_code == 204
    again = await jobs.api.delete("/import-mappings/import_fleet", headers=jobs.headers)
    assert (again.status_code, again.json()["code"]) == (404, "unknown_mapping")
    refused = await jobs.post(params={"dry_run": True}, content=ODD)
    assert (refused.status_code, refused.json()["code"]) == (422, "columns_differ")


async def test_whether_a_mapping_is_kept_belongs_to_what_the_key_stands_for(jobs: Jobs) -> None:
    form = {"kind": "import_fleet", "map": "Karte=iccid"}
    await jobs.made("one", data=form, files={"file": ("a.csv", ODD)})
    other = await jobs.post("one", data=form | {"save_map": "true"}, files={"file": ("a.csv", ODD)})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    odd = await jobs.post("two", data=form | {"save_map": "maybe"}, files={"file": ("a.csv", ODD)})
    assert (odd.status_code, odd.json()["code"]) == (422, "upload_unreadable")


async def test_a_job_of_a_file_without_one_keeps_none(jobs: Jobs) -> None:
    form = {"kind": "import_fleet", "save_map": "true"}
    await jobs.run(await jobs.made("plain", data=form, files={"file": ("a.csv", FLEET)}))
    assert await run(jobs.desks.database, "SELECT 1 FROM import_mappings") == []
