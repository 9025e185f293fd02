"""Two administrators who assign at once, at the desk: one succeeds, the other is refused and reads why."""

from typing import Any

import pytest

from models.errors import Refused
from sandbox.postgres import ThrowAwayPostgres
from tests.builders import ACCOUNT, OPERATOR, run
from tests.licences_world import ADAM, OLGA, number_msisdn
from tests.server_log import ServerLog
from tests.starter.licences.files import EID
from tests.store.licences.races import HELD, at_once, holder
from tests.system.licences.office import FREE, HUGO, Office

TIMES = pytest.mark.parametrize(
    "count", [5, pytest.param(50, marks=[pytest.mark.night, pytest.mark.timeout(900)])]
)


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> ServerLog:
    return ServerLog(postgres)


async def in_use(office: Office) -> dict[int, int]:
    """The licences that numbers use, each with its number."""
    rows = await run(office.scene.database, "SELECT id, number_id FROM licences WHERE number_id > 0")
    return {row.id: row.number_id for row in rows}


async def both(office: Office, turn: int, held: bool, *calls: Any) -> tuple[str, Refused]:
    """Who won and who lost: exactly one of each."""
    answers = await at_once(office.scene.database, holder(turn, held), *calls, late=bool(turn % 2))
    (won,) = [answer for answer in answers if isinstance(answer, str)]
    (lost,) = [answer for answer in answers if isinstance(answer, Refused)]
    return won, lost


@pytest.mark.covers("L28", "L20")
@HELD
@TIMES
async def test_of_two_administrators_who_assign_to_one_number_one_wins_with_one_licence(
    office: Office, log: ServerLog, count: int, *, held: bool
) -> None:
    for turn in range(count):
        won, lost = await both(office, turn, held, *(office.assign(user=user) for user in (ADAM, OLGA)))
        first, *others = lost.refusals
        assert (first.code, first.parameters) == ("number_open_order", {"order": won})
        assert {one.code for one in others} <= {"licence_in_use"}, "if both wanted the same licence"
        assert list((await in_use(office)).values()) == [(await office.number()).id]
        await office.scene.desk.cancel(OPERATOR, won)
        assert await in_use(office) == {}
    assert log.circles() == 0


@pytest.mark.covers("L28", "L18", "L19")
@HELD
@TIMES
async def test_of_two_administrators_who_assign_the_last_licence_one_wins(
    office: Office, log: ServerLog, count: int, *, held: bool
) -> None:
    await office.assign(2)
    await office.agents.create_agent(OPERATOR, ACCOUNT, "Hugo", HUGO, eid=EID)
    await office.numbers.change_user(OPERATOR, number_msisdn(3), HUGO)
    for turn in range(count):
        won, lost = await both(office, turn, held, office.assign(1), office.assign(3, user=OLGA))
        (reason,) = lost.refusals
        used = await in_use(office)
        known = {
            "no_free_licence": {"add_on": FREE[1], "used": 2, "bought": 2},
            "licence_in_use": {"number": f"N-{used[max(used)]}"},
        }
        assert reason.parameters == known[reason.code]
        assert len(used) == 2
        await office.scene.desk.cancel(OPERATOR, won)
        assert len(await in_use(office)) == 1
    assert log.circles() == 0
