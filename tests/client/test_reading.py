"""Lists to their end, records by any name, files, other formats, and answers of a newer API."""

import asyncio
import json
from pathlib import Path

import pytest

from esim_orders_client import EsimOrders, File, RefusedError, models
from tests.callers.world import Known
from tests.client.conftest import Here

pytestmark = pytest.mark.covers("W4")


async def test_lists_are_read_to_their_end_page_by_page(here: Here) -> None:
    all_at_once = await here.waits(lambda client: client.lines.list(limit=100))
    assert not all_at_once.has_more
    before = len(here.between.heads)
    one_by_one = await here.waits(lambda client: list(client.lines.iterate(limit=1)))
    assert one_by_one == list(all_at_once)
    assert len(here.between.heads) - before == len(one_by_one) > 2
    async with here.asynchronous() as client:
        assert [line async for line in client.lines.iterate(limit=2)] == one_by_one


async def test_a_list_is_asked_for_as_far_as_it_is_read(here: Here) -> None:
    await here.waits(lambda client: next(iter(client.lines.iterate(limit=1))))
    assert len(here.between.heads) == 1


async def test_records_are_found_by_number_or_id(here: Here, acme: Known) -> None:
    number = await here.waits(lambda client: client.lines.get("+33639980004"))
    assert number == await here.waits(lambda client: client.lines.get(acme.line))
    assert number.id == acme.line


async def test_what_is_expanded_and_filtered_is_asked_for(here: Here, acme: Known) -> None:
    order = await here.waits(lambda client: client.orders.get(acme.order, expand=["events"]))
    assert order.events is not None
    assert order.events[0].type == "order.submitted"
    listed = await here.waits(
        lambda client: client.orders.list(status="submitted", open=True, line=acme.line)
    )
    assert [each.id for each in listed] == [acme.order]


async def test_null_removes_and_what_is_left_out_stays(here: Here) -> None:
    def ask(client: EsimOrders) -> list[str | None]:
        client.account.change(contact_email="fleet@acme.example")
        kept = client.account.change(language="fr").contact_email
        return [kept, client.account.change(contact_email=None).contact_email]

    assert await here.waits(ask) == ["fleet@acme.example", None]


async def test_what_has_not_changed_is_not_sent_again(here: Here, acme: Known) -> None:
    def ask(client: EsimOrders) -> list[models.Order]:
        return [client.orders.get(acme.order) for _ in range(3)]

    first, *others = await here.waits(ask, remember=8)
    assert others == [first, first]
    assert len(set(here.between.sent("if-none-match"))) == 1
    assert len(here.between.sent("if-none-match")) == 2


async def test_files_are_sent_and_sent_again(here: Here, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("account,device\n")
    here.between.faults = [b"HTTP/1.1 503 -\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"]
    files: tuple[File, ...] = (fleet, ("fleet.csv", fleet.read_bytes()))
    for file in files:

        def ask(client: EsimOrders, file: File = file) -> None:
            client.jobs.make_from_file(kind="import_fleet", file=file, dry_run=True)

        with pytest.raises(RefusedError) as refused:
            await here.waits(ask)
        assert "column" in refused.value.detail.lower()


async def test_other_formats_are_bytes(here: Here) -> None:
    csv = await here.waits(lambda client: client.licence_charges.get_as(format="csv"))
    assert b"licence" in csv.splitlines()[0]
    assert (await here.waits(lambda client: client.sims.show_qr_code_as("S-1", format="png")))[
        :4
    ] == b"\x89PNG"
    code = await here.waits(lambda client: client.sims.show_qr_code("S-1"))
    assert code.activation_code.startswith("LPA:1$")
    assert code.activation_code not in repr(code)
    assert code.matching_id not in f"{code}"


async def test_answers_of_a_newer_api_are_read(here: Here, acme: Known) -> None:
    known = await here.waits(lambda client: client.orders.get(acme.order))
    newer = json.loads(known.model_dump_json()) | {"status": "teleported", "priority": 7}
    read = models.Order.model_validate_json(json.dumps(newer))
    assert read.status == "teleported"
    assert read.model_extra == {"priority": 7}


def test_a_misspelt_field_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="lines"):
        models.SwapBody(kind="switch_to_esim", lines="L-1")  # type: ignore[call-arg]


async def test_one_client_serves_many_threads(here: Here) -> None:
    with here.client() as client:
        pages = await asyncio.gather(*(asyncio.to_thread(client.lines.list) for _ in range(20)))
    assert len({page.model_dump_json() for page in pages}) == 1
