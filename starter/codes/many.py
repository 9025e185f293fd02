"""Import the codes of many SIMs from one file: a table, or a ZIP of pictures named by ICCID (R13).

    many = ManyCodes(desk, caller, progress)
    await many.run(SentFile(content), "codes.zip")
    many.report                                    # also after it was interrupted

All codes are read first, as many pictures at once as there are processors, so that a code which two rows
have is refused for both. Then each row is a transaction of its own at the desk that imports single codes: a
row that is refused changes nothing of the others. The file can be imported again at any time: a SIM that has
its code already stays as it is.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.codes.file import CodeRow, parse_codes
from models.codes.many import CodeOutcome, CodeResult, ManyCodesReport
from models.codes.reading import ReadCode
from models.codes.requests import Imported
from models.errors import Refusal, Refused
from models.files.table import SentFile, Table
from models.identifiers import reference
from models.imports import Problem, Progress
from models.people.callers import Caller, Permission
from qr.archive import Archive, Picture, is_archive, open_archive
from qr.intake import Intake
from starter.codes.code_desk import Brought, CodeDesk
from starter.imports import opened

MOST_AT_ONCE = 8
"""Child processes that read pictures: each may use hundreds of megabytes."""


@dataclass
class _Row:
    """A row while it is imported. The picture is unpacked again for its import, so that memory holds one."""

    row: str
    iccid: str | None
    read: ReadCode | None = field(default=None, repr=False)
    problems: tuple[Problem, ...] = ()
    picture: Picture | None = None
    file_type: str = "typed"
    result: CodeResult | None = None

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Add reasons why it is not imported."""
        self.problems = (*self.problems, *problems)


class ManyCodes:
    """One import. `report` has what is done so far, whatever ends it."""

    def __init__(self, desk: CodeDesk, caller: Caller, progress: Progress | None = None) -> None:
        self._desk, self._caller = desk, caller
        self._progress = progress or (lambda *_: None)
        self._rows: list[_Row] = []
        self._archive: Archive | None = None
        self._table: Table | None = None
        self._dry_run = False

    @property
    def report(self) -> ManyCodesReport:
        """All rows that are known, in the sequence of the file."""
        results = (row.result or CodeResult(row=row.row, iccid=row.iccid) for row in self._rows)
        return ManyCodesReport(
            dry_run=self._dry_run,
            rows=tuple(results),
            not_read=self._archive.not_read if self._archive else (),
            warnings=self._table.warnings.warnings() if self._table else (),
            read=self._table.read if self._table else None,
        )

    async def run(self, file: SentFile, filename: str, *, dry_run: bool = False) -> None:
        """Import every row. Raises `Refused` for a file that cannot be read at all, `Unavailable`; what was
        done before stays done.
        """
        self._dry_run = dry_run
        self._caller.require(Permission.IMPORT_QR_CODES)
        _ = self._desk.keys  # refused before minutes of reading, not after
        if await asyncio.to_thread(is_archive, file.content, filename):
            if file.mapping:
                raise Refused.because("map_of_archive")
            await self._read_pictures(file.content)
        else:
            await self._read_table(file)
        _refuse_repeated(self._rows)
        for done, row in enumerate(self._rows):
            self._progress("Importing", done, len(self._rows))
            await _finished(self._import(row))

    async def _read_table(self, file: SentFile) -> None:
        self._table = await opened(file)
        rows = await asyncio.to_thread(parse_codes, self._table, self._progress)
        self._rows = [_of_table(row) for row in rows]

    async def _read_pictures(self, content: bytes) -> None:
        self._archive = await asyncio.to_thread(open_archive, content)
        self._rows = [_of_picture(picture) for picture in self._archive.pictures]
        at_once = min(MOST_AT_ONCE, os.cpu_count() or 1)
        intake, waiting, done = Intake(at_once), iter(self._rows), 0

        async def read_some() -> None:
            nonlocal done
            for row in waiting:
                if not row.problems:
                    await self._read(intake, row)
                done += 1
                self._progress("Reading", done, len(self._rows))

        try:
            async with asyncio.TaskGroup() as readers:
                for _ in range(at_once):
                    readers.create_task(read_some())
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _read(self, intake: Intake, row: _Row) -> None:
        try:
            content = await asyncio.to_thread(self._content, row)
            found = await intake.read(content, row.row)
        except Refused as refused:
            row.refuse(Problem(column=None, reason=reason) for reason in refused.refusals)
        else:
            row.read, row.file_type = ReadCode(found.code, found.confirmation_code), found.type.value

    def _content(self, row: _Row) -> bytes:
        if self._archive is None or row.picture is None:
            raise TypeError("The row is no picture.")
        return self._archive.content(row.picture)

    async def _import(self, row: _Row) -> None:
        """Import the row; the reasons why not are noted in the history of its SIM."""
        if row.iccid is None:
            row.result = _refused(row, row.problems)
            return
        try:
            brought = await self._brought(row)
            done = await self._desk.import_read(self._caller, row.iccid, brought, dry_run=self._dry_run)
        except Refused as refused:
            more = (Problem(column=None, reason=reason) for reason in refused.refusals)
            row.result = _refused(row, row.problems or tuple(more))
        else:
            row.result = _imported(row, done)

    async def _brought(self, row: _Row) -> Brought | Refused:
        if row.problems or row.read is None:
            return Refused(*(problem.reason for problem in row.problems))
        if row.picture is None:
            return Brought(row.read)
        return Brought(row.read, row.file_type, await asyncio.to_thread(self._content, row))


