"""`esim-orders catalogue ...`: list and import order packs."""

from typing import TYPE_CHECKING, Annotated

import typer

from models.catalogue.views import CatalogueItem
from models.files.table import SentFile
from models.identifiers import reference
from models.imports import ImportReport, Progress
from models.people.callers import Caller
from starter.cli.imports import DryRun, File, ForAccount, Mapping, SaveMap, import_file
from starter.cli.output import JsonFlag, is_wide, print_json, print_table, say
from starter.cli.session import open_desk, run

if TYPE_CHECKING:
    from starter.catalogue.desk import CatalogueDesk

app = typer.Typer(help="Look at order packs, and import a catalogue.", no_args_is_help=True)


@app.command(name="import")
def import_catalogue(  # noqa: PLR0917  options of a command
    file: File,
    account: ForAccount = None,
    mapping: Mapping = None,
    save_map: SaveMap = False,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Import order packs and order contacts from a file: all rows or none.

    Its columns: account, pack, section, item, provider, esim, distributor, and if wanted
    order_contact_name, order_contact_email, order_contact_language, available.
    What they hold, with examples: docs/import.md.
    """
    from starter.catalogue.desk import CatalogueDesk  # noqa: PLC0415

    async def take_over(
        catalogue: "CatalogueDesk", caller: Caller, content: SentFile, progress: Progress | None
    ) -> ImportReport:
        return await catalogue.import_catalogue(caller, content, dry_run, progress, account=account)

    import_file(file, CatalogueDesk, take_over, mapping, save=save_map, json=json)


@app.command(name="list")
def list_packs(
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    json: JsonFlag = False,
) -> None:
    """List the items of all order packs, withdrawn packs too, and the contacts orders are sent to."""
    from starter.catalogue.desk import CatalogueDesk  # noqa: PLC0415

    async def read() -> list[CatalogueItem]:
        async with open_desk(CatalogueDesk) as (catalogue, caller):
            return await catalogue.catalogue(caller, account)

    found = run(read)
    if json:
        print_json(found)
        return
    if not found:
        say("There are no order packs.")
    for name in dict.fromkeys(item.account for item in found):
        items = [item for item in found if item.account == name]
        _print_items(name, items)
        _print_contacts(items)


def _print_items(account: str, items: list[CatalogueItem]) -> None:
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


def _print_contacts(items: list[CatalogueItem]) -> None:
    rows: list[tuple[str, str | None, str, str | None]] = []
    for distributor in dict.fromkeys(item.distributor for item in items):
        contacts = next(item.order_contacts for item in items if item.distributor == distributor)
        rows += [(distributor, contact.name, contact.email, contact.language) for contact in contacts]
        if not contacts:
            rows.append((distributor, None, "none: its orders will be held", None))
    print_table("Order contacts", ("distributor", "name", "address", "language"), rows)
