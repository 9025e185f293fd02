"""`esim-orders fleet ...`: list, show and import lines with their SIMs, and the actions offered on them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from models.codes.people import people_in
from models.codes.requests import QrHistory
from models.files.table import SentFile
from models.fleet.inventory import LineView, SimKind, SimView
from models.fleet.offers import ActionOffer
from models.identifiers import named, reference
from models.imports import ImportReport, Progress
from models.paging import Page, Position
from models.people.callers import Caller
from starter.cli.codes import tables
from starter.cli.fleet import edits
from starter.cli.imports import DryRun, File, ForAccount, Mapping, SaveMap, import_file
from starter.cli.language import action_label, why_not
from starter.cli.long_lists import Csv, JsonLines, LongList
from starter.cli.output import (
    JsonFlag,
    how_many,
    is_wide,
    print_facts,
    print_json,
    print_table,
    say,
    warn,
)
from starter.cli.session import caller, open_desk, opened, run, settings

if TYPE_CHECKING:
    from starter.fleet.desk import FleetDesk
    from store.session import Database

app = typer.Typer(help="Look at lines and SIMs, edit them, and import a fleet.", no_args_is_help=True)
app.command(name="set-employee", short_help="Set the employee who uses the SIMs of lines.")(
    edits.set_employee
)
app.command(name="set-groups", short_help="Edit the groups of lines and their SIMs.")(edits.set_groups)
app.command(name="set-iccid", short_help="Enter the ICCID of a line's temporary eSIM.")(edits.set_iccid)

Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]
Target = Annotated[
    str, typer.Argument(metavar="LINE", help="Phone number (+33612345678), line (L-42) or SIM (S-12).")
]

SHOWN = 100
"""Lines that a table shows without `--limit`."""
_WHOLE = ("line", "slot", "number", "SIM", "ICCID")
_KINDS = {SimKind.PHYSICAL: "physical", SimKind.ESIM: "eSIM"}


@app.command(name="import")
def import_fleet(  # noqa: PLR0917  options of a command
    file: File,
    account: ForAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import a fleet from a file: all rows or none.

    Its columns: account, device, slot, msisdn, provider, sim_type, iccid, and if wanted distributor,
    employee_name, employee_email, management_groups, employee_language.
    What they hold, with examples: docs/import.md.
    """

    async def take_over(
        fleet: "FleetDesk", who: Caller, content: SentFile, progress: Progress | None
    ) -> ImportReport:
        return await fleet.import_fleet(who, content, dry_run, progress, account=account)

    import_file(file, _importing, take_over, mapping, save=save_map, json=json)


def _importing(database: "Database") -> "FleetDesk":
    from starter.fleet.desk import FleetDesk  # noqa: PLC0415

    chosen = settings()
    return FleetDesk(database, chosen.mail_language, chosen.account_mode)


