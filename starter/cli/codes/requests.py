"""`esim-orders qr ...`: request the QR code of an eSIM from its distributor."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.codes.people import people_in
from models.codes.requests import EmailPreview, QrHistory, RequestState, RequestStatus
from models.errors import Refused
from models.identifiers import reference
from models.people.callers import Caller
from starter.cli.codes import codes, many, notifications, request_list, tables
from starter.cli.codes.arguments import Sim, SomeUser, User, parse_id
from starter.cli.imports import read_file
from starter.cli.language import cautioned, request_status
from starter.cli.operations import retry
from starter.cli.output import JsonFlag, console, key_of, print_json, say, warn
from starter.cli.questions import at_terminal, confirmed
from starter.cli.session import open_desk, qr_desk, run

if TYPE_CHECKING:
    from starter.codes.book import CodeBook
    from starter.codes.drafts import QrRequestDraft, Requested

app = typer.Typer(help="Request, import, show and send QR codes of eSIMs.", no_args_is_help=True)

LONGEST_TEXT_FILE = 100_000
"""Bytes of a text file that are read: more than an e-mail may have."""
_STDIN = "-"

To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="CONTACT", help="Only this contact: C-7 or its address; may be repeated."),
]
Cc = Annotated[
    list[str] | None,
    typer.Option("--cc", metavar="ADDRESS", help="A copy without a link; may be repeated."),
]
Subject = Annotated[str | None, typer.Option("--subject", help="Instead of the usual subject.")]
TextFile = Annotated[
    str | None,
    typer.Option("--text-file", metavar="FILE", help="Text instead of the usual one, UTF-8; - for stdin."),
]
Again = Annotated[bool, typer.Option("--again", help="Send the open request again.")]
Key = Annotated[str | None, key_of("request")]
Yes = Annotated[bool, typer.Option("--yes", help="Send without showing the mail and asking.")]


def preview(sim: Sim, user: User, json: JsonFlag = False) -> None:
    """Preview the mail that requests a SIM's code from the distributor, or show every reason why not."""
    from starter.codes.drafts import QrRequestDraft  # noqa: PLC0415  see `qr_desk`

    usual = QrRequestDraft(sim=sim, again=True)  # an open request does not prevent the preview

    async def read() -> EmailPreview:
        async with qr_desk(user) as (desk, caller):
            return await desk.preview(caller, usual)

    email = run(read)
    if json:
        print_json(email)
        return
    _print_email(email, ())
    if email.version:
        warn(_has_a_code(email.sim_id, email.version))
    if email.open_request:
        warn(f"The code was requested already: {email.open_request}. `qr request --again` sends it again.")


