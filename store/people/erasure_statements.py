"""Builds the statements that erase a person, from the declarations of the columns (`store.personal`).

A row belongs to the person if `_WHOSE` says so or if it has a foreign key to their record.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Column, MetaData, Table

import store.tables  # noqa: F401  loads every table into the metadata
from store.personal import ERASED, Erase, declared
from store.row import Row

PEOPLE = ("users", "employees", "contacts", "agents", "subscribers")
"""The tables of people. The parameters with the ids of a person's records have the same names."""
_WRITTEN = (
    "SELECT email_text_id FROM qr_rounds WHERE sent_by = ANY(:references) AND email_text_id IS NOT NULL"
)
# of notes that another service wrote
_NOTED = """
SELECT CAST(data ->> 'note' AS bigint) FROM events
WHERE type IN ('order.submitted', 'order.refused', 'order.cancelled') AND data ? 'note'
    AND actor = ANY(:references)
"""
_WHOSE: Mapping[str, str] = {
    **{people: f"id = ANY(:{people})" for people in PEOPLE},
    "qr_email_texts": f"id IN ({_WRITTEN})",
    "order_notes": f"(written_by = ANY(:references) OR id IN ({_NOTED}))",
    "origins": "actor = ANY(:references)",
}
"""The condition for rows that belong to the person without a foreign key."""
_OURS = "(cardinality(CAST(:accounts AS bigint[])) = 0 OR account_id = ANY(:accounts))"

_COUNTED: Mapping[tuple[str, Erase], str | None] = {
    ("qr_email_texts", Erase.REPLACE): "email_texts",
    ("qr_email_texts", Erase.ADDRESS): "copies",
    ("qr_email_texts", Erase.MENTIONS): "mentions",
    ("order_notes", Erase.REPLACE): "notes",
    ("licence_requests", Erase.REPLACE): "notes",
    ("licence_requests", Erase.MENTIONS): "mentions",
    ("order_notes", Erase.MENTIONS): "mentions",
    ("webhooks", Erase.MENTIONS): "mentions",
    ("webhook_attempts", Erase.MENTIONS): "mentions",
    ("qr_notifications", Erase.ADDRESS): "notifications",
    ("contact_roles", Erase.DELETE_ROW): None,
    ("inventory_rows", Erase.REPLACE): None,
    ("inventory_views", Erase.DELETE_ROW): None,
    ("inventory_defaults", Erase.DELETE_ROW): None,
    ("origins", Erase.REPLACE): None,
    ("identities", Erase.DELETE_ROW): None,
    ("passwords", Erase.DELETE_ROW): None,
    ("sessions", Erase.DELETE_ROW): None,
}
"""The name under which the rows of a statement are counted, if it is not the table; None: not counted."""


@dataclass(frozen=True)
class Statement:
    """An SQL statement with the parameters of `store.people.erasure`, and the name for counting its rows."""

    sql: str
    counted_as: str | None


def statements(metadata: MetaData = Row.metadata) -> list[Statement]:
    """All statements, in the sequence of their execution. Raises `LookupError` for a table with personal data
    whose rows cannot be attributed to a person.
    """
    tables = metadata.sorted_tables
    return [
        *_each(tables, Erase.REPLACE, _replaced, Erase.BLANK),
        *_each(tables, Erase.MENTIONS, _without_mentions),
        *_each(tables, Erase.ADDRESS, _without_address),
        *_each(reversed(tables), Erase.DELETE_ROW, _deleted),
    ]


def _each(
    tables: Iterable[Table], erase: Erase, build: Callable[[Table, list[Column[Any]]], str], *more: Erase
) -> Iterable[Statement]:
    """A statement for each table with columns to which erasure does this."""
    wanted = {erase, *more}
    for table in tables:
        columns = [column for column in table.columns if wanted & _erase(column)]
        if columns:
            yield Statement(build(table, columns), _COUNTED.get((table.name, erase), table.name))


def _erase(column: Column[Any]) -> frozenset[Erase]:
    found = declared(column.info)
    return found.erase if found else frozenset()


def _whose(table: Table) -> str:
    """The condition for the rows of the person."""
    if table.name in _WHOSE:
        return _WHOSE[table.name]
    referring = [
        f"{key.parent.name} = ANY(:{people})"
        for key in table.foreign_keys
        for people in PEOPLE
        if key.target_fullname == f"{people}.id"
    ]
    if not referring:
        raise LookupError(f"{table.name} has personal data, but nothing says which rows are a person's.")
    return f"({' OR '.join(sorted(referring))})"


def _replaced(table: Table, columns: list[Column[Any]]) -> str:
    """Replace texts, except in rows that were erased before: so they are not counted again."""
    values = {column.name: _erased(column) for column in columns}
    sets = ", ".join(f"{name} = {value}" for name, value in values.items())
    changed = " OR ".join(f"{name} IS DISTINCT FROM {value}" for name, value in values.items())
    again = "" if table.name in PEOPLE else f" AND ({changed})"
    return f"UPDATE {table.name} SET {sets} WHERE {_whose(table)}{again}"  # noqa: S608  names of our own


def _erased(column: Column[Any]) -> str:
    if Erase.BLANK in _erase(column):
        return "NULL"
    if isinstance(column.type, ARRAY):
        name, all_of_them = (
            column.name,
            f"array_fill(CAST({ERASED} AS varchar), ARRAY[cardinality({column.name})])",
        )
        return f"(CASE WHEN cardinality({name}) = 0 THEN {name} ELSE {all_of_them} END)"
    found = declared(column.info)
    return found.erased if found else ERASED


def _without_mentions(table: Table, columns: list[Column[Any]]) -> str:
    """Replace mentions within texts. Texts are searched in Unicode NFC, so that a name is found also where an
    accent is a character of its own. A text that is changed is stored in NFC.
    """
    texts = {column.name: f"normalize({column.name}, NFC)" for column in columns}
    sets = ", ".join(
        f"{name} = regexp_replace({nfc}, :mention, {ERASED}, 'gi')" for name, nfc in texts.items()
    )
    found = " OR ".join(f"{nfc} ~* :mention" for nfc in texts.values())
    return f"UPDATE {table.name} SET {sets} WHERE {_OURS} AND ({found})"  # noqa: S608


def _without_address(table: Table, columns: list[Column[Any]]) -> str:
    sets = ", ".join(f"{column.name} = {_address_erased(column)}" for column in columns)
    found = " OR ".join(
        f"EXISTS (SELECT FROM unnest({column.name}) AS one WHERE lower(one) = :address)"
        if isinstance(column.type, ARRAY)
        else f"lower({column.name}) = :address"
        for column in columns
    )
    return f"UPDATE {table.name} SET {sets} WHERE {found}"  # noqa: S608


def _address_erased(column: Column[Any]) -> str:
    if isinstance(column.type, ARRAY):
        return (
            f"ARRAY(SELECT CASE WHEN lower(one) = :address THEN {ERASED} ELSE one END "  # noqa: S608
            f"FROM unnest({column.name}) WITH ORDINALITY AS all_of_them(one, place) ORDER BY place)"
        )
    erased = "NULL" if column.nullable else ERASED
    return f"CASE WHEN lower({column.name}) = :address THEN {erased} ELSE {column.name} END"


def _deleted(table: Table, _: list[Column[Any]]) -> str:
    return f"DELETE FROM {table.name} WHERE {_whose(table)}"  # noqa: S608


ERASED_ADDRESS = _erased(Row.metadata.tables["users"].c.email)
"""The e-mail address of an erased user, as an SQL expression over `users`."""
