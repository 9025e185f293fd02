"""`esim-orders payload-keys ...`: the keys that what travels through Temporal is sealed with."""

import typer

from starter.cli.output import JsonFlag, print_json, say

app = typer.Typer(help="Make the keys that payloads in Temporal are sealed with.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Make the keys that payloads in Temporal are sealed with. See docs/encryption.md."""


@app.command()
def new(json: JsonFlag = False) -> None:
    """Print a fresh entry for ESIM_PAYLOAD_KEYS. It is shown once and kept nowhere."""
    from temporal.payloads import PayloadKeys  # noqa: PLC0415  only few commands need it

    key = PayloadKeys.new_key()
    if json:
        print_json({"key": key})
    else:
        say(key)
