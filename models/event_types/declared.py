"""How a type of event is described: in one sentence, with an example of what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
