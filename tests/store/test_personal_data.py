"""Every column says whether it holds personal data, and erasing a person follows from that in every table."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.types import UserDefinedType

import store
from starter.people.erasure import erase
from store import events
from store.people import erasure_statements
from store.people.erasure_statements import PEOPLE, statements
from store.personal import Erase, declared, not_personal, personal
from store.row import Row
from store.session import Database
from tests.builders import OPERATOR, line, run, world
from tests.declared_events import any_row_of

ADDRESS = "sentinella@acme.example"


def _metadata() -> MetaData:
    """That of all modules of `store`, whichever defines tables."""
    for module in pkgutil.walk_packages(store.__path__, "store."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    return Row.metadata


def _columns() -> Iterator[Column[object]]:
    for table in _metadata().sorted_tables:
        yield from table.columns


def _holds_text_or_data(column: Column[object]) -> bool:
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, String | JSON | LargeBinary | UserDefinedType)


def _refers_to_deleted(column: Column[object]) -> bool:
    """Whether its row refers to one that erasing a person deletes."""
    return any(
        Erase.DELETE_ROW in found.erase
        for key in column.foreign_keys
        if key.column.name == "id"
        for target in key.column.table.columns
        if (found := declared(target.info))
    )


@pytest.mark.covers("W6")
def test_every_column_of_text_json_or_bytes_says_whether_it_holds_personal_data() -> None:
    silent = [
        f"{column.table.name}.{column.name}"
        for column in _columns()
        if (_holds_text_or_data(column) or _refers_to_deleted(column)) and declared(column.info) is None
    ]
    assert silent == [], "declare personal(...) or not_personal(why): see store/personal.py"


def test_every_declaration_says_what_is_erased_or_why_nothing_is() -> None:
    found = {column: declared(column.info) for column in _columns()}
    assert all(bool(said.erase) != bool(said.why_not) for said in found.values() if said)
    assert sum(bool(said and said.erase) for said in found.values()) > 15


@pytest.mark.covers("W6")
def test_a_process_that_erases_knows_all_tables() -> None:
    """In a process of its own, which loads nothing but what erasing loads."""
    program = "from store.people.erasure_statements import Row; print(*sorted(Row.metadata.tables))"
    known = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert known.split() == sorted(_metadata().tables)


@pytest.mark.covers("W6")
def test_every_personal_column_is_in_a_statement() -> None:
    _metadata()
    written = [statement.sql for statement in statements()]
    for column in _columns():
        said = declared(column.info)
        for how in said.erase if said else ():
            verb = (
                f"DELETE FROM {column.table.name} "
                if how is Erase.DELETE_ROW
                else f"UPDATE {column.table.name} "
            )
            named = [sql for sql in written if sql.startswith(verb)]
            assert any(how is Erase.DELETE_ROW or column.name in sql for sql in named), (column, how)


SOCKS = (
    "CREATE TABLE socks (id bigint PRIMARY KEY, account_id bigint, employee_id bigint REFERENCES employees, "
    "label text, size text, kept text, copies varchar[] NOT NULL, owner text NOT NULL, washed text)"
)
SOCK = (
    "INSERT INTO socks SELECT {id}, e.account_id, {whose}, 'Sentinella', 'XL', 'red', ARRAY['a@b.example', "
    "'" + ADDRESS.upper() + "'], '" + ADDRESS + "', 'by Sentinella Grandi' FROM employees e "
    "WHERE e.email = '" + ADDRESS + "'"
)


def _socks() -> MetaData:
    """A table that this application does not have, which refers to employees."""
    metadata = MetaData()
    Table("employees", metadata, Column("id", BigInteger, primary_key=True))
    Table(
        "socks",
        metadata,
        Column("id", BigInteger, primary_key=True),
        Column("account_id", BigInteger),
        Column("employee_id", ForeignKey("employees.id"), info=personal(Erase.BLANK)),
        Column("label", String, info=personal(Erase.REPLACE)),
        Column("size", String, info=personal(Erase.BLANK)),
        Column("kept", String, info=not_personal("a colour")),
        Column("copies", ARRAY(String), nullable=False, info=personal(Erase.ADDRESS)),
        Column("owner", String, nullable=False, info=personal(Erase.ADDRESS)),
        Column("washed", String, info=personal(Erase.MENTIONS)),
    )
    return metadata


@pytest.mark.covers("W6")
async def test_a_new_table_is_erased_by_what_its_columns_declare(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the table says how."""
    both = [*statements(_socks()), *statements()]
    monkeypatch.setattr(erasure_statements, "statements", lambda: both)
    monkeypatch.setattr(events, "row_of", any_row_of)  # the event counts the new table's rows
    await world(database, line(1, employee_name="Sentinella Grandi", employee_email=ADDRESS))
    try:
        for statement in (SOCKS, SOCK.format(id=1, whose="e.id"), SOCK.format(id=2, whose="NULL")):
            await run(database, statement)
        counts = await erase(OPERATOR, database, ADDRESS)
        theirs, others = await run(database, "SELECT * FROM socks ORDER BY id")
        erased = (["a@b.example", "erased"], "erased", "by erased")
        assert tuple(theirs)[2:] == (None, "erased", None, "red", *erased)
        assert tuple(others)[2:] == (None, "Sentinella", "XL", "red", *erased)
        assert counts["socks"] == 1 + 2 + 2, "rows by what was done to them"
    finally:
        await run(database, "DROP TABLE IF EXISTS socks")


def test_a_table_of_which_nothing_says_whose_its_rows_are_is_refused() -> None:
    metadata = MetaData()
    Table("socks", metadata, Column("label", String, info=personal(Erase.REPLACE)))
    with pytest.raises(LookupError, match="socks has personal data"):
        statements(metadata)


async def test_every_statement_runs_on_an_empty_database(database: Database) -> None:
    values = {
        **{key: [] for key in (*PEOPLE, "accounts", "references")},
        "address": "",
        "mention": r"\m\M",
    }
    async with database.transaction() as connection:
        for statement in statements():
            assert (await connection.execute(text(statement.sql), values)).rowcount == 0