@app.command(name="list")
def list_lines(  # noqa: PLR0917  options of a command
    account: Account = None,
    group: Annotated[str | None, typer.Option("--group", help="Only lines of this management group.")] = None,
    device: Annotated[str | None, typer.Option("--device", help="Only lines of this device.")] = None,
    kind: Annotated[
        SimKind | None, typer.Option("--kind", help="Only lines with such a SIM in place.")
    ] = None,
    without_code: Annotated[
        bool, typer.Option("--without-code", help="Only lines whose eSIM has no QR code yet.")
    ] = False,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json or --csv.")] = None,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List lines by device and slot. SIM-Temp marks the temporary eSIM of an open order.

    `--csv` has the columns that `fleet import` takes.
    """
    from models.fleet.exported import FILE_COLUMNS, file_cells  # noqa: PLC0415
    from starter.fleet.desk import FleetDesk  # noqa: PLC0415

    printed = LongList(_print_by_account, FILE_COLUMNS, file_cells, json, csv)
    wanted = (limit or SHOWN) if printed.for_people else limit

    async def show_all() -> tuple[bool, bool]:
        async with open_desk(FleetDesk) as (fleet, who):

            async def read(size: int, after: Position | None) -> Page[LineView]:
                return await fleet.lines(
                    who,
                    account,
                    group=group,
                    device=device,
                    kind=kind,
                    without_code=without_code,
                    limit=size,
                    after=after,
                )

            return await printed.show(read, wanted)

    found, more = run(show_all)
    if printed.for_people and not found:
        say("There are no such lines.")
    if printed.for_people and more:
        warn(f"There are more than {wanted} lines; see --limit, --group, --device and --kind.")


def _print_by_account(lines: Sequence[LineView]) -> None:
    for name in dict.fromkeys(line.account for line in lines):
        _print_lines(name, [line for line in lines if line.account == name])


def _print_lines(account: str, lines: list[LineView]) -> None:
    wide = is_wide()
    more = ("ICCID", "groups") if wide else ()
    rows = []
    for line in lines:
        sims = [sim for sim in (line.sim, line.temporary) if sim is not None]
        kinds = "\n".join(sim.mark or _KINDS[sim.kind] for sim in sims) or "empty"
        cells: list[object] = [reference("L", line.id), line.device, line.slot, line.msisdn, line.provider]
        cells += [kinds, line.sim.employee if line.sim else None]
        if wide:
            cells += ["\n".join(sim.iccid or "-" for sim in sims), ", ".join(line.groups) or None]
        rows.append(cells)
    columns = ("line", "device", "slot", "number", "provider", "SIM", "employee", *more)
    print_table(account, columns, rows, whole=_WHOLE)


@app.command()
def show(target: Target, json: JsonFlag = False) -> None:
    """Show a line with its SIMs, or one SIM in any state."""
    from starter.fleet.desk import FleetDesk, names_sim  # noqa: PLC0415

    if names_sim(target) and not json:
        _show_sim(target)
        return

    async def read() -> LineView | SimView:
        async with open_desk(FleetDesk) as (fleet, who):
            return await (fleet.sim(who, target) if names_sim(target) else fleet.line(who, target))

    found = run(read)
    if json:
        print_json(found)
    elif isinstance(found, LineView):
        _print_line(found)


def _show_sim(target: str) -> None:
    from starter.codes.book import CodeBook  # noqa: PLC0415
    from starter.fleet.desk import FleetDesk  # noqa: PLC0415

    async def read() -> tuple[SimView, QrHistory | None, dict[str, str]]:
        async with opened() as database:
            who = await caller(database)
            sim = await FleetDesk(database).sim(who, target)
            if sim.kind is not SimKind.ESIM or sim.mark:  # F25, F45: it has no code, or none yet
                return sim, None, {}
            codes = CodeBook(database)
            history = await codes.history(who, target)
            return sim, history, await codes.people(who, target, people_in(history))

    sim, history, people = run(read)
    _print_sim(reference("S", sim.id), sim)
    if history is not None:
        tables.print_section(sim, history, people)


def _print_line(line: LineView) -> None:
    facts = [
        ("number", line.msisdn),
        ("place", f"{line.device}, slot {line.slot}"),
        ("account", line.account),
        ("provider", line.provider),
        ("groups", ", ".join(line.groups) or None),
        ("open order", line.open_order),
    ]
    print_facts(reference("L", line.id), facts)
    if line.sim is None:
        say("The slot is empty.")
    else:
        _print_sim(f"SIM in place, {reference('S', line.sim.id)}", line.sim)
    if line.temporary is not None:
        _print_sim(f"{line.temporary.mark}, {reference('S', line.temporary.id)}", line.temporary)


def _print_sim(title: str, sim: SimView) -> None:
    discarded = f" since {sim.discarded_at:%Y-%m-%d %H:%M} UTC" if sim.discarded_at else ""
    facts = [
        ("ICCID", sim.iccid),
        ("kind", _KINDS[sim.kind]),
        ("state", (sim.mark or sim.state.value.replace("_", " ")) + discarded),
        ("provider", sim.provider),
        ("distributor", sim.distributor),
        ("employee", sim.employee and f"{sim.employee} ({sim.employee_language})"),
        ("groups", ", ".join(sim.groups) or None),
        ("from order", sim.order_id),
        ("holder", named(sim.holder or "") or None),
    ]
    print_facts(title, facts)


@app.command()
def actions(
    target: Target,
    user: Annotated[str, typer.Option("--user", help="Who asks: e-mail address or id (U-3).")],
    json: JsonFlag = False,
) -> None:
    """Show the three actions on a line or SIM, and why one is not offered."""
    from starter.fleet.desk import FleetDesk  # noqa: PLC0415

    async def read() -> list[ActionOffer]:
        async with open_desk(FleetDesk, user) as (fleet, who):
            return await fleet.actions(who, target)

    found = run(read)
    if json:
        print_json(found)
        return
    rows = [
        (
            action_label(offer.action),
            "yes" if offer.offered else "no",
            "\n".join(why_not(refusal) for refusal in offer.refusals),
        )
        for offer in found
    ]
    print_table("Actions", ("action", "offered", "why not"), rows)
