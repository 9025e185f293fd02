"""`esim-orders db ...`: migrate the configured database, and announce its restore."""

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
    from store.head_revision import head_revision  # noqa: PLC0415

    url = settings().database_url

    async def migrate() -> None:
        await migrations.upgrade(url)

    run(migrate)
    revision = head_revision()
    if json:
        print_json({"revision": revision})
    else:
        say(f"The tables are at revision {revision}.")


@app.command()
def restored(json: JsonFlag = False) -> None:
    """Record that the database was restored from a backup, before workers and portals use it again.

    Readers of the feed of events then continue after what they read before, and miss nothing.
    """
    from store import events  # noqa: PLC0415
    from store.session import Database  # noqa: PLC0415

    async def announce() -> int:
        database = Database(settings().database_url, 1)
        try:
            async with database.transaction() as connection:
                return await events.raise_epoch(connection)
        finally:
            await database.close()

    epoch = run(announce)
    if json:
        print_json({"epoch": epoch})
    else:
        say("The restore is recorded: the feed of events continues after everything that was restored.")
