"""`esim-orders qr import|show`: import the QR code of a SIM, and show it.

A code is a secret: it is never an argument, and only `show` prints it.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.codes.requests import Imported
from models.errors import EsimError, Refused
from models.identifiers import reference
from starter.cli.codes import notifications, pictures
from starter.cli.codes.arguments import Sim, SomeUser
from starter.cli.codes.tables import came_as
from starter.cli.imports import read_file
from starter.cli.language import cautioned
from starter.cli.output import JsonFlag, full_time, print_json, printable, say, warn
from starter.cli.questions import answer, at_terminal
from starter.cli.session import qr_desk, run
from wording.counts import DEAD_LINKS, counted

if TYPE_CHECKING:
    from models.codes.shown import ShownCode

_TYPED = "-"
_LONGEST_TYPED = 4096
_SENT = "The number's agent gets it by e-mail; nothing else is to be done."
_SENT_LATER = "The number's agent gets it by e-mail as soon as the agent has an address."


def import_code(  # noqa: PLR0917  options of a command
    sim: Sim,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="PNG, JPG, SVG, TIFF or PDF with the QR code.")
    ] = None,
    user: SomeUser = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--code", metavar="-", help="Type the activation code, or pipe it in; the value must be -."
        ),
    ] = None,
    notify_to: Annotated[
        str | None, typer.Option("--notify", metavar="ADDRESS", help="Then notify this address by e-mail.")
    ] = None,
    no_notify: Annotated[bool, typer.Option("--no-notify", help="Do not ask whom to notify.")] = False,
    json: JsonFlag = False,
) -> None:
    """Give a SIM its QR code, from a file or typed in; then a person can be notified by e-mail.

    A file that is refused, or a code that another SIM has, changes nothing: the previous code stays.
    """
    if notify_to is not None and no_notify:
        raise Refused.because("notify_contradicted")
    if notify_to is not None:
        from starter.people.users import email_address  # noqa: PLC0415

        email_address(notify_to)  # refused before the code is imported
    imported = _import(sim, user, file, code)
    sim = reference("S", imported.version.sim_id)
    if json:
        _print_json_and_notify(imported, sim, user, notify_to)
        return
    _print_imported(imported, sim)
    if imported.sent_by_itself:
        say(_SENT if imported.manager else _SENT_LATER)
    if notify_to is not None:
        notifications.print_notification(notifications.notify_address(sim, notify_to, user))
    elif no_notify or imported.sent_by_itself:
        return
    elif at_terminal():
        notifications.offer(sim, user, imported.manager)
    else:
        say(f"To notify a person: esim-orders qr notify {sim} --to {imported.manager or 'ADDRESS'}")


def _import(sim: str, user: str | None, file: Path | None, code: str | None) -> Imported:
    if (file is None) == (code is None):
        raise Refused.because("no_code_given")
    if file is not None:
        return _import_file(sim, user, file)
    if code != _TYPED:
        raise Refused.because("code_as_argument")
    typed = _typed_code()

    async def call() -> Imported:
        async with qr_desk(user) as (desk, caller):
            return await desk.import_code(caller, sim, typed)

    return run(call)


def _import_file(sim: str, user: str | None, file: Path) -> Imported:
    from qr.intake import LARGEST_UPLOAD  # noqa: PLC0415  only this command needs it

    content = read_file(file, LARGEST_UPLOAD)

    async def call() -> Imported:
        async with qr_desk(user) as (desk, caller):
            return await desk.import_file(caller, sim, content, file.name)

    return run(call)


def _typed_code() -> str:
    if at_terminal():
        return answer("Activation code (not shown)", hidden=True, otherwise="Nothing was imported.")
    return sys.stdin.read(_LONGEST_TYPED).strip()


def _print_imported(imported: Imported, sim: str) -> None:
    version = imported.version
    if imported.changed:
        say(f"{sim} has its QR code: version {version.number}, {came_as(version)}.")
        if imported.replaced is not None:
            dead = f"; {counted(imported.dead_links, DEAD_LINKS)} any more" if imported.dead_links else ""
            say(f"It replaces version {imported.replaced}{dead}.")
    else:
        say(f"{sim} has this very code already, as version {version.number}; nothing is changed.")
    for warning in imported.warnings:
        warn(cautioned(warning))


def _print_json_and_notify(imported: Imported, sim: str, user: str | None, to: str | None) -> None:
    """Print one document, also if the code was imported but the notification failed."""
    notification, failure = None, None
    if to is not None:
        try:
            notification = notifications.notify_address(sim, to, user)
        except EsimError as failed:
            failure = failed
    print_json({**imported.model_dump(mode="json"), "notification": notification})
    if failure is not None:
        raise failure


def show(  # noqa: PLR0917  options of a command
    sim: Sim,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the picture to this file; - for stdout."),
    ] = None,
    format_name: Annotated[
        str | None, typer.Option("--format", metavar="png|svg", help="Instead of what FILE's name says.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    user: SomeUser = None,
    json: JsonFlag = False,
) -> None:
    """Show a SIM's QR code: at a terminal drawn there, else as a PNG or SVG file that only you can read.

    With --json only facts about the code are printed, never the code.
    """
    if output is None and not json:
        pictures.refuse_unless_drawable()
    if output == pictures.STDOUT and json:
        raise Refused.because("output_contradicted")
    kind = None
    if output is not None:
        kind = pictures.parse_format(output, format_name)
        pictures.refuse_unless_writable(output, force=force)

    async def read() -> "ShownCode":
        async with qr_desk(user) as (desk, caller):
            return await desk.show(caller, sim)

    shown = run(read)
    if output is not None and kind is not None:
        pictures.write(output, pictures.picture(shown.code, kind))
    if json:
        print_json(shown.version)
        return
    sim, since = reference("S", shown.version.sim_id), full_time(shown.version.imported_at)
    (warn if output == pictures.STDOUT else say)(
        f"{sim}, version {shown.version.number} of its QR code, since {since}"
    )
    if shown.code.unicode_address is not None:
        warn(f"Its server is {shown.code.server}: its characters may look like others; ask the distributor.")
    if output is None:
        pictures.draw(shown.code)
    elif output != pictures.STDOUT:
        say(f"The QR code is in {printable(output)}.")
