"""The result of an import: what it changed, or every invalid row."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal, Refused
from models.files.read import FileRead

MAX_ROWS = 100_000
MAX_LISTED = 100
"""The maximum number of reasons in one answer; the others are counted."""

Progress = Callable[[str, int, int], None]
"""Progress callback: what is being done, how many are done, and of how many."""


class Problem(BaseModel):
    """An error or a warning about a row, and the column that it concerns, if any."""

    model_config = ConfigDict(frozen=True)

    column: str | None
    reason: Refusal


class RowNote(Refusal):
    """The errors (`row_invalid`) or warnings (`row_odd`) of a row, identified by its first line in the file,
    or those of a record that is in no file (`subscriber_invalid`).

    `more_rows` counts the rows that are not listed, and has no problems.
    """

    problems: tuple[Problem, ...] = ()

    @property
    def sentence(self) -> str:
        """The line number, then each problem after its column's name."""
        said = (problem.reason.sentence for problem in self.problems)
        return self.with_problems(super().sentence, said)

    def with_problems(self, start: str, sentences: Iterable[str], colon: str = ": ") -> str:
        """The sentence assembled from its translated parts."""
        named = [
            f"{problem.column}{colon}{sentence}" if problem.column else sentence
            for problem, sentence in zip(self.problems, sentences, strict=True)
        ]
        begun = [
            part if problem.column else part[:1].upper() + part[1:]  # behind the full stop of the one before
            for problem, part in zip(self.problems[1:], named[1:], strict=True)
        ]
        return " ".join((start, *named[:1], *begun))


class ImportReport(BaseModel):
    """What an import changed, or with `dry_run` would change. An import is idempotent."""

    model_config = ConfigDict(frozen=True)

    rows: int
    created: dict[str, int] = {}
    changed: dict[str, int] = {}
    warnings: tuple["RowNote", ...] = ()
    dry_run: bool = False
    read: FileRead | None = None
    """How the file was understood."""

    @property
    def stored_warnings(self) -> tuple["RowNote", ...]:
        """The warnings as they may be stored: of a sample of the file only its letters with accents, as it
        may be the name of a person.
        """
        return tuple(note.model_copy(update={"problems": _nameless(note)}) for note in self.warnings)

    @property
    def changes(self) -> int:
        """The number of created and changed records."""
        return sum(self.created.values()) + sum(self.changed.values())


class RowNotes:
    """Problems of the rows of a file, each with its line number, in the order of the file.

    Of a row after the `most` that a list has, only the line is kept: a file may have a hundred thousand.
    """

    def __init__(self, most: int = MAX_LISTED) -> None:
        self._most = most
        self._problems: dict[int, list[Problem]] = {}
        self._last = 0
        self._further: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._problems)

    def add(self, line: int, column: str | None, reason: Refusal) -> None:
        """Add a problem of a line."""
        if len(self._problems) >= self._most and line > self._last:
            self._further.add(line)
            return
        self._last = max(self._last, line)
        self._problems.setdefault(line, []).append(Problem(column=column, reason=reason))

    def take(self, others: "RowNotes") -> None:
        """Add all problems of another instance."""
        for line, problems in others._problems.items():
            for problem in problems:
                self.add(line, problem.column, problem.reason)
        self._further |= others._further - self._problems.keys()

    def by_line(self) -> dict[int, tuple[Problem, ...]]:
        """The problems of each line that is kept."""
        return {line: tuple(problems) for line, problems in self._problems.items()}

    def warnings(self) -> tuple[RowNote, ...]:
        """One warning per line of the file, at most `MAX_LISTED`, then the number of further lines."""
        return self._listed(RowNote.of("row_odd", line=number) for number in sorted(self._problems))

    def refuse(self) -> None:
        """Raise `Refused` with one reason per line if there are problems: all rows are imported or none."""
        if self._problems:
            lines = sorted(self._problems)
            raise Refused(*self._listed(RowNote.of("row_invalid", line=number) for number in lines))

    def refuse_as(self, code: str) -> None:
        """Raise `Refused` with all problems as one reason of this code if there are problems. They are of a
        record that is in no file.
        """
        problems = tuple(problem for found in self._problems.values() for problem in found)
        if problems:
            raise Refused(RowNote.of(code).model_copy(update={"problems": problems}))

    def _listed(self, notes: Iterable[RowNote]) -> tuple[RowNote, ...]:
        shown = [
            note.model_copy(update={"problems": tuple(self._problems[int(note.parameters["line"])])})
            for note in islice(notes, MAX_LISTED)
        ]
        lines = len(self._problems) + len(self._further)
        if lines > MAX_LISTED:
            shown.append(RowNote.of("more_rows", lines=lines - MAX_LISTED))
        return tuple(shown)


def _nameless(note: RowNote) -> tuple[Problem, ...]:
    return tuple(
        problem.model_copy(
            update={
                "reason": problem.reason.model_copy(update={"parameters": {"sample": ", ".join(letters)}})
            }
        )
        if (letters := _accents(problem.reason))
        else problem
        for problem in note.problems
    )


def _accents(reason: Refusal) -> list[str]:
    sample = str(reason.parameters.get("sample", ""))
    return sorted({letter for letter in sample if not letter.isascii()})


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are not zero."""
    return {what: number for what, number in counts.items() if number}
