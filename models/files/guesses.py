"""Which mapping would give a file the columns that it lacks, so that no person has to find it (R12).

A guess is only ever said, never used.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from models.files.plain import plain

_VALUES = {
    "account": "ACCOUNT",
    "slot": "1",
    "sim_type": "physical",
    "line_type": "direct",
    "esim": "yes",
    "section": "SIM Cards",
    "profile": "PROFILE",
    "currency": "EUR",
    "distributor": "DISTRIBUTOR",
    "provider": "PROVIDER",
}
"""What one value of all rows may say, by column; a word in capitals is to be replaced."""
_ALIKE = 0.75
"""How alike a heading and a usual one of a column are, of 1, so that the one may be the other."""
_LONG = 5
"""Letters of a heading that, within another one, says enough."""


def suggested(needed: Sequence[str], free: Sequence[str], also: Mapping[str, Sequence[str]]) -> list[str]:
    """An entry for each column that is needed. `free`: the headings of the file that mean nothing yet."""
    guessed = _guesses(needed, free, also)
    lone = [heading for heading in free if heading not in guessed.values()]
    without = [column for column in needed if column not in guessed and column not in _VALUES]
    if len(lone) == len(without) == 1:
        guessed[without[0]] = lone[0]
    return [_entry(column, guessed.get(column)) for column in needed]


def _entry(column: str, heading: str | None) -> str:
    if heading is None and column in _VALUES:
        return f'"{_VALUES[column]}"={column}'
    return f"{heading or 'HEADING'}={column}"


def _guesses(needed: Sequence[str], free: Sequence[str], also: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The most alike heading of each column, each heading once."""
    scored = sorted(
        (
            (-_alike(heading, name), place, column, heading)
            for place, column in enumerate(needed)
            for heading in free
            for name in (column, *also.get(column, ()))
        ),
    )
    guessed: dict[str, str] = {}
    for score, _, column, heading in scored:
        if -score >= _ALIKE and column not in guessed and heading not in guessed.values():
            guessed[column] = heading
    return guessed


def _alike(heading: str, name: str) -> float:
    shorter, longer = sorted((plain(heading), plain(name)), key=len)
    if len(shorter) >= _LONG and shorter in longer:
        return _ALIKE + len(shorter) / len(longer) / 10
    return SequenceMatcher(None, shorter, longer, autojunk=False).ratio()
