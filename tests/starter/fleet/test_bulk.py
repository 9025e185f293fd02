"""Bulk actions: the preview says who is refused and why, and only what was shown is done (P6)."""

import pytest

from models.errors import NotFound, Refused, Unavailable
from models.fleet.bulk import Bulk, BulkAction, BulkDone
from models.fleet.grid import InventoryFilter
from models.identifiers import reference
from models.people.callers import Role
from settings import Settings
from starter import callers
from starter.desks import Desks
from store.key_ring import KeyRing
from store.session import Database
from temporal.connection import connect
from tests.builders import ACCOUNT, OPERATOR, DataDesks, ana, as_csv, empty_slot, line, run, world
from tests.fleet_grid import mixed_world

NO_TEMPORAL = "127.0.0.1:9"


async def desks_of(database: Database) -> Desks:
    """All desks, with a Temporal that is away."""
    settings = Settings(
        database_url=database.url, temporal_address=NO_TEMPORAL, secret_keys=KeyRing.new_key()
    )
    return Desks.of(await connect(settings, lazy=True), database, settings)


async def employees_of(database: Database) -> dict[str, str | None]:
    rows = await DataDesks(database).fleet.lines(OPERATOR)
    return {reference("L", row.id): row.sim.employee if row.sim else None for row in rows}


@pytest.mark.covers("P6")
@pytest.mark.parametrize(
    ("action", "accepted", "reasons"),
    [
        (BulkAction.SWITCH_TO_ESIM, 2, {"already_esim": 4, "no_esim_pack": 2, "slot_empty": 1}),
        (BulkAction.REPLACE_ESIM, 3, {"not_an_esim": 2, "no_esim_pack": 2, "slot_empty": 1}),
        (BulkAction.REQUEST_QR_CODES, 3, {"esim_needed": 2, "no_qr_contact": 1, "slot_empty": 1}),
    ],
)
async def test_the_preview_says_who_is_refused_and_why(
    database: Database, action: BulkAction, accepted: int, reasons: dict[str, int]
) -> None:
    await mixed_world(database)
    desks = await desks_of(database)
    shown = await desks.bulk.preview(await ana(database), Bulk(action=action))
    assert (shown.count, shown.accepted, shown.reasons) == (7, accepted, reasons)
    assert shown.refused == len(shown.rows) == 7 - accepted
    empty = next(row for row in shown.rows if row.name == "L-6")
    assert "slot_empty" in [refusal.code for refusal in empty.refusals]
    # as the desk of one line judges it
    for row in shown.rows:
        offers = await desks.fleet.actions(await ana(database), row.name)
        assert [offer.offered for offer in offers if offer.action is action.rule] == [False]


@pytest.mark.covers("P6", "F63")
async def test_what_is_confirmed_is_what_was_shown(database: Database) -> None:
    await mixed_world(database)
    desks, caller = await desks_of(database), await ana(database)
    bulk = Bulk(action=BulkAction.SET_EMPLOYEE, filter=InventoryFilter(provider="Orange"), employee="E-1")
    shown = await desks.bulk.preview(caller, bulk)
    assert (shown.count, shown.accepted, shown.as_job) == (5, 5, False)
    await desks.edits.set_employee(caller, ["L-7"], None)  # meanwhile
    for count, digest in ((shown.count, shown.digest), (shown.count + 1, shown.digest), (5, "other")):
        with pytest.raises(Refused) as refused:
            await desks.bulk.confirm(caller, bulk, count, digest)
        assert refused.value.refusals[0].code == "bulk_changed"
    assert (await employees_of(database))["L-2"] == "Employee 2"
    shown = await desks.bulk.preview(caller, bulk)
    done = await desks.bulk.confirm(caller, bulk, shown.count, shown.digest)
    assert sorted(done.done) == ["L-1", "L-2", "L-4", "L-5", "L-7"]
    found = await employees_of(database)
    assert {found[name] for name in done.done} == {"Employee 1"}
    assert found["L-3"] == "Employee 3"


@pytest.mark.covers("P6")
async def test_a_repeated_confirmation_is_answered_with_what_the_first_one_made(database: Database) -> None:
    await mixed_world(database)
    desks, caller = await desks_of(database), await ana(database)
    bulk = Bulk(action=BulkAction.SET_EMPLOYEE, filter=InventoryFilter(provider="Orange"), employee="E-1")
    shown = await desks.bulk.preview(caller, bulk)

    async def confirm(bulk: Bulk) -> BulkDone:
        return await desks.bulk.confirm(caller, bulk, shown.count, shown.digest, key="monday")

    done = await confirm(bulk)
    assert len(done.done) == 5
    await desks.edits.set_employee(caller, ["L-7"], None)  # a later change is not undone
    assert await confirm(bulk) == done
    assert (await employees_of(database))["L-7"] is None
    with pytest.raises(Refused) as refused:
        await confirm(bulk.model_copy(update={"employee": "E-2"}))
    assert refused.value.refusals[0].code == "key_reused"


