"""SQL statements that a process of tests compiles once, instead of once for the engine of each test.

Each test has a database and an engine of its own, but all servers are of one version and asked by one driver:
what SQLAlchemy makes of a statement is the same for all of them.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

MOST = 5_000
"""Statements that are kept, of which the product and its tests have fewer."""

Key = tuple[Any, ...]


class Compiled(LRUCache[Key, Any]):
    """SQLAlchemy's cache of an engine, whose keys begin with the engine's dialect; here it is the same for
    all of a kind.
    """

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __getitem__(self, key: Key) -> Any:
        return super().__getitem__(_shared(key))

    def __setitem__(self, key: Key, value: Any) -> None:
        super().__setitem__(_shared(key), value)


def _shared(key: Key) -> Key:
    return (type(key[0]), *key[1:])


_COMPILED = Compiled(MOST)


def sharing_engine(*url: Any, **how: Any) -> AsyncEngine:
    """`create_async_engine`, of an engine that shares its compiled statements."""
    engine = create_async_engine(*url, **how)
    engine.sync_engine._compiled_cache = _COMPILED
    return engine
