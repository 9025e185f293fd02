"""What an import answers: what it changed, or every row that is wrong."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal, Refused

MAX_ROWS = 100_000
MAX_LISTED = 100
"""Reasons listed in one answer; more are counted."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it goes."""


class ImportReport(BaseModel):
    """What an import changed, or with `dry_run` would change. A file imported again changes nothing."""

    model_config = ConfigDict(frozen=True)

    rows: int
    created: dict[str, int] = {}
    changed: dict[str, int] = {}
    warnings: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def changes(self) -> int:
        """How many records are new or different."""
        return sum(self.created.values()) + sum(self.changed.values())


class RowNotes:
    """Sentences about the rows of a file, each told with its line number, in the order of the file."""

    def __init__(self) -> None:
        self._sentences: dict[int, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def add(self, line: int, sentence: str) -> None:
        """Say something about a line."""
        self._sentences.setdefault(line, []).append(sentence)

    def take(self, others: "RowNotes") -> None:
        """Add what was said elsewhere."""
        for line, sentences in others._sentences.items():
            self._sentences.setdefault(line, []).extend(sentences)

    def lines(self) -> tuple[str, ...]:
        """One text a line of the file, at most `MAX_LISTED`, then how many more there are."""
        numbers = sorted(self._sentences)
        shown = [f"Line {number}: {' '.join(self._sentences[number])}" for number in numbers[:MAX_LISTED]]
        if len(numbers) > MAX_LISTED:
            shown.append(f"And {len(numbers) - MAX_LISTED} more lines.")
        return tuple(shown)

    def refuse(self) -> None:
        """Raise `Refused` with one reason a line, if anything was said at all: all rows or none."""
        if self._sentences:
            raise Refused(*(Refusal(code="row_invalid", sentence=line) for line in self.lines()))


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Only what there is some of."""
    return {what: number for what, number in counts.items() if number}
