"""Who can sign in to the pages of a sandbox."""

import stat
from pathlib import Path

import pytest

from models.errors import Refused
from models.people.callers import USER_ROLES
from models.people.sign_in import Visit
from starter.people.sandbox_people import FILE, known, sign_ins, written
from starter.people.sign_in import SignInDesk
from store.session import Database
from tests.builders import ANA, OPERATOR, line, world
from tests.callers.world import who


@pytest.mark.covers("P1", "S8")
async def test_a_sandbox_has_a_person_of_each_role_with_a_private_password(
    database: Database, tmp_path: Path
) -> None:
    assert await sign_ins(OPERATOR, database, tmp_path) == []  # there is no account yet
    await world(database, line(1))
    people = await sign_ins(OPERATOR, database, tmp_path)
    assert [one.role for one in people] == list(USER_ROLES)
    assert len({one.password for one in people}) == len(people)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert await sign_ins(OPERATOR, database, tmp_path) == people == known(tmp_path)
    for one in people:
        assert one.password in written(people)
        assert one.password not in repr(one)
    desk = SignInDesk(database)
    assert (await desk.sign_in(Visit(), people[0].address, people[0].password)).session_id
    with pytest.raises(Refused):
        await sign_ins(await who(database, ANA), database, tmp_path)
