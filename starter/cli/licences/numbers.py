"""`esim-orders number ...`: list, show, import and change the numbers of agents."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.files.table import SentFile
from models.imports import ImportReport, Progress
from models.licences.changes import ChangeResult
from models.licences.views import NumberView
from models.people.callers import Caller
from starter.cli.imports import DryRun, File, ForAccount, Mapping, SaveMap, import_file
from starter.cli.licences import assignments, tables
from starter.cli.licences.desks import Account, Key, Number
from starter.cli.output import JsonFlag, how_many, print_json, warn
from starter.cli.questions import at_terminal, confirmed
from starter.cli.session import call_at, connected, kept_open, run_at, settings

if TYPE_CHECKING:
    from starter.licences.book import NumberBook
    from starter.licences.numbers import NumberDesk
    from store.session import Database

app = typer.Typer(help="Numbers of agents: list, import, assign and change.", no_args_is_help=True)
app.command()(assignments.assign)
app.command()(assignments.replace)
app.command()(assignments.resend)

Yes = Annotated[bool, typer.Option("--yes", help="Change it without asking.")]
SHOWN = 100
"""Numbers that a table shows without `--limit`."""


@app.command(name="import")
def import_numbers(  # noqa: PLR0917  options of a command
    file: File,
    account: ForAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import numbers with their agents from a file: all rows or none.

    Its columns: account, msisdn, line_type (direct or shared), provider, distributor, agent_name,
    agent_email, and if wanted agent_language, agent_eid, phone_supports_esim.
    What they hold, with an example: docs/import.md.
    """

    async def take_over(
        book: "NumberBook", who: Caller, content: SentFile, progress: Progress | None
    ) -> ImportReport:
        return await book.import_numbers(who, content, dry_run, progress, account=account)

    import_file(file, _book, take_over, mapping, save=save_map, json=json)


def _book(database: "Database") -> "NumberBook":
    from starter.licences.book import NumberBook  # noqa: PLC0415

    return NumberBook(database, settings().number_recoverable_for)


@app.command(name="list")
def list_numbers(  # noqa: PLR0917  options of a command
    account: Account = None,
    agent: Annotated[
        str | None, typer.Option("--agent", help="Only numbers of this agent: e-mail address or AG-4.")
    ] = None,
    assigned: Annotated[
        bool | None, typer.Option("--assigned/--unassigned", help="Only with, or without, a licence.")
    ] = None,
    held: Annotated[
        bool, typer.Option("--held", help="Only those whose order or change is held and waits for a person.")
    ] = False,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List numbers with their agents and assignments: licence, eSIM, open order.

    An eSIM that its provider should have been asked to stop, suspend or resume by now is marked; `number
    show` says why it was not, and how to continue.
    """
    shown = limit or SHOWN
    wanted = limit if json else shown + 1
    found = run_at(
        _book,
        lambda book, who: book.numbers(who, account, agent=agent, assigned=assigned, held=held, limit=wanted),
    )
    if json:
        print_json(found)
        return
    tables.print_numbers(found[:shown])
    if len(found) > shown:
        warn(f"There are more than {shown} numbers; see --limit, --agent and --assigned.")


@app.command()
def show(number: Number, json: JsonFlag = False) -> None:
    """Show a number with its agent and assignment, and everything that happened to it."""

    async def read(book: "NumberBook", who: Caller) -> tuple[NumberView, dict[str, str]]:
        found = await book.number(who, number)
        return found, {} if json else await book.people(who, found)

    found, people = run_at(_book, read)
    if json:
        print_json(found)
    else:
        tables.print_number(found, people)


@app.command(name="change-user")
def change_user(  # noqa: PLR0917  options of a command
    number: Number,
    agent: Annotated[
        str | None, typer.Argument(metavar="[AGENT]", help="E-mail address or id (AG-4).")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="No agent uses it any more.")] = False,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Change the agent who uses a number. Its eSIM stops at once; assign another one afterwards."""
    if none is (agent is not None):
        raise Refused.because("agent_needed")
    _ask_and_change(
        number,
        lambda desk, who: desk.change_user(who, number, agent, key=key),
        "Change who uses this number?",
        yes=yes,
        json=json,
    )


@app.command()
def convert(
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="direct|shared", help="What it becomes.")],
    key: Key = None,
    json: JsonFlag = False,
) -> None:
    """Convert a shared line to a direct number, which can have an eSIM, or back."""
    _change(lambda desk, who: desk.convert(who, number, to, key=key), json=json)


@app.command()
def suspend(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    key: Key = None,
    json: JsonFlag = False,
) -> None:
    """Suspend a number: its eSIM is off; the licence stays in use and is charged."""
    _change(lambda desk, who: desk.suspend(who, number, reason, key=key), json=json)


@app.command()
def resume(number: Number, key: Key = None, json: JsonFlag = False) -> None:
    """Resume a suspended number and its eSIM."""
    _change(lambda desk, who: desk.resume(who, number, key=key), json=json)


@app.command(name="stop-esim")
def stop_esim(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="lost|stolen", help="Why.")],
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Stop the eSIM of a lost or stolen phone at once; its licence is free. `replace` stops it, too."""
    _ask_and_change(
        number,
        lambda desk, who: desk.stop_esim(who, number, reason, key=key),
        "Stop the eSIM of this number?",
        yes=yes,
        json=json,
    )


@app.command()
def delete(number: Number, key: Key = None, yes: Yes = False, json: JsonFlag = False) -> None:
    """Delete a number. Its eSIM stops at once and its licence is free; for some time it can be recovered."""
    _ask_and_change(
        number,
        lambda desk, who: desk.delete(who, number, key=key),
        "Delete this number?",
        yes=yes,
        json=json,
    )


@app.command()
def recover(number: Number, key: Key = None, json: JsonFlag = False) -> None:
    """Recover a deleted number, without its agent and eSIM: change its user and assign a licence again."""
    _change(lambda desk, who: desk.recover(who, number, key=key), json=json)


Change = Callable[["NumberDesk", Caller], Awaitable[ChangeResult]]


def _change(change: Change, *, json: bool) -> None:
    from starter.licences.numbers import NumberDesk  # noqa: PLC0415

    tables.print_change(call_at(NumberDesk, change), json=json)


def _ask_and_change(number: str, change: Change, question: str, *, yes: bool, json: bool) -> None:
    """Ask before the eSIM of a number stops, which cannot be undone."""
    from starter.licences.numbers import NumberDesk  # noqa: PLC0415

    async def made(desk: "NumberDesk", who: Caller) -> ChangeResult:
        return await change(desk, who)

    with kept_open(connected(NumberDesk)) as ((desk, who), call):
        if not yes:
            found = call(desk.number(who, number))
            if _ends_something(found):
                _ask(found, question)
        result = call(made(desk, who))
    tables.print_change(result, json=json)


def _ends_something(found: NumberView) -> bool:
    return found.sim_id is not None or found.open_order is not None


def _ask(found: NumberView, question: str) -> None:
    if not at_terminal():
        raise Refused.because("confirmation_needed")
    warn(tables.what_ends(found))
    if not confirmed(question, otherwise="Nothing was changed."):
        raise Refused.because("not_confirmed")
