"""What a sample of a route's call is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.people.callers import Permission
from tests.callers.world import Known


@dataclass(frozen=True)
class Sample:
    """A call of a route, named `METHOD /path` as it is declared; another one of it has a word after that."""

    path: Callable[[Known], dict[str, str]] = lambda _: {}
    """What is filled into the path, of these known records: ids of Acme, or ids that no account has."""
    json: Callable[[Known], Any] | None = None
    """The body."""
    query: Callable[[Known], dict[str, Any]] = lambda _: {}
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """A body that is not JSON."""
    needs: Permission | None = None
    """What the call requires instead of the permission that its route declares."""
    also: frozenset[str] = frozenset()
    """Permissions, any of which is enough besides the declared one."""
    names_nothing: bool = False
    """It sees or makes the caller's own records alone: no id of another account can be named."""
