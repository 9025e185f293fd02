"""Travel eSIMs are imported into the stock all or none, with their codes encrypted."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from models.errors import Refused
from models.people.callers import AllAccounts, Caller
from models.travel.kinds import AddLine
from models.travel.stock_views import StockState
from starter.fleet.desk import FleetDesk
from starter.travel.stock import StockDesk
from store.codes import codes
from store.key_ring import KeyRing
from store.reencryption import reencrypt
from store.session import Database
from tests.builders import OPERATOR, as_csv, iccid, line, run
from tests.starter.travel.files import code, esim, stock_file
from tests.travel_orders import processed
from tests.travel_world import add_subscriber, add_travel_plan


def row_codes(refused: Refused) -> list[tuple[object, str | None, str]]:
    """Line, column and code of every problem."""
    return [
        (note.parameters["line"], problem.column, problem.reason.code)
        for note in refused.refusals
        for problem in note.problems  # type: ignore[attr-defined]
    ]


@pytest.mark.covers("T12", "T37", "R8")
async def test_an_imported_esim_is_in_stock_with_its_encrypted_codes(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    secret = esim(1, activation_code=f"{code(1)}$$1", confirmation_code="4711", ends_on="2099-12-31")
    dry = await desk.import_stock(adam, None, stock_file(secret, esim(2, profile=2)), dry_run=True)
    assert (dry.dry_run, dry.created, await desk.esims(adam)) == (True, {"providers": 1, "eSIMs": 2}, [])
    report = await desk.import_stock(adam, None, stock_file(secret, esim(2, profile=2)))
    assert report.created == {"providers": 1, "eSIMs": 2}
    second, first = await desk.esims(adam)
    assert (first.iccid, first.profile, str(first.ends_on), first.provider) == (
        iccid(80_001),
        7,
        "2099-12-31",
        "Acme",
    )
    assert (second.profile, second.ends_on) == (2, None)
    assert {one.state for one in (first, second)} == {StockState.FREE}
    ring = KeyRing(keys)
    async with database.transaction() as connection:
        stored = await codes.current(connection, AllAccounts(), ring, first.sim_id)
        assert (str(stored.code), stored.version.number) == (f"{code(1)}$$1", 1)
        assert stored.confirmation_code == "4711"
        stored = await codes.current(connection, AllAccounts(), ring, second.sim_id)
        assert (str(stored.code), stored.confirmation_code) == (code(2), None)
    rows = await run(
        database, "SELECT confirmation_code FROM qr_versions WHERE confirmation_code IS NOT NULL"
    )
    assert [b"4711" in row.confirmation_code for row in rows] == [False]
    assert [one.profile for one in await desk.esims(adam, profile=2)] == [2]
    assert await desk.esims(adam, state="on-line") == []


@pytest.mark.covers("T37")
async def test_what_is_known_already_is_refused_with_its_row_and_nothing_is_imported(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await add_subscriber(database)
    plan = await add_travel_plan(database)
    await desk.import_stock(adam, None, stock_file(esim(1), esim(2)))
    await processed(database, AddLine(subscriber_id=1, plan_id=plan))
    before = await desk.esims(adam)
    with pytest.raises(Refused) as refused:
        await desk.import_stock(
            adam,
            None,
            stock_file(
                esim(3),
                esim(4, iccid=iccid(80_001)),
                esim(5, iccid=iccid(80_002)),
                esim(6, activation_code=code(1).replace("smdp", "SMDP")),
                esim(7, activation_code=code(2)),
                esim(8, iccid=iccid(1)),
            ),
        )
    assert row_codes(refused.value) == [
        (3, "iccid", "iccid_elsewhere"),
        (4, "iccid", "iccid_in_stock"),
        (5, "activation_code", "code_elsewhere"),
        (6, "activation_code", "code_in_stock"),
        (7, "iccid", "iccid_elsewhere"),
    ]
    assert await desk.esims(adam) == before


@pytest.mark.covers("R1", "R2", "R4", "R5")
async def test_whatever_holds_a_code_is_read_and_what_holds_none_is_named(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    link = f"https://esimsetup.apple.com/esim_qrcode_provisioning?carddata={quote(code(1), safe='')}"
    small = "LPA:1$smdp.travel.example$travel-3"
    rows = (
        esim(1, activation_code=link),
        esim(2, activation_code=quote(code(2), safe="")),
        esim(3, activation_code=small),
    )
    report = await desk.import_stock(adam, None, stock_file(*rows))
    (warning,) = report.warnings
    assert (warning.parameters["line"], [found.reason.code for found in warning.problems]) == (
        4,
        ["code_in_small_letters"],
    )
    async with database.transaction() as connection:
        found = [
            str((await codes.current(connection, AllAccounts(), KeyRing(keys), one.sim_id)).code)
            for one in await desk.esims(adam)
        ]
    assert sorted(found) == sorted((code(1), code(2), small))
    with pytest.raises(Refused) as refused:
        await desk.import_stock(
            adam,
            None,
            stock_file(
                esim(4, activation_code="https://provider.example/esim"),
                esim(5, activation_code=f"{code(5)}$4711"),
                esim(6, activation_code=small.upper().replace("LPA:1$SMDP", "LPA:1$smdp")),
            ),
        )
    assert [found[2] for found in row_codes(refused.value)] == [
        "web_address_instead",
        "confirmation_code_in_code",
    ]


@pytest.mark.covers("T37")
async def test_every_invalid_row_is_reported(desk: StockDesk, adam: Caller) -> None:
    with pytest.raises(Refused) as refused:
        await desk.import_stock(
            adam,
            None,
            stock_file(
                esim(1),
                esim(2, iccid=iccid(80_001)),
                esim(3, activation_code=code(1)),
                esim(4, iccid="12"),
                esim(5, profile=100),
                esim(6, profile=""),
                esim(7, activation_code="nonsense"),
                esim(8, activation_code=f"{code(8)}$$1"),
                esim(9, ends_on="31.12.2027"),
                esim(10, ends_on="2027-02-29"),
                esim(11, confirmation_code="4711" * 20),
            ),
        )
    assert row_codes(refused.value) == [
        (3, "iccid", "same_iccid_before"),
        (4, "activation_code", "same_code_before"),
        (5, "iccid", "iccid_invalid"),
        (6, "profile", "profile_invalid"),
        (7, "profile", "cell_empty"),
        (8, "activation_code", "activation_code_invalid"),
        (9, "confirmation_code", "confirmation_code_needed"),
        (10, "ends_on", "cell_no_day"),
        (11, "ends_on", "cell_no_day"),
        (12, "confirmation_code", "confirmation_code_invalid"),
    ]
    assert code(1) not in str(refused.value)
    assert "4711" not in str(refused.value)


@pytest.mark.covers("T36", "T37")
async def test_an_esim_that_has_ended_is_imported_with_a_warning_and_not_handed_out(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    (row,) = await run(database, "SELECT (esim_now() AT TIME ZONE 'UTC')::date AS today")
    ended = esim(1, ends_on=row.today - timedelta(days=1))
    report = await desk.import_stock(adam, None, stock_file(ended, esim(2, ends_on=row.today)))
    (warning,) = report.warnings
    assert [problem.reason.code for problem in warning.problems] == ["esim_ended"]
    states = {one.iccid: one.state for one in await desk.esims(adam)}
    assert states == {iccid(80_001): StockState.ENDED, iccid(80_002): StockState.FREE}
    (profile,) = await desk.profiles(adam)
    assert profile.free == 1


@pytest.mark.covers("T36")
async def test_a_fleet_file_takes_no_esim_from_the_stock(
    database: Database, desk: StockDesk, adam: Caller
) -> None:
    await desk.import_stock(adam, None, stock_file(esim(1)))
    fleet = as_csv(line(9, sim_type="esim", iccid=iccid(80_001)))
    with pytest.raises(Refused):
        await FleetDesk(database).import_fleet(OPERATOR, fleet)
    assert [one.state for one in await desk.esims(adam)] == [StockState.FREE]


@pytest.mark.covers("W8")
async def test_a_confirmation_code_is_encrypted_anew_when_the_keys_are_rotated(
    database: Database, desk: StockDesk, adam: Caller, keys: str
) -> None:
    rows = (esim(number, confirmation_code=str(4700 + number)) for number in range(1, 13))
    await desk.import_stock(adam, None, stock_file(*rows, esim(13)))
    new = KeyRing.new_key()
    assert await reencrypt(database, KeyRing(f"{new},{keys}")) == 13
    alone = KeyRing(new)
    async with database.transaction() as connection:
        found = {
            (await codes.current(connection, AllAccounts(), alone, one.sim_id)).confirmation_code
            for one in await desk.esims(adam)
        }
    assert found == {None, *(str(4700 + number) for number in range(1, 13))}
    assert await reencrypt(database, alone) == 0
