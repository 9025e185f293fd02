"""The confirmation code belongs to one version of a SIM's code, and has the same fate (R8)."""

import pytest

from models.codes.activation import ActivationCode
from models.codes.confirmation import parse_confirmation_code
from models.errors import Refused
from models.orders.lifecycle import OrderKind
from models.people.callers import AllAccounts
from store.codes import codes
from store.session import Database
from tests.builders import acknowledge, iccid, place, process
from tests.qr_world import QrWorld, code, codes_of, qr_world


async def current(qr: QrWorld) -> tuple[ActivationCode, str | None]:
    async with qr.database.transaction() as connection:
        found = await codes.current(connection, AllAccounts(), qr.keys, 1)
    return found.code, found.confirmation_code


@pytest.mark.covers("R8")
async def test_a_new_version_never_shows_the_confirmation_code_of_an_earlier_one(database: Database) -> None:
    qr = await qr_world(database)
    first = await qr.take(1, 1, confirmation_code="4711")
    assert await current(qr) == (code(1), "4711")
    second = await qr.take(1, 2)
    assert await current(qr) == (code(2), None)
    await qr.take(1, 3, confirmation_code="0815")
    assert await current(qr) == (code(3), "0815")
    async with database.transaction() as connection:
        for version, asked in ((first, "4711"), (second, None)):
            kept = await codes.version(connection, AllAccounts(), qr.keys, version.version.id)
            assert kept.confirmation_code == asked


@pytest.mark.covers("R8")
async def test_the_same_code_with_another_confirmation_code_is_a_new_version(database: Database) -> None:
    qr = await qr_world(database)
    first = await qr.take(confirmation_code="4711")
    await qr.download_link(await qr.notify(first.version.id), first.version.id)
    for same in ("4711", None):
        again = await qr.take(confirmation_code=same)
        assert (again.changed, again.version.number) == (False, 1)
    other = await qr.take(confirmation_code="4712")
    assert (other.changed, other.version.number, other.dead_links) == (True, 2, 1)
    assert await current(qr) == (code(1), "4712")


@pytest.mark.covers("R8")
async def test_the_confirmation_code_of_a_discarded_sim_is_shown_to_no_caller(database: Database) -> None:
    qr = await qr_world(database)
    await qr.take(confirmation_code="4711")
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    with pytest.raises(Refused) as refused:
        await current(qr)
    assert codes_of(refused) == ["sim_discarded"]


@pytest.mark.covers("R8")
@pytest.mark.parametrize("typed", ["", "  \n", "47\n11", "\u202e4711", "1" * 65])
def test_what_is_no_confirmation_code_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_confirmation_code(typed)
    assert codes_of(refused) == ["confirmation_code_invalid"]
    assert "4711" not in str(refused.value)


@pytest.mark.covers("R8")
def test_a_confirmation_code_is_taken_as_the_issuer_wrote_it() -> None:
    assert parse_confirmation_code(" aB-47 11\n") == "aB-47 11"
