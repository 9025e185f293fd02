"""`esim-orders person ...`: erase the personal data of a person."""

from typing import Annotated

import typer

from models.errors import Refused
from starter.cli.output import JsonFlag, print_json, say, warn
from starter.cli.questions import confirmed
from starter.cli.session import caller, opened, run
from wording.counts import erased as in_words

app = typer.Typer(help="Erase the data of a person.", no_args_is_help=True)

_OUT_OF_REACH = (
    "Not reached from here: mailboxes and the mail server, backups, files that were imported (a later import "
    "brings back whom it names), names of devices and groups. See docs/operations.md."
)


@app.callback()
def people() -> None:
    """Erase the data of a person."""


@app.command(name="erase")
def erase_person(
    who: Annotated[
        str,
        typer.Argument(metavar="ADDRESS|NAME", help="E-mail address, full name, or user:3, employee:12 ..."),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    json: JsonFlag = False,
) -> None:
    """Erase a person from the database, for ever. Orders and their history stay, without the name.

    Refused while something open needs the person. Nothing is to be done in Temporal: it has ids only.
    """
    if not yes:
        would = run(lambda: _erase(who, only_look=True))
        if not confirmed(f"Erase for ever: {in_words(would)}?"):
            raise Refused.because("not_confirmed")
    erased = run(lambda: _erase(who, only_look=False))
    if json:
        print_json({"erased": erased})
    else:
        say(f"Erased: {in_words(erased)}.")
        warn(_OUT_OF_REACH)


async def _erase(who: str, *, only_look: bool) -> dict[str, int]:
    from starter.people.erasure import erase  # noqa: PLC0415  only this command needs it

    async with opened() as database:
        return await erase(await caller(database), database, who, only_look=only_look)
