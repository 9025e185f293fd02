"""`esim-orders db ...`: the tables of the configured database."""

import typer

from starter.cli.output import JsonFlag, print_json, say
from starter.cli.session import run, settings

app = typer.Typer(help="Look after the database's tables.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """Look after the database's tables."""


@app.command()
def upgrade(json: JsonFlag = False) -> None:
    """Bring the tables of the configured database up to date; safe to run again and by several at once."""
    from store import migrations  # noqa: PLC0415  takes long to import, and no other command needs it

    url = settings().database_url

    async def migrate() -> None:
        await migrations.upgrade(url)

    run(migrate)
    revision = migrations.head_revision()
    if json:
        print_json({"revision": revision})
    else:
        say(f"The tables are at revision {revision}.")
