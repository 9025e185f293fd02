"""The tree of all commands, and the exit code of each end."""

import errno
import os
import select
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from models.errors import EsimError, Refused
from starter.cli.catalogue import catalogue
from starter.cli.codes import requests
from starter.cli.fleet import fleet
from starter.cli.help_pages import show_flags
from starter.cli.language import choose
from starter.cli.licences import agents, licences, numbers
from starter.cli.operations import (
    audit,
    clock,
    database,
    doctor,
    events,
    jobs,
    keys,
    outages,
    sandbox,
    webhooks,
)
from starter.cli.orders import place_and_steer
from starter.cli.output import say
from starter.cli.people import accounts, api_keys, contacts, erasure, profiles, users
from starter.cli.session import act_as, fail, report_bug
from starter.cli.travel import app as travel
from starter.cli.travel import (  # noqa: F401  their commands
    line_changes,
    line_orders,
    lines,
    plans,
    reports,
    sending,
    simulate,
    stock,
    subscribers,
)

UNREAD = 141
"""The exit code of a program that SIGPIPE ended. Python ignores the signal, since sockets cause it, too."""

app = typer.Typer(
    name="esim-orders",
    help="Order eSIMs for lines, follow the orders, and look at the inventory.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts.app, name="account")
app.add_typer(fleet.app, name="fleet")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(profiles.app, name="profile")
app.add_typer(users.app, name="user")
app.add_typer(contacts.app, name="contact")
app.add_typer(api_keys.app, name="api-key")
app.add_typer(erasure.app, name="person")
app.add_typer(place_and_steer.app, name="order")
app.add_typer(requests.app, name="qr")
app.add_typer(numbers.app, name="number")
app.add_typer(agents.app, name="agent")
app.add_typer(licences.app, name="licence")
app.add_typer(travel.app, name="travel")
app.add_typer(jobs.app, name="job")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(keys.app, name="keys")
app.add_typer(sandbox.mail_app, name="mail")
app.add_typer(outages.app, name="sandbox")
app.add_typer(clock.app, name="clock")
app.add_typer(database.app, name="db")
app.command()(sandbox.up)
app.command()(doctor.doctor)
app.command()(audit.audit)
app.command()(events.events)


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        say(f"esim-orders {version('esim-orders')}")
    except PackageNotFoundError:
        say("esim-orders, not installed")
    raise typer.Exit


@app.callback()
def everywhere(
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Folder of the sandbox for this command (.esim, or ESIM_DATA_DIR)."),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            "--user", help="Act as this user: e-mail address or U-3. Else as the platform's operator."
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="en|fr", help="Language of refusals, warnings and statuses."),
    ] = None,
    print_version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Order eSIMs for lines, follow the orders, and look at the inventory."""
    choose(language)
    if data_dir is not None:  # before anything reads the settings
        os.environ["ESIM_DATA_DIR"] = str(data_dir)
    act_as(user)


show_flags(app)


def run() -> int:
    """Run the command that was typed; its exit code."""
    with ExitStack() as closing:
        outputs = [_copied(number, closing) for number in (1, 2)]
        try:
            return _run()
        except BrokenPipeError as broken:
            return UNREAD if _is_unread(outputs) else report_bug(broken)


def _copied(number: int, closing: ExitStack) -> int:
    """A duplicate of the file descriptor, since rich replaces an output that is closed; -1 for none."""
    try:
        copy = os.dup(number)
    except OSError:  # closed by the caller, as `>&-` does
        return -1
    closing.callback(os.close, copy)
    return copy


def _is_unread(outputs: Iterable[int]) -> bool:
    """Whether the reader of an output has ended, such as `| head -1`."""
    readers = select.poll()
    for number in outputs:
        if number >= 0:
            readers.register(number, 0)
    return any(event & select.POLLERR for _, event in readers.poll(0))


def _run() -> int:
    try:
        app()
    except EsimError as failure:
        return fail(failure)
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # rich and typer both end with 1
            raise left.__context__ from None
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except Exception as bug:  # noqa: BLE001  every bug is reported in a sentence
        full = isinstance(bug, OSError) and bug.errno in {errno.ENOSPC, errno.EDQUOT}
        return fail(Refused.because("no_space")) if full else report_bug(bug)
    return 0
