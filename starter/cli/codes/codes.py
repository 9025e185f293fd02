"""`esim-orders qr import|show`: import the QR code of a SIM, and show it.

A code is a secret: it is never an argument, and only `show` prints it.
"""

from collections.abc import Sequence
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
from starter.cli.language import cautioned, worded
from starter.cli.output import JsonFlag, full_time, print_json, printable, say, warn
from starter.cli.questions import answer, at_terminal, piped
from starter.cli.session import qr_desk, run

if TYPE_CHECKING:
    from models.codes.shown import ShownCode

_TYPED = "-"
_LONGEST_TYPED = 4096


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
    confirmation_code: Annotated[
        bool,
        typer.Option(
            "--confirmation-code",
            help="Type the confirmation code that belongs to it, too; piped in, it is on a line of its own.",
        ),
    ] = False,
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
    imported = _import(sim, user, file, code, confirmation_code=confirmation_code)
    sim = reference("S", imported.version.sim_id)
    if json:
        _print_json_and_notify(imported, sim, user, notify_to)
        return
    _print_imported(imported, sim)
    if imported.sent_by_itself:
        say(_sent(imported))
    if notify_to is not None:
        notifications.print_notification(notifications.notify_address(sim, notify_to, user))
    elif no_notify or imported.sent_by_itself:
        return
    elif at_terminal():
        notifications.offer(sim, user, imported.manager)
    else:
        to = imported.manager or worded("ADDRESS")
        say(worded("To notify a person: esim-orders qr notify {sim} --to {to}", sim=sim, to=to))


def _import(
    sim: str, user: str | None, file: Path | None, code: str | None, *, confirmation_code: bool
) -> Imported:
    if (file is None) == (code is None):
        raise Refused.because("no_code_given")
    asks = [worded("Confirmation code (not shown)")] if confirmation_code else []
    if file is not None:
        return _import_file(sim, user, file, asks)
    if code != _TYPED:
        raise Refused.because("code_as_argument")
    typed, *asked = _typed(worded("Activation code (not shown)"), *asks)

    async def call() -> Imported:
        async with qr_desk(user) as (desk, caller):
            return await desk.import_code(caller, sim, typed, *asked)

    return run(call)


def _import_file(sim: str, user: str | None, file: Path, asks: Sequence[str]) -> Imported:
    from qr.intake import LARGEST_UPLOAD  # noqa: PLC0415  only this command needs it

    content = read_file(file, LARGEST_UPLOAD)
    asked = _typed(*asks)

    async def call() -> Imported:
        async with qr_desk(user) as (desk, caller):
            return await desk.import_file(caller, sim, content, file.name, *asked)

    return run(call)


def _typed(*asks: str) -> list[str]:
    """The codes that are asked for, typed in, or piped in: the activation code may be several lines, the
    confirmation code is the last one.
    """
    if not asks:
        return []
    if at_terminal():
        return [answer(code, hidden=True, otherwise=worded("Nothing was imported.")) for code in asks]
    lines = piped(_LONGEST_TYPED).strip().rsplit("\n", len(asks) - 1)
    return [*map(str.strip, lines), *[""] * (len(asks) - len(lines))]


def _sent(imported: Imported) -> str:
    """That the agent of the number is notified without anything else to be done."""
    if imported.manager:
        return worded("The number's agent gets it by e-mail; nothing else is to be done.")
    return worded("The number's agent gets it by e-mail as soon as the agent has an address.")


def _print_imported(imported: Imported, sim: str) -> None:
    known: dict[str, object] = {"sim": sim, "version": imported.version.number}
    if imported.changed:
        came = came_as(imported.version)
        say(worded("{sim} has its QR code: version {version}, {came}.", came=came, **known))
        if imported.replaced is not None:
            say(_replaced(imported.replaced, imported.dead_links))
    else:
        say(worded("{sim} has this very code already, as version {version}; nothing is changed.", **known))
    for warning in imported.warnings:
        warn(cautioned(warning))


def _replaced(version: int, dead_links: int) -> str:
    if not dead_links:
        return worded("It replaces version {version}.", version=version)
    known: dict[str, object] = {"version": version, "links": dead_links}
    if dead_links == 1:
        return worded(
            "It replaces version {version}; {links} link that showed it shows nothing any more.", **known
        )
    return worded(
        "It replaces version {version}; {links} links that showed it show nothing any more.", **known
    )


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

    The confirmation code that belongs to it is printed with it. With --json only facts about the code are
    printed, never the code.
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
    _print_shown(shown, output)


def _print_shown(shown: "ShownCode", output: Path | None) -> None:
    about = warn if output == pictures.STDOUT else say
    about(
        worded(
            "{sim}, version {version} of its QR code, since {since}",
            sim=reference("S", shown.version.sim_id),
            version=shown.version.number,
            since=full_time(shown.version.imported_at),
        )
    )
    if shown.code.unicode_address is not None:
        warn(
            worded(
                "Its server is {server}: its characters may look like others; ask the distributor.",
                server=shown.code.server,
            )
        )
    if output is None:
        pictures.draw(shown.code)
    elif output != pictures.STDOUT:
        say(worded("The QR code is in {file}.", file=printable(output)))
    if shown.confirmation_code is not None:
        code = printable(shown.confirmation_code)
        about(worded("If the phone asks for a confirmation code, enter: {code}", code=code))