def _of_table(row: CodeRow) -> _Row:
    return _Row(str(row.line), row.iccid, row.read, row.problems)


def _of_picture(picture: Picture) -> _Row:
    problems = () if picture.problem is None else (Problem(column=None, reason=picture.problem),)
    return _Row(picture.name, picture.iccid, problems=problems, picture=picture)


async def _finished(step: Coroutine[Any, Any, None]) -> None:
    """Wait for a row; one that is written when Ctrl-C comes is written to its end, so that its outcome is
    known.
    """
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _refuse_repeated(rows: Sequence[_Row]) -> None:
    """Refuse all rows of an ICCID that is there twice, and of a code that two SIMs would have."""
    iccids: dict[str, list[_Row]] = defaultdict(list)
    codes: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.iccid:
            iccids[row.iccid].append(row)
        if row.read is not None:
            codes[row.read.code.profile].append(row)
    for same in iccids.values():
        for row, other in _each_with_another(same):
            reason = Refusal.of("iccid_in_another_row", row=other)
            row.refuse([Problem(column="iccid", reason=reason)])
    for same in codes.values():
        for row, other in _each_with_another(same) if len({row.iccid for row in same}) > 1 else ():
            row.refuse([Problem(column=None, reason=Refusal.of("code_in_another_row", row=other))])


def _each_with_another(rows: Sequence[_Row]) -> Iterable[tuple[_Row, str]]:
    """Each of several rows, with the name of another one."""
    return ((row, rows[0 if place else 1].row) for place, row in enumerate(rows) if len(rows) > 1)


def _refused(row: _Row, problems: tuple[Problem, ...]) -> CodeResult:
    return CodeResult(row=row.row, iccid=row.iccid, outcome=CodeOutcome.REFUSED, problems=problems)


def _imported(row: _Row, done: Imported) -> CodeResult:
    changed = CodeOutcome.IMPORTED if done.replaced is None else CodeOutcome.REPLACED
    return CodeResult(
        row=row.row,
        iccid=row.iccid,
        outcome=changed if done.changed else CodeOutcome.UNCHANGED,
        sim=reference("S", done.version.sim_id),
        version=done.version.number,
        answered=done.ended_request,
        sent_by_itself=done.sent_by_itself,
        warnings=done.warnings,
    )
