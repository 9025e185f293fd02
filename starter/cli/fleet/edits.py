"""`esim-orders fleet set-employee|set-groups|set-iccid`: edit lines and their SIMs (F63, F64)."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.files.text import decoded
from models.fleet.edits import FleetEdit, GroupsMode
from models.identifiers import reference
from models.orders.placement import OrderState
from models.people.callers import Caller
from starter.cli.imports import DryRun, read_file
from starter.cli.orders.place_and_steer import print_state
from starter.cli.output import JsonFlag, print_json, printable, say
from starter.cli.session import order_desk, run, run_at
from wording.counts import listed

if TYPE_CHECKING:
    from starter.fleet.edits import FleetEditDesk

_STDIN = "-"
_MOST_BYTES = 1_000_000
_SEPARATOR = ";"

Lines = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LINE...", help="Phone numbers (+33612345678) or ids (L-42); - reads them from stdin."
    ),
]
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Read the lines from a file, one a row; - is stdin."),
]


def set_employee(  # noqa: PLR0917  options of a command
    lines: Lines = None,
    employee: Annotated[
        str,
        typer.Option(
            "--employee", metavar="EMPLOYEE", help="E-mail address, name or id (E-3); none removes it."
        ),
    ] = "",
    name: Annotated[
        str | None, typer.Option("--name", help="Add an employee of this name if none has the address.")
    ] = None,
    file: File = None,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Set the employee who uses the SIMs in place of lines: of all lines or of none."""
    if not employee.strip():
        raise Refused.because("employee_needed")
    named = _named(lines, file)
    who_uses = None if employee.strip().lower() == "none" else employee
    _edit(
        lambda desk, who: desk.set_employee(who, named, who_uses, name=name, dry_run=dry_run),
        json=json,
    )


def set_groups(  # noqa: PLR0917  options of a command
    lines: Lines = None,
    groups: Annotated[
        str | None, typer.Option("--groups", metavar="GROUPS", help='Names separated by ;: "Sales;Lyon".')
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Keep the present groups.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove only these groups.")] = False,
    create: Annotated[
        bool, typer.Option("--create", help="Create groups that the account does not have.")
    ] = False,
    file: File = None,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Set the management groups of lines and their SIMs in place: of all lines or of none.

    Without --add or --remove the groups are these and no others; --groups "" removes all.
    """
    if groups is None:
        raise Refused.because("groups_needed")
    if add and remove:
        raise Refused.because("groups_contradicted")
    mode = GroupsMode.ADD if add else GroupsMode.REMOVE if remove else GroupsMode.SET
    named = _named(lines, file)
    chosen = [name for name in map(str.strip, groups.split(_SEPARATOR)) if name]
    _edit(
        lambda desk, who: desk.set_groups(who, named, chosen, mode, create=create, dry_run=dry_run),
        json=json,
    )


def set_iccid(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Phone number (+33612345678) or id (L-42).")],
    iccid: Annotated[str, typer.Argument(metavar="ICCID", help="18 to 20 digits.")],
    json: JsonFlag = False,
) -> None:
    """Enter or correct the ICCID of the temporary eSIM that a line has while its order is open."""

    async def call() -> OrderState:
        async with order_desk() as (desk, who):
            return await desk.enter_iccid_of_line(who, line, iccid)

    print_state(run(call), json=json)


def _named(lines: list[str] | None, file: Path | None) -> list[str]:
    """All lines that are given as arguments, in a file, or on stdin."""
    named = [line for line in lines or () if line != _STDIN]
    if _STDIN in (lines or ()) or (file and str(file) == _STDIN):
        named += _rows("stdin", sys.stdin.buffer.read(_MOST_BYTES + 1))
    elif file is not None:
        named += _rows(printable(file), read_file(file, _MOST_BYTES))
    return named


def _rows(source: str, content: bytes) -> list[str]:
    try:
        text = decoded(content)[0] if len(content) <= _MOST_BYTES else None
    except Refused:
        text = None
    if text is None:
        raise Refused.because("file_unreadable", file=source)
    return [row for row in map(str.strip, text.splitlines()) if row]


def _edit(edit: Callable[["FleetEditDesk", Caller], Awaitable[FleetEdit]], *, json: bool) -> None:
    from starter.fleet.edits import FleetEditDesk  # noqa: PLC0415

    edited = run_at(FleetEditDesk, edit)
    if json:
        print_json(edited)
    else:
        say(_summary(edited))


def _summary(edited: FleetEdit) -> str:
    given = f"{listed({'lines': edited.lines})} given"
    if not edited.changed:
        return f"{given}; nothing is different."
    names = ", ".join(reference("L", line_id) for line_id in edited.changed)
    made = "".join(f"; new: {listed({what: number})}" for what, number in edited.created.items())
    result = "a dry run, nothing is written; it would change" if edited.dry_run else "changed:"
    return f"{given}; {result} {names}{made}."
