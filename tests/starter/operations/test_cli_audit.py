"""`esim-orders audit`: what was changed, by whom and when."""

import json

import pytest

from store.session import Database
from tests.builders import ANA, line, place, world
from tests.starter.shell import Shell


@pytest.mark.covers("A17")
async def test_changes_are_listed_newest_first_and_by_record(shell: Shell, database: Database) -> None:
    await world(database, line(1), line(2))
    for number in (1, 2):
        await place(database, number)

    found = json.loads(shell.run("audit", "--type", "order", "--about", "+33639980002", "--json").out)
    everything = json.loads(shell.run("audit", "--json").out)

    assert [entry["type"] for entry in found] == ["order.submitted"]
    assert "line:2" in found[0]["about"]
    assert found[0] == everything[0]
    of_ana = shell.run("audit", "--actor", ANA, "--limit", "1")
    assert "order.submitted" in of_ana.out
    assert "No such change" in shell.run("audit", "--until", "2001-01-01").out
    assert "no such record" in shell.run("audit", "--about", "+33699999999", code=2).err
