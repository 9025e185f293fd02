"""What an import answers: what it changed, or every row that is wrong."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal, Refused

MAX_ROWS = 100_000
MAX_LISTED = 100
"""Reasons listed in one answer; more are counted."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it goes."""


class Problem(BaseModel):
    """What is wrong or odd with a row, and the column it is about, if it is about one."""

    model_config = ConfigDict(frozen=True)

    column: str | None
    reason: Refusal


class RowNote(Refusal):
    """What is wrong (`row_invalid`) or odd (`row_odd`) with a row, told by its first line in the file.

    `more_rows` counts the lines that are not listed, and has no problems.
    """

    problems: tuple[Problem, ...] = ()

    @property
    def sentence(self) -> str:
        """The line's number, then each problem after the name of its column."""
        said = (problem.reason.sentence for problem in self.problems)
        return self.with_problems(super().sentence, said)

    def with_problems(self, start: str, sentences: Iterable[str], colon: str = ": ") -> str:
        """The whole sentence, in the language of its parts."""
        named = (
            f"{problem.column}{colon}{sentence}" if problem.column else sentence
            for problem, sentence in zip(self.problems, sentences, strict=True)
        )
        return " ".join((start, *named))


class ImportReport(BaseModel):
    """What an import changed, or with `dry_run` would change. A file imported again changes nothing."""

    model_config = ConfigDict(frozen=True)

    rows: int
    created: dict[str, int] = {}
    changed: dict[str, int] = {}
    warnings: tuple["RowNote", ...] = ()
    dry_run: bool = False

    @property
    def changes(self) -> int:
        """How many records are new or different."""
        return sum(self.created.values()) + sum(self.changed.values())


class RowNotes:
    """Problems of the rows of a file, each with its line number, in the order of the file."""

    def __init__(self) -> None:
        self._problems: dict[int, list[Problem]] = {}

    def __bool__(self) -> bool:
        return bool(self._problems)

    def add(self, line: int, column: str | None, reason: Refusal) -> None:
        """Say something about a line."""
        self._problems.setdefault(line, []).append(Problem(column=column, reason=reason))

    def take(self, others: "RowNotes") -> None:
        """Add what was said elsewhere."""
        for line, problems in others._problems.items():
            self._problems.setdefault(line, []).extend(problems)

    def warnings(self) -> tuple[RowNote, ...]:
        """One warning a line of the file, at most `MAX_LISTED`, then how many more there are."""
        return self._listed(RowNote.of("row_odd", line=number) for number in sorted(self._problems))

    def refuse(self) -> None:
        """Raise `Refused` with one reason a line, if anything was said at all: all rows or none."""
        if self._problems:
            lines = sorted(self._problems)
            raise Refused(*self._listed(RowNote.of("row_invalid", line=number) for number in lines))

    def _listed(self, notes: Iterable[RowNote]) -> tuple[RowNote, ...]:
        shown = [
            note.model_copy(update={"problems": tuple(self._problems[int(note.parameters["line"])])})
            for note in islice(notes, MAX_LISTED)
        ]
        if len(self._problems) > MAX_LISTED:
            shown.append(RowNote.of("more_rows", lines=len(self._problems) - MAX_LISTED))
        return tuple(shown)


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Only what there is some of."""
    return {what: number for what, number in counts.items() if number}
