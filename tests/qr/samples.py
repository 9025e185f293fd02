"""What a file of the corpus is, and what shall become of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file with its name. `refusal` is the code of the only right refusal, None for one that is taken."""

    title: str
    filename: str
    content: bytes
    refusal: str | None = None

    def __repr__(self) -> str:
        return f"Sample({self.title!r})"
