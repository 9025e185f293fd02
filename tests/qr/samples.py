"""What a file of the corpus is, and what shall become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Sample:
    """A file with its name. `refusal` is the code of the only right refusal, None for one that is taken."""

    title: str
    filename: str
    make: Callable[[], bytes]
    refusal: str | None = None

    @cached_property
    def content(self) -> bytes:
        return self.make()

    def __repr__(self) -> str:
        return f"Sample({self.title!r})"
