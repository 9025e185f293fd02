"""`esim-orders catalogue ...`: the order packs that may be ordered."""

from typing import Annotated

import typer

from models.identifiers import reference
from models.imports import ImportReport, Progress
from models.inventory import PackView
from starter.cli.imports import DryRun, File, import_file
from starter.cli.output import JsonFlag, console, is_wide, print_json, print_table
from starter.cli.session import inventory, run
from starter.inventory import Inventory

app = typer.Typer(help="Look at order packs, and import a catalogue.", no_args_is_help=True)


@app.command(name="import")
def import_catalogue(file: File, dry_run: DryRun = False, json: JsonFlag = False) -> None:
    """Take over order packs and order contacts from a CSV file: all rows or none."""

    async def take_over(stock: Inventory, content: bytes, told: Progress | None) -> ImportReport:
        return await stock.import_catalogue(content, dry_run, told)

    import_file(file, take_over, json=json)


@app.command(name="list")
def list_packs(
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    json: JsonFlag = False,
) -> None:
    """List the items of all order packs, withdrawn packs too."""

    async def read() -> list[PackView]:
        async with inventory() as stock:
            return await stock.catalogue(account)

    found = run(read)
    if json:
        print_json(found)
        return
    if not found:
        console.print("There are no order packs.")
    for name in dict.fromkeys(item.account for item in found):
        _print_items(name, [item for item in found if item.account == name])


def _print_items(account: str, items: list[PackView]) -> None:
    wide = is_wide()
    rows = []
    for item in items:
        name = item.name if item.available else f"{item.name} (withdrawn)"
        cells: list[object] = [reference("P", item.id), name, item.item, item.provider]
        rows.append(
            [*cells, "yes" if item.esim else "no", item.distributor, *([item.section] if wide else [])]
        )
    more = ("section",) if wide else ()
    columns = ("pack", "name", "item", "provider", "eSIM", "distributor", *more)
    print_table(account, columns, rows, whole=("pack", "eSIM", "section"))
