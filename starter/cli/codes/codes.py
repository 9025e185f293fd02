"""`esim-orders qr import|show|notify|revoke`: the code itself, and who is told that it is there.

A code is a secret: it is never an argument, and only `show` puts it anywhere.
"""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.codes.requests import Imported, LinkView, NotificationView
from models.errors import EsimError, Refused
from models.identifiers import QR_NOTIFICATION_ID_PATTERN, QR_REQUEST_ID_PATTERN, reference
from starter.cli.codes import pictures
from starter.cli.codes.tables import came_as
from starter.cli.imports import read_file
from starter.cli.language import cautioned
from starter.cli.output import JsonFlag, full_time, print_json, printable, say, warn
from starter.cli.questions import answer, at_terminal
from starter.cli.session import qr_desk, run
from wording.counts import DEAD_LINKS, counted

if TYPE_CHECKING:
    from starter.codes.desk import ShownCode

_TYPED = "-"
_NO_RECIPIENT = "-"
_LONGEST_TYPED = 4096
_LINK = "link:"
_PATTERNS = {"request": QR_REQUEST_ID_PATTERN, "notification": QR_NOTIFICATION_ID_PATTERN}

Sim = Annotated[str, typer.Argument(metavar="SIM", help="Id (S-12), ICCID, or its line's phone number.")]
User = Annotated[str, typer.Option("--user", help="Who asks: e-mail address or id (U-3).")]
SomeUser = Annotated[
    str | None,
    typer.Option(
        "--user", help="As this user, who must be allowed to: e-mail address or U-3. Else as operator."
    ),
]


def import_code(  # noqa: PLR0917  options of a command
    sim: Sim,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="PNG, JPG, SVG, TIFF or PDF with the QR code.")
    ] = None,
    user: SomeUser = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--code", metavar="-", help="Type the activation code, or pipe it in; - is all it takes."
        ),
    ] = None,
    notify_to: Annotated[
        str | None, typer.Option("--notify", metavar="ADDRESS", help="Then tell this person by e-mail.")
    ] = None,
    no_notify: Annotated[bool, typer.Option("--no-notify", help="Do not ask whom to tell.")] = False,
    json: JsonFlag = False,
) -> None:
    """Give a SIM its QR code, from a file or typed in; then somebody may be told by e-mail.

    A file that is refused, or a code that another SIM has, changes nothing: the code before stays.
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
    if notify_to is None and not no_notify and at_terminal():
        _offer(sim, user, imported.manager)
    elif notify_to is not None:
        _tell(sim, notify_to, user)
    elif not no_notify:
        say(f"To tell somebody: esim-orders qr notify {sim} --to {imported.manager or 'ADDRESS'}")


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
            dead = f"; {links(imported.dead_links)} any more" if imported.dead_links else ""
            say(f"It replaces version {imported.replaced}{dead}.")
    else:
        say(f"{sim} has this very code already, as version {version.number}; nothing is new.")
    for warning in imported.warnings:
        warn(cautioned(warning))


def links(dead: int) -> str:
    """So many links that are dead."""
    return counted(dead, DEAD_LINKS)


def _print_json_and_notify(imported: Imported, sim: str, user: str | None, to: str | None) -> None:
    """One document, also where the code was imported but the notification failed."""
    notification, failure = None, None
    if to is not None:
        try:
            notification = run(lambda: _notify(sim, to, user))
        except EsimError as failed:
            failure = failed
    print_json({**imported.model_dump(mode="json"), "notification": notification})
    if failure is not None:
        raise failure


def _offer(sim: str, user: str | None, manager: str | None) -> None:
    """The notification window of a terminal: it opens by itself, with the manager's address (F37)."""
    if manager:
        say(
            "A manager can be told by e-mail, with a link that shows it: the address offered is of who asked,"
        )
        say("else the account's contact address, else of who imported it.")
    question = f"Tell whom by e-mail? (Enter: {'the manager' if manager else 'nobody'}; -: nobody)"
    while True:
        to = answer(question, manager or "", otherwise="Nobody was told.")
        if to in ("", _NO_RECIPIENT):
            return
        try:
            _tell(sim, to, user)
        except Refused as refused:
            if {refusal.code for refusal in refused.refusals} != {"email_invalid"}:
                raise
            warn(str(refused))
        else:
            return


def _tell(sim: str, to: str, user: str | None) -> None:
    _print_notification(run(lambda: _notify(sim, to, user)))


async def _notify(sim: str, to: str, user: str | None) -> NotificationView:
    async with qr_desk(user) as (desk, caller):
        return await desk.notify(caller, sim, to)


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
        warn(f"Its server is {shown.code.server}: its letters may look like others; ask the distributor.")
    if output is None:
        pictures.draw(shown.code)
    elif output != pictures.STDOUT:
        say(f"The QR code is in {printable(output)}.")


def notify(
    sim: Sim,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ADDRESS", help="Whom to notify; the manager if left out, see below."),
    ] = None,
    user: SomeUser = None,
    key: Annotated[str | None, typer.Option("--key", help="The same key is the same notification.")] = None,
    json: JsonFlag = False,
) -> None:
    """Mail a link that shows a SIM's QR code until it expires.

    Without --to it goes to the manager: who requested the code, else the account's contact address, else who
    imported it.
    """

    async def call() -> NotificationView:
        async with qr_desk(user) as (desk, caller):
            return await desk.notify(caller, sim, to, key=key)

    sent = run(call)
    if json:
        print_json(sent)
    else:
        _print_notification(sent)


def revoke(
    notification: Annotated[
        str,
        typer.Argument(
            metavar="NOTIFICATION|LINK", help="Its id (qr-notification-... or link:7), see `qr history`."
        ),
    ],
    json: JsonFlag = False,
) -> None:
    """Close the links of a notification, or one link of any mail: it opens nothing any more."""
    from starter.codes.book import CodeBook  # noqa: PLC0415

    if notification.strip().lower().startswith(_LINK):
        _revoke_link(_parse_link(notification), json=json)
        return
    wanted = parse_id(notification, "notification")

    async def call() -> tuple[str, NotificationView]:
        async with qr_desk() as (desk, caller):
            before = (await CodeBook(desk.database).notification(caller, wanted)).state
            return before, await desk.revoke(caller, wanted)

    before, revoked = run(call)
    if json:
        print_json(revoked)
    else:
        already = " already" if before == revoked.state else ""
        say(f"{revoked.id}: {revoked.state.replace('_', ' ')}{already}")


def _revoke_link(link_id: int, *, json: bool) -> None:
    async def call() -> LinkView:
        async with qr_desk() as (desk, caller):
            return await desk.revoke_link(caller, link_id)

    link = run(call)
    if json:
        print_json(link)
    else:
        say(f"{_LINK}{link.id}: {link.state}")


def _parse_link(text: str) -> int:
    """The number of a link such as `link:7`. Raises `Refused` (`link_id_invalid`)."""
    number = text.strip().lower().removeprefix(_LINK)
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Refused.because("link_id_invalid")
    return int(number)


def parse_id(text: str, what: str) -> str:
    """A request's or a notification's id, with or without its prefix. Raises `Refused`."""
    prefix = f"qr-{what}-"
    wanted = text.strip().lower()
    wanted = wanted if wanted.startswith(prefix) else prefix + wanted
    if not re.fullmatch(_PATTERNS[what], wanted):
        raise Refused.because("request_id_invalid" if what == "request" else "notification_id_invalid")
    return wanted


def _print_notification(told: NotificationView) -> None:
    say(f"{told.id}: {told.address} is told about version {told.version} of {reference('S', told.sim_id)}.")
