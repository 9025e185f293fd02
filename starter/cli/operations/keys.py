"""`esim-orders keys ...`: the keys that QR codes, their files and payloads in Temporal are encrypted with."""

import typer

from starter.cli.output import JsonFlag, print_json, say
from starter.cli.session import run, settings

app = typer.Typer(
    help="Make and rotate the keys that codes and payloads are encrypted with.", no_args_is_help=True
)


@app.command()
def new(json: JsonFlag = False) -> None:
    """Print a new key, for ESIM_SECRET_KEYS or ESIM_PAYLOAD_KEYS. It is shown once and stored nowhere.

    Use another key for each of the two settings.
    """
    from store.key_ring import KeyRing  # noqa: PLC0415  only few commands need it

    key = KeyRing.new_key()
    if json:
        print_json({"key": key})
    else:
        say(key)


@app.command()
def reencrypt(json: JsonFlag = False) -> None:
    """Encrypt all codes and files with the first of ESIM_SECRET_KEYS; then the others may be removed.

    To rotate the key: add the new one at the end of ESIM_SECRET_KEYS of every process, then put it first
    in every process, then run this, and only then remove the old one. API keys change to the first key when
    they are used; those that were not are named.
    """
    from starter.operations.component_checks import depend_on_old_keys  # noqa: PLC0415
    from store.key_ring import KeyRing  # noqa: PLC0415
    from store.people.api_keys import depending  # noqa: PLC0415
    from store.reencryption import reencrypt as encrypt_again  # noqa: PLC0415
    from store.session import Database  # noqa: PLC0415

    chosen = settings()
    keys = KeyRing(chosen.secret_keys)

    async def call() -> tuple[int, list[str]]:
        database = Database(chosen.database_url, chosen.database_pool_size)
        try:
            count = await encrypt_again(database, keys)
            async with database.reading() as connection:
                old = await depending(connection, keys)
            return count, [key for keys_ in old.values() for key in keys_]
        finally:
            await database.close()

    count, old = run(call)
    if json:
        print_json({"reencrypted": count, "api_keys": old})
    else:
        encrypted = f"Encrypted again: {count}. Everything is encrypted with the first key."
        say(encrypted + depend_on_old_keys(old))
