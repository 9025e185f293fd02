"""Counts the statements of a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from store.session import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collects the statements that the database executes within the block."""
    found: list[str] = []

    def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
        found.append(statement)

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", executed)
