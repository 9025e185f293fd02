"""What commands print: tables for people, JSON for programs, never both."""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

# no markup or emoji: brackets and colons in names are what they are
console = Console(highlight=False, soft_wrap=False, markup=False, emoji=False)

_WIDE = 120

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(value: Any) -> None:
    """Print one JSON document: models, or lists and dicts of them."""
    print(json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str))


def is_wide() -> bool:
    """Whether there is room for more than the columns that matter most."""
    return console.width >= _WIDE


def warn(sentence: str) -> None:
    """Tell a person something on stderr, so that it never mixes with what programs read."""
    print(sentence, file=sys.stderr)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, whole: Collection[str] = ()
) -> None:
    """Print a table that fits the terminal; `None` is shown as a dash.

    Columns named in `whole` are never broken into lines, such as numbers that people copy.
    """
    table = Table(title=title, title_justify="left", header_style="bold", show_header=any(columns))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    console.print(table)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
