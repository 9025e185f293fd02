"""How a type of event is described: in a sentence, with an example. The feed says no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class EventType:
    """One type of event that an account sees."""

    sentence: str
    about: tuple[str, ...]
    """Of the example: what it is about, as events name it."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Of the example: what it says."""
    sometimes: tuple[str, ...] = ()
    """What other events of the type say, too."""
    history: tuple[str, ...] = ()
    """What only the history of a record says, which the feed leaves out."""

    @cached_property
    def fields(self) -> frozenset[str]:
        """What the feed may say of an event of the type."""
        return frozenset(self.data).union(self.sometimes)