def request(  # noqa: PLR0917  options of a command
    sim: Sim,
    user: User,
    to: To = None,
    cc: Cc = None,
    subject: Subject = None,
    text_file: TextFile = None,
    again: Again = False,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Request a SIM's code from the distributor's contacts by e-mail, with a link to upload it.

    The mail goes to all contacts with the role "eSIM QR Code" unless --to chooses among them.
    """
    from starter.codes.drafts import QrRequestDraft  # noqa: PLC0415  see `qr_desk`

    if text_file == _STDIN and not yes:
        raise Refused.because("stdin_taken")
    wanted = QrRequestDraft(
        sim=sim,
        contacts=tuple(to) if to else None,
        cc=tuple(cc or ()),
        subject=subject,
        text=None if text_file is None else _read_text(text_file),
        again=again,
        key=key,
    )
    if not yes:
        _confirm(wanted, user)

    async def send() -> "Requested":
        async with qr_desk(user) as (desk, caller):
            return await desk.request(caller, wanted)

    made = run(send)
    if yes and made.version and not json:
        warn(f"The SIM had a QR code already (version {made.version}); the new code replaces it.")
    _print_requested(made, asked_by_key=key is not None, json=json)


def _confirm(wanted: "QrRequestDraft", user: str) -> None:
    async def read() -> EmailPreview:
        async with qr_desk(user) as (desk, caller):
            return await desk.preview(caller, wanted)

    email = run(read)
    if not at_terminal():
        raise Refused.because("confirmation_needed")
    _print_email(email, wanted.cc, to_stderr=True)
    if email.version:
        warn(_has_a_code(email.sim_id, email.version))
    if not confirmed("Send it?", otherwise="Nothing was sent."):
        raise Refused.because("not_confirmed")


def _has_a_code(sim_id: int, version: int) -> str:
    sim = reference("S", sim_id)
    return f"{sim} has a QR code already (version {version}): `qr show {sim}`. A new code replaces it."


def _print_requested(made: "Requested", *, asked_by_key: bool, json: bool) -> None:
    if json:
        facts = {"request_id": made.request_id, "key": made.key, "status": made.status}
        print_json({**facts, "round": made.round, "sentence": made.sentence})
        return
    say(made.sentence)
    say(
        f"{made.request_id}: {request_status(made.status).lower()}"
        + (f", round {made.round}" if made.round > 1 else "")
    )
    if not asked_by_key:
        say(f"The key of this request is {made.key}; the same key never requests twice.")


def _read_text(file: str) -> str:
    """Read the text of an e-mail. Raises `Refused` (`file_unreadable`, `text_not_utf8`)."""
    if file == _STDIN:
        content = sys.stdin.buffer.read(LONGEST_TEXT_FILE + 1)
    else:
        content = read_file(Path(file), LONGEST_TEXT_FILE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused.because("text_not_utf8") from None


def _print_email(email: EmailPreview, cc: tuple[str, ...], *, to_stderr: bool = False) -> None:
    people = [f"{reference('C', person.id)}  {person.name} <{person.email}>" for person in email.recipients]
    lines = [f"{'To' if number == 0 else '':8} {person}" for number, person in enumerate(people)]
    lines += [f"{'Cc' if number == 0 else '':8} {address}" for number, address in enumerate(cc)]
    lines += [f"{'Subject':8} {email.subject}", "", email.text.rstrip(), ""]
    lines.append(
        "Each recipient's mail also has facts about the SIM and an upload link of their own"
        + ("; copies have no link." if cc else ".")
    )
    where = Console(stderr=True, highlight=False, markup=False, emoji=False) if to_stderr else console
    say("\n".join(lines), where=where)


def history(sim: Sim, user: SomeUser = None, json: JsonFlag = False) -> None:
    """Show the history of a SIM's code: versions, requests, notifications, links and all events."""
    from starter.codes.book import CodeBook  # noqa: PLC0415

    async def read() -> tuple[QrHistory, dict[str, str]]:
        async with open_desk(CodeBook, user) as (codes, caller):
            found = await codes.history(caller, sim)
            return found, {} if json else await _people(codes, caller, found)

    found, people = run(read)
    if json:
        print_json(found)
    else:
        tables.print_history(found, people)


async def _people(codes: "CodeBook", caller: Caller, found: QrHistory) -> dict[str, str]:
    return await codes.people(caller, reference("S", found.sim_id), people_in(found))


def withdraw(
    request_id: Annotated[str, typer.Argument(metavar="REQUEST", help="Id of the request (qr-request-...).")],
    json: JsonFlag = False,
) -> None:
    """Withdraw a request whose code is no longer needed: its upload links stop working."""
    from starter.codes.book import CodeBook  # noqa: PLC0415

    wanted = parse_id(request_id, "request")

    async def call() -> tuple[RequestStatus, RequestState]:
        async with qr_desk() as (desk, caller):
            before = (await CodeBook(desk.database).request(caller, wanted)).status
            return before, await desk.withdraw(caller, wanted)

    before, state = run(call)
    if json:
        print_json(state)
    else:
        already = " already" if before is state.status else ""
        say(f"{state.request_id}: {request_status(state.status).lower()}{already}")
    for warning in state.warnings:
        warn(cautioned(warning))


app.command(name="list")(request_list.list_waiting)
app.command()(preview)
app.command()(request)
app.command(name="import")(codes.import_code)
app.command(name="import-many")(many.import_many)
app.command()(codes.show)
app.command()(notifications.notify)
app.command()(history)
app.command()(withdraw)
app.command()(notifications.revoke)
app.command()(retry.retry)