@pytest.mark.covers("P6", "A21")
async def test_a_repeated_confirmation_finds_its_job_although_the_rows_have_changed(
    database: Database,
) -> None:
    await world(database, *(line(number) for number in range(1, 28)))
    desks, caller = await desks_of(database), await ana(database)
    bulk = Bulk(action=BulkAction.SET_EMPLOYEE, employee="E-1")
    shown = await desks.bulk.preview(caller, bulk)

    async def confirm() -> BulkDone:
        return await desks.bulk.confirm(caller, bulk, shown.count, shown.digest, key="monday")

    with pytest.raises(Unavailable):
        await confirm()
    await desks.edits.set_employee(caller, ["L-7"], None)
    with pytest.raises(Unavailable):  # its workflow is started again
        await confirm()
    await run(database, "UPDATE jobs SET status = 'done', ended_at = now(), input = NULL")
    (job,) = await desks.jobs.jobs(caller)
    assert (await confirm()).job == job.job_id


@pytest.mark.covers("P6")
async def test_chosen_rows_and_the_packs_of_their_providers(database: Database) -> None:
    await mixed_world(database)
    desks, caller = await desks_of(database), await ana(database)
    chosen = Bulk(action=BulkAction.SWITCH_TO_ESIM, rows=("L-2", "L-4"))
    for packs, codes in (
        ({}, {}),
        ({"Orange": "Orange pack"}, {}),
        ({"Orange": "P-99"}, {"pack_not_eligible": 2}),
        ({"orange": "P-99"}, {"pack_not_eligible": 2}),  # as the filter finds the provider
    ):
        shown = await desks.bulk.preview(caller, chosen.model_copy(update={"packs": packs}))
        assert (shown.count, shown.reasons) == (2, codes)
        said = {row.refusals[0].sentence.partition(";")[2] for row in shown.rows if codes}
        assert said == ({" these are: P-1 Orange pack."} if codes else set())
    shown = await desks.bulk.preview(caller, chosen)
    with pytest.raises(Refused) as refused:
        await desks.bulk.confirm(caller, chosen, shown.count, shown.digest)
    assert refused.value.refusals[0].code == "discard_not_confirmed"
    groups = Bulk(action=BulkAction.SET_GROUPS, rows=("L-6", "L-7"), groups=("Lyon",))
    shown = await desks.bulk.preview(caller, groups)
    done = await desks.bulk.confirm(caller, groups, shown.count, shown.digest)
    assert done.done == ("L-6", "L-7")
    for wrong in (("L-999",), ("42",), ("S-1",)):
        with pytest.raises(NotFound):
            await desks.bulk.preview(caller, groups.model_copy(update={"rows": wrong}))


@pytest.mark.covers("P6", "A21")
async def test_more_than_25_rows_are_a_job_with_a_key_for_each(database: Database) -> None:
    await world(database, *(line(number) for number in range(1, 28)), empty_slot(28))
    desks, caller = await desks_of(database), await ana(database)
    bulk = Bulk(action=BulkAction.SET_EMPLOYEE, employee="E-1")
    shown = await desks.bulk.preview(caller, bulk)
    assert (shown.count, shown.accepted, shown.reasons, shown.as_job) == (28, 27, {"slot_empty": 1}, True)
    for _ in range(2):  # Temporal is away: the same key finds the job that is recorded
        with pytest.raises(Unavailable):
            await desks.bulk.confirm(caller, bulk, shown.count, shown.digest, key="monday")
    jobs = await desks.jobs.jobs(caller)
    assert [(job.kind, job.rows) for job in jobs] == [("set_employee", 27)]


@pytest.mark.covers("P6")
async def test_who_may_only_look_and_who_is_of_another_firm(database: Database) -> None:
    await mixed_world(database)
    desks, data = await desks_of(database), DataDesks(database)
    await data.fleet.import_fleet(OPERATOR, as_csv(empty_slot(90, account="Bolt")))
    await data.users.create_user(OPERATOR, ACCOUNT, "Ben", "ben@acme.example", role=Role.VIEWER)
    await data.users.create_user(OPERATOR, "Bolt", "Cleo", "cleo@bolt.example", role=Role.OWNER)
    bulk = Bulk(action=BulkAction.SET_GROUPS, rows=("L-1",), groups=())
    with pytest.raises(Refused) as refused:
        await desks.bulk.preview(await callers.user(database, "ben@acme.example"), bulk)
    assert refused.value.refusals[0].code == "not_permitted"
    cleo = await callers.user(database, "cleo@bolt.example")
    with pytest.raises(NotFound):
        await desks.bulk.preview(cleo, bulk)
    assert (await desks.bulk.preview(cleo, bulk.model_copy(update={"rows": ()}))).count == 1
    assert await run(database, "SELECT count(*) FROM line_groups WHERE line_id = 1") != [(0,)]
