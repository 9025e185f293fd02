"""ICCIDs of a file that a spreadsheet may have rounded (R9).

One ICCID in ten thousand ends like a rounded one and has a right check digit. So such a row is taken with a
warning if few of the file are so, and refused if many are: then a spreadsheet has rounded them all.
"""

from models.errors import Refusal
from models.identifiers import ends_as_rounded
from models.imports import RowNotes

_FEW = 100
"""One of so many may end so."""


class RoundedIccids:
    """Collects the ICCIDs of a file that end like rounded ones."""

    def __init__(self) -> None:
        self._all = 0
        self._rounded: list[int] = []

    def add(self, line: int, cell: str) -> None:
        """Add the cell of a row, as it is written: one that is marked as a text was not rounded."""
        self._all += 1
        if ends_as_rounded(cell):
            self._rounded.append(line)

    def judge(self, wrong: RowNotes, warnings: RowNotes) -> None:
        """Once all rows are read: report these rows as wrong, or as odd."""
        many = len(self._rounded) * _FEW > self._all
        for line in self._rounded:
            if many:
                wrong.add(line, "iccid", Refusal.of("iccid_rounded"))
            else:
                warnings.add(line, "iccid", Refusal.of("iccid_ends_with_zeros"))
