"""A code is shown or its eSIM stops: the second sees what the first has done."""

import asyncio

import pytest
from sqlalchemy import text

from models.codes.shown import ShownCode
from models.errors import Refused
from models.licences.numbers import Change
from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.old_codes import OldCode, old_code
from tests.callers.world import Known, who
from tests.qr_world import codes_of
from tests.store.licences.number_ways import change
from tests.temporal_server import eventually

WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def old(desks: Desks, acme: Known) -> OldCode:
    return await old_code(desks, acme)


@pytest.mark.covers("L25")
@pytest.mark.parametrize("caller", [None, "owner@acme.example"])
async def test_a_code_that_is_asked_for_while_the_esim_stops_is_not_shown(
    caller: str | None, old: OldCode
) -> None:
    desks = old.desks
    who_calls = OPERATOR if caller is None else await who(desks.database, caller)
    async with desks.database.transaction() as connection:
        stop = "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = now() WHERE id = :id"
        await connection.execute(text(stop), {"id": old.sim_id})
        shown: asyncio.Task[ShownCode] = asyncio.create_task(desks.codes.show(who_calls, f"S-{old.sim_id}"))
        await eventually(lambda: run(desks.database, WAITING), lambda rows: rows[0].waiting > 0)
    with pytest.raises(Refused) as refused:
        await shown
    assert codes_of(refused) == ["sim_discarded"]


@pytest.mark.covers("L25")
async def test_once_it_is_shown_the_esim_stops_all_the_same(old: OldCode) -> None:
    desks = old.desks
    shown, stopped = await asyncio.gather(
        desks.codes.show(OPERATOR, f"S-{old.sim_id}"),
        change(desks.database, old.number_id, Change.DELETE),
        return_exceptions=True,
    )
    assert not isinstance(stopped, BaseException)
    assert stopped.esim_stopped
    assert isinstance(shown, ShownCode | Refused)
    with pytest.raises(Refused) as refused:
        await desks.codes.show(OPERATOR, f"S-{old.sim_id}")
    assert codes_of(refused) == ["sim_discarded"]
