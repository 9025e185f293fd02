"""`esim-orders qr keys ...`: the keys that QR codes and their files are sealed with."""

import typer

from starter.cli.output import JsonFlag, print_json, say
from starter.cli.session import run, settings
from store.session import Database

app = typer.Typer(help="Make and change the keys that codes are sealed with.", no_args_is_help=True)


@app.command()
def new(json: JsonFlag = False) -> None:
    """Print a fresh key for ESIM_SECRET_KEYS. It is shown once and kept nowhere."""
    from store.secrets import KeyRing  # noqa: PLC0415  only few commands need it

    key = KeyRing.new_key()
    if json:
        print_json({"key": key})
    else:
        say(key)


@app.command()
def reseal(json: JsonFlag = False) -> None:
    """Seal all codes and files with the first of the keys; then the others may be left out.

    To change the key: add the new one at the end of ESIM_SECRET_KEYS of every process, then put it first
    in every process, then run this, and only then leave the old one out.
    """
    from store.resealing import reseal as seal_anew  # noqa: PLC0415
    from store.secrets import KeyRing  # noqa: PLC0415

    chosen = settings()
    keys = KeyRing(chosen.secret_keys)

    async def call() -> int:
        database = Database(chosen.database_url, chosen.database_pool_size)
        try:
            return await seal_anew(database, keys)
        finally:
            await database.close()

    count = run(call)
    if json:
        print_json({"resealed": count})
    else:
        say(f"Sealed anew: {count}. Everything is under the first key.")
