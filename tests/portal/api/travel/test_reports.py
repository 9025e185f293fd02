"""Networks report connections and used data over HTTP: often, late and twice (T4, T22, T29 to T31)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import run
from tests.portal.api.travel.journey import ICCID, Client, Journey

pytestmark = pytest.mark.covers("A3", "A7")
GB = 10**9


def ago(**time: Any) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


@pytest.mark.covers("T4", "T22")
async def test_a_connection_starts_the_plan_and_a_repeat_gets_the_same_answer(
    owner: Client, journey: Journey
) -> None:
    connections = f"/esim-lines/{ICCID}/connections"
    first = await owner.post(connections, {"country": "France"}, key="cdr 1")

    again = await owner.post(connections, {"country": "FR"}, key="cdr 1")

    assert again == first
    assert (first["outcome"], first["plan"], first["country"]) == ("started", journey.euro, "FR")
    assert first["esim_line"] == journey.line
    other = await owner.refused("POST", connections, {"country": "DE"}, key="cdr 1")
    assert other == "key_used_for_report"
    assert len((await owner.get(f"/esim-lines/{journey.line}/reports"))["data"]) == 1
    line = await owner.get(f"/esim-lines/{journey.line}", expand="reports")
    assert [each["state"] for each in line["plans"]] == ["active", "queued"]
    assert line["reports"] == [first]


@pytest.mark.covers("T30")
@pytest.mark.parametrize(
    ("country", "outcome"), [("901", "at_sea_or_in_the_air"), ("US", "at_home"), ("BR", "not_covered")]
)
async def test_a_report_that_starts_nothing_says_why(
    country: str, outcome: str, owner: Client, journey: Journey
) -> None:
    said = await owner.post(f"/esim-lines/{journey.line}/connections", {"country": country})

    assert (said["outcome"], said["plan"]) == (outcome, None)


@pytest.mark.covers("T31")
async def test_a_late_report_counts_from_its_own_time_but_never_before_the_plan_nor_in_the_future(
    owner: Client, journey: Journey, desks: Any
) -> None:
    await run(desks.database, "UPDATE plan_assignments SET assigned_at = esim_now() - interval '5 days'")
    path = f"/esim-lines/{journey.line}/connections"
    late, early = ago(days=2), ago(days=60)

    ahead = await owner.post(path, {"country": "FR", "at": "2999-01-01T00:00:00+02:00"})
    assert ahead["at"] == ahead["received_at"]
    await owner.post(path, {"country": "FR", "at": late})
    assert await _started(owner, journey) == pytest.approx(datetime.fromisoformat(late).timestamp())
    await owner.post(path, {"country": "FR", "at": early})

    since = (datetime.now(UTC) - timedelta(days=5)).timestamp()
    assert await _started(owner, journey) == pytest.approx(since, abs=300)
    moments = [each["at"] for each in (await owner.get(f"/esim-lines/{journey.line}/reports"))["data"]]
    assert moments == sorted(moments, reverse=True)


async def _started(owner: Client, journey: Journey) -> float:
    line = await owner.get(f"/esim-lines/{journey.line}")
    return datetime.fromisoformat(line["plans"][0]["started_at"]).timestamp()


@pytest.mark.covers("T29")
async def test_used_data_is_counted_until_the_plan_is_used_up(owner: Client, journey: Journey) -> None:
    usage = f"/esim-lines/{journey.line}/usage"
    await owner.post(usage, {"country": "FR", "used_bytes": GB // 2})
    await owner.post(usage, {"country": "FR", "used_bytes": GB // 2})

    euro = (await owner.get(f"/esim-lines/{journey.line}"))["plans"][0]

    assert (euro["state"], euro["used_bytes"], euro["data_bytes"]) == ("depleted", GB, GB)
    for wrong in (-1, 10**30):
        refused = await owner.refused("POST", usage, {"country": "FR", "used_bytes": wrong})
        assert refused == "data_volume_invalid"


async def test_an_installation_is_noted(owner: Client, journey: Journey) -> None:
    at = ago(minutes=0)
    noted = await owner.post(f"/esim-lines/{journey.line}/installations", {"at": at})

    assert (noted["report"], noted["outcome"], noted["country"]) == ("installed", "noted", None)
    assert (await owner.get(f"/esim-lines/{journey.line}"))["installed_at"] is not None


JUNK: tuple[Any, ...] = (
    {"country": "FR", "at": "2026-07-01T12:00:00"},
    {"country": "FR", "at": "0001-01-01T00:00:00+14:00"},
    {"country": "FR", "at": "9999-12-31T23:59:59-14:00"},
    {"country": "FR", "at": "yesterday"},
    {"country": 901},
    {"country": ""},
    {"country": "\0"},
    {"country": "F\ud800"},
    {"country": "F" * 10_000},
    {"country": "Atlantis"},
    {"country": None},
    {},
    [],
    "FR",
    None,
)


async def test_junk_is_refused_and_nothing_is_recorded(owner: Client, journey: Journey) -> None:
    for body in JUNK:
        answer = await owner.send("POST", f"/esim-lines/{journey.line}/connections", body)
        assert answer.status_code == 422, f"{body!r:.200}: {answer.text}"
    assert (await owner.get(f"/esim-lines/{journey.line}/reports"))["data"] == []


async def test_a_report_of_an_unknown_line_is_not_found(owner: Client, journey: Journey) -> None:
    for line in ("EL-99999", "8933010000000000017", "Rosa", "%00", "9" * 400, "%F0%9F%98%80"):
        answer = await owner.send("POST", f"/esim-lines/{line}/connections", {"country": "FR"})
        assert answer.status_code in {404, 422}, answer.text
