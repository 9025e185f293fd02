"""Print the output of commands: tables for people, JSON for programs, never both."""

import json
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from models.characters import UNPRINTABLE
from models.errors import Refusal
from starter.cli.language import why_not

# no markup or emoji: names may have brackets and colons
console = Console(highlight=False, soft_wrap=False, markup=False, emoji=False)

_WIDE = 120

MOST_ROWS = 10_000_000
"""The largest accepted number of rows: more than there are, and not too large for the database."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def how_many(explained: str) -> Any:
    """The option that limits the number of rows of a list."""
    return typer.Option(min=1, max=MOST_ROWS, help=explained)


def key_of(what: str) -> Any:
    """The option under which a command that is repeated does its work once."""
    return typer.Option(
        "--key", help=f"Idempotency key: the same key is the same {what}; generated if left out."
    )


def between_commas(values: list[str] | None) -> list[str] | None:
    """What an option means that may be repeated, and whose values may have commas: `a,b` is `a` and `b`."""
    if not values:
        return values
    return [part.strip() for value in values for part in value.split(",")]


def print_json(value: Any) -> None:
    """Print one JSON document: models, or lists and dicts of them."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2, default=str), flush=True)


def tell(sentence: str, *, json: bool, **facts: Any) -> None:
    """Say what was done, or print it as a JSON document of these facts."""
    if json:
        print_json(facts)
    else:
        say(sentence)


def print_text(text: str) -> None:
    """Print text for another program, such as CSV, as it is."""
    print(text, end="", flush=True)


def is_wide() -> bool:
    """Whether the terminal is wide enough for the less important columns."""
    return console.width >= _WIDE


def full_time(moment: datetime | None) -> str:
    """Date and time, with the time zone."""
    return f"{column_time(moment)} UTC" if moment else "-"


def column_time(moment: datetime | None) -> str:
    """Date and time in a column whose heading says "(UTC)"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def short_time(moment: datetime | None) -> str:
    """The same in a narrow column: month, day and minute; of another year than the present one the date."""
    if moment is None:
        return "-"
    at = moment.astimezone(UTC)
    return at.strftime("%m-%d %H:%M" if at.year == datetime.now(UTC).year else "%Y-%m-%d")


def say(sentence: str, *, whole: bool = False, where: Console = console) -> None:
    """Print a sentence: in a terminal wrapped between words, otherwise on one line.

    `whole`: on one line in a terminal, too, such as what people copy.
    """
    where.print(safe(sentence), soft_wrap=whole or not where.is_terminal)


def warn(sentence: str) -> None:
    """Print a sentence on stderr, so that it never mixes with output that programs read."""
    print(safe(sentence), file=sys.stderr)


def printable(text: object) -> str:
    """Untrusted text, such as a file name, on one line and without control characters."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(text))


def safe(text: object) -> str:
    """Untrusted text without control characters, such as escape sequences; line breaks are kept.

    All output for people goes through here: arguments, e-mails and answers of other programs are untrusted.
    """
    return "\n".join(printable(line.expandtabs()) for line in str(text).replace("\r\n", "\n").split("\n"))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    whole: Collection[str] = (),
    headings: bool = True,
) -> None:
    """Print a table that fits the terminal; `None` is shown as a dash.

    Columns named in `whole` are never broken into lines, such as numbers that people copy. Others are
    broken between words; a word is cut only where it could not fit otherwise.
    """
    cells = [["-" if cell is None else safe(cell) for cell in row] for row in rows]
    table = Table(title=printable(title), title_justify="left", header_style="bold", show_header=headings)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in cells:
        table.add_row(*row)
    console.print(table)


def print_list(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table if every word fits into its column. Otherwise, as with a long address, print the records
    one below another, so that each can be read and copied as a whole.
    """
    cells = [["-" if cell is None else safe(cell) for cell in row] for row in rows]
    if (widths := _widths([columns, *cells])) is None:
        _print_records(title, columns, cells)
        return
    table = Table(title=printable(title), title_justify="left", header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column, width=width)
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _widths(lines: Sequence[Sequence[str]]) -> list[int] | None:
    """The width of each column of a table that fits the terminal; None if a word would have to be cut."""
    columns = list(zip(*lines, strict=True))
    widths = [
        max(cell_len(word) for cell in column for word in re.split("[ \n]", cell)) for column in columns
    ]
    left = console.width - sum(widths) - 3 * len(widths) - 1
    if left < 0:
        return None
    wanted = [max(map(cell_len, column)) - width for column, width in zip(columns, widths, strict=True)]
    for place, number in enumerate(sorted(range(len(widths)), key=wanted.__getitem__)):
        more = min(wanted[number], left // (len(widths) - place))
        widths[number] += more
        left -= more
    return widths


def _print_records(title: str, columns: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    """The first cell of each row as its heading, the others below it, each with its label."""
    label = max(map(cell_len, columns))
    say(title)
    for heading, *others in cells:
        say(f"\n{heading}")
        for column, cell in zip(columns[1:], others, strict=True):
            begins = f"  {column}" + " " * (label - cell_len(column)) + "  "
            lines = textwrap.wrap(
                cell,
                console.width,
                initial_indent=begins,
                subsequent_indent=" " * (label + 4),
                break_long_words=False,
                break_on_hyphens=False,
            )
            for line in lines or [begins]:
                say(line, whole=True)


def print_facts(title: str, facts: Iterable[tuple[str, object]]) -> None:
    """Print the facts about one thing, one a row; labels are never broken into lines."""
    columns = ("label", "fact")
    print_table(title, columns, facts, whole=("label",), headings=False)


def _has_models(value: Any) -> bool:
    several = isinstance(value, list | tuple) and bool(value)
    return isinstance(value[0] if several else value, BaseModel)


def plain(value: Any) -> Any:
    """The value as JSON has it: models as objects, with the sentence of each refusal."""
    if isinstance(value, Refusal):
        return {"code": value.code, "parameters": value.parameters, "sentence": why_not(value)}
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json")
        return dumped | {name: plain(part) for name in dumped if _has_models(part := getattr(value, name))}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
