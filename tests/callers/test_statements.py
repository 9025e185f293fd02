"""What a caller of one account has the database read: first within the account, then by what was found."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from models.people.callers import Role
from starter.desks import Desks
from store.row import Row
from store.session import Database
from tests.builders import ACCOUNT
from tests.callers.samples import SAMPLES
from tests.callers.walk import LISTS, answered
from tests.callers.world import Known, who

ACCOUNT_TABLES = {table.name for table in Row.metadata.tables.values() if "account_id" in table.columns} | {
    "accounts"
}
FROM = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
OF_ACCOUNT = re.compile(r"(account_id|accounts\.id) = \$\d")
OF_RECORD = re.compile(
    r"\b(id|sim_id|request_id|job_id|holder|subject|recipient) = \$\d"
    r"|\border_id IN \(\$\d|\bgroup_id IN \(\$\d|\b(?:\w+_)?id = ANY ?\((?:CAST\(\(SELECT )?\$\d"
    r"|about @> \$\d"
)
_FILES = {"FleetDesk.import_fleet", "CatalogueDesk.import_catalogue", "NumberDesk.import_numbers"}
_FILES |= {"StockDesk.import_stock"}
"""They read all of the inventory that a file names, once its accounts were found to be the caller's; and
whether a code is one of any account.
"""


@contextmanager
def reading(database: Database) -> Iterator[list[str]]:
    """The statements, from now on, that read tables whose rows are an account's."""
    found: list[str] = []

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().startswith("SELECT") and set(FROM.findall(statement)) & ACCOUNT_TABLES:
            found.append(" ".join(statement.split()))

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


def _check(name: str, statements: list[str]) -> None:
    for number, statement in enumerate(statements):
        if OF_ACCOUNT.search(statement):
            continue
        assert number > 0, f"{name} reads before it asks for the account: {statement}"
        assert OF_RECORD.search(statement), f"{name} reads what belongs to anybody: {statement}"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OWNER])
async def test_a_call_asks_for_the_account_first_and_then_by_what_it_found(
    role: Role, desks: Desks, acme: Known
) -> None:
    caller = await who(desks.database, f"{role}@acme.example")
    for name, sample in SAMPLES.items():
        if not sample.names_nothing and name not in _FILES:
            with reading(desks.database) as statements:
                await answered(sample.call(desks, caller, acme, ACCOUNT))
            assert statements or sample.needs.endswith("_travel"), name
            _check(name, statements)
    for name, call in LISTS.items():
        with reading(desks.database) as statements:
            await answered(call(desks, caller))
        _check(name, statements)
