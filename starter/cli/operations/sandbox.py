"""`esim-orders up` and `mail ...`: run the sandbox (one machine instead of a cluster), and read its mails.

The sandbox is imported only in these commands, since images for clusters do not contain it.
"""

import os
import re
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import Refused
from starter.cli.output import JsonFlag, full_time, how_many, print_json, print_table, say, short_time, warn
from starter.cli.session import no_sandbox

if TYPE_CHECKING:
    from sandbox.data_dir import Addresses
    from sandbox.up import Plan
    from starter.people.sandbox_people import SignIn
    from store.clock import ClockState

mail_app = typer.Typer(help="Read the mails that the sandbox's mailbox has received.", no_args_is_help=True)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the sandbox (.esim, or ESIM_DATA_DIR).")
]

_OWN = {
    "ESIM_DATABASE_URL": "PostgreSQL",
    "ESIM_TEMPORAL_ADDRESS": "Temporal",
    "ESIM_SMTP_URL": "the mailbox",
}
"""The parts that the sandbox runs unless the variable has the address of another."""


_KEY_FOR_THE_API = (
    "A key for the API: esim-orders user create NAME EMAIL --account ACCOUNT --service\n"
    "                   esim-orders api-key create NAME --user EMAIL"
)

_NOBODY_SIGNS_IN = (
    "For the pages: esim-orders fleet import sandbox/fleet.csv\n"
    "               esim-orders catalogue import sandbox/catalogue.csv\n"
    "               esim-orders user sign-ins    (addresses and passwords, one of each role)"
)


def up(
    data_dir: DataDir = None,
    clock: Annotated[
        bool,
        typer.Option("--clock", help="Give it a clock that `clock advance` can set ahead, from now on."),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Run all parts on this machine until Ctrl-C: PostgreSQL, Temporal with Web UI, mailbox, portal, worker.

    A part whose address is given (ESIM_DATABASE_URL, ESIM_TEMPORAL_ADDRESS, ESIM_SMTP_URL) is used instead.
    With --json the addresses are printed as one document when all is ready.
    """
    from settings import data_dir_from_environment  # noqa: PLC0415

    try:
        from sandbox.errors import SandboxError  # noqa: PLC0415
        from sandbox.up import Plan  # noqa: PLC0415
        from sandbox.up import up as run_sandbox  # noqa: PLC0415
    except ImportError:
        raise Refused.because("sandbox_missing") from None

    from workflows.search_attributes import NAMES  # noqa: PLC0415

    folder = (data_dir or data_dir_from_environment()).absolute()
    tables = _Tables(folder)
    plan = Plan(
        data_dir=folder,
        migrate=tables.prepare,
        search_attributes=NAMES,
        say=warn,
        clock=clock,
        **_configured(),
    )
    yours = [name for name in _OWN if plan.environment.get(name)]
    if clock and yours:
        raise Refused.because("sandbox_clock_external", variables=", ".join(yours))
    tables.are_own = "ESIM_DATABASE_URL" not in yours
    tell = warn if json else say  # with --json, stdout has only the document
    others = (
        "" if data_dir is None else f"Other shells find it after: export ESIM_DATA_DIR={quote(str(folder))}"
    )

    def announce(addresses: "Addresses") -> None:
        if json:
            has_clock = {"clock": tables.clock is not None}
            print_json({**asdict(addresses), "data_dir": str(folder), **has_clock})
        else:
            _announce(addresses, plan, tables, others)

    own = [part for name, part in _OWN.items() if not plan.environment.get(name)]
    tell(f"Starting {', '.join(own)}{', ' if own else ''}the portal and the worker ...")
    try:
        run_sandbox(plan, announce)
    except SandboxError as failure:
        raise Refused.because("sandbox", reason=str(failure)) from None
    except OSError as failure:
        why = "it is a file" if folder.is_file() else (failure.strerror or str(failure)).lower()
        about = f" ({failure.filename})" if failure.filename not in (None, str(folder)) else ""
        raise Refused.because("data_dir_unusable", folder=str(folder), reason=f"{why}{about}") from None
    tell("Stopped.")


@dataclass
class _Tables:
    """The tables of the sandbox's database. `clock`: its clock, where that can be advanced."""

    folder: Path
    are_own: bool = True
    """Whether the database is the sandbox's own: no other one gets a clock."""
    clock: "ClockState | None" = None
    people: "list[SignIn]" = field(default_factory=list)
    """Who can sign in, once there is an account."""

    async def prepare(self, database_url: str) -> None:
        """Bring the tables up to date, and mark the database of a sandbox with a clock."""
        from settings import sandbox_clock  # noqa: PLC0415
        from starter.callers import operator  # noqa: PLC0415
        from starter.people.sandbox_people import sign_ins  # noqa: PLC0415
        from store import migrations  # noqa: PLC0415  takes long to import, and no other command needs it
        from store.clock import mark_clock, read_clock  # noqa: PLC0415
        from store.session import Database  # noqa: PLC0415

        await migrations.upgrade(database_url)
        if not self.are_own:
            return
        mark = sandbox_clock(self.folder)
        database = Database(database_url, 1)
        try:
            self.people = await sign_ins(operator(), database, self.folder)
            if mark is not None:
                async with database.transaction() as connection:
                    await mark_clock(connection, mark)
                    self.clock = await read_clock(connection)
        finally:
            await database.close()


def _announce(addresses: "Addresses", plan: "Plan", tables: _Tables, others: str) -> None:
    clock = tables.clock
    yours = {name for name in _OWN if plan.environment.get(name)}
    rows = [("Temporal Web UI", addresses.temporal_ui_url), ("Temporal", addresses.temporal_address)]
    if "ESIM_TEMPORAL_ADDRESS" in yours:
        rows = [("Temporal (yours)", addresses.temporal_address)]
    if "ESIM_DATABASE_URL" in yours:
        rows.append(("PostgreSQL (yours)", _place(addresses.database_url)))
    if "ESIM_SMTP_URL" in yours:
        rows.append(("mail server (yours)", _place(addresses.smtp_url)))
    else:
        rows.append(("mailbox", addresses.smtp_url))
    rows.append(("portal", addresses.portal_url))
    rows.append(("HTTP API", f"{addresses.portal_url}/api/v1 (reference: {addresses.portal_url}/docs/api)"))
    rows.append(("data and logs", str(plan.data_dir)))
    if clock is not None:
        at = f"{full_time(clock.now)}, {ahead(clock.ahead)}"
        rows.append(("clock", f"{at}; to set it ahead: esim-orders clock advance P1D"))
    what_stops = "everything" if not yours else "what runs here"
    say(f"All is ready. Ctrl-C stops {what_stops}; nothing is lost.\n", whole=True)
    width = max(len(name) for name, _ in rows)
    for name, where in rows:
        say(f"  {name:{width}}  {where}", whole=True)
    say(f"\n{_KEY_FOR_THE_API}", whole=True)
    if tables.people:
        from starter.people.sandbox_people import written  # noqa: PLC0415

        say(f"\nPages: {addresses.portal_url}/sign-in\n{written(tables.people)}", whole=True)
    elif tables.are_own:
        say(f"\n{_NOBODY_SIGNS_IN}", whole=True)
    if others:
        say(f"\n{others}", whole=True)


def _place(url: str) -> str:
    """The URL without user, password and parameters. It may name several hosts."""
    return re.sub(r"//[^@]*@", "//", url.partition("?")[0], count=1)


def _configured() -> dict[str, Any]:
    from settings import load  # noqa: PLC0415

    chosen = load()
    return {"task_queue": chosen.task_queue, "namespace": chosen.temporal_namespace}


@mail_app.command(name="list")
def list_all(
    last: Annotated[int | None, how_many("Only that many of the newest.")] = None,
    data_dir: DataDir = None,
    json: JsonFlag = False,
) -> None:
    """List the mails, oldest first."""
    from sandbox.mails import list_mails  # noqa: PLC0415

    mails = list_mails(_mailbox(data_dir), last)
    if json:
        print_json([mail.__dict__ for mail in mails])
        return
    if not mails:
        say("There are no mails.")
        return
    rows = [(mail.number, short_time(mail.date), mail.to, mail.subject) for mail in mails]
    print_table("Mails", ("no.", "arrived (UTC)", "to", "subject"), rows, whole=("no.", "arrived (UTC)"))


@mail_app.command()
def show(
    number: Annotated[int, typer.Argument(help="Number of the mail, from `mail list`.")],
    data_dir: DataDir = None,
    json: JsonFlag = False,
) -> None:
    """Show one mail as text."""
    from sandbox.errors import SandboxError  # noqa: PLC0415
    from sandbox.mails import read_mail  # noqa: PLC0415

    try:
        mail = read_mail(_mailbox(data_dir), number)
    except SandboxError:
        raise Refused.because("unknown_mail", number=number) from None
    if json:
        headers = dict(mail.headers)
        print_json({**mail.summary.__dict__, "headers": headers, "text": mail.text, "html": mail.html})
        return
    for name, value in mail.headers:
        if name.lower() in ("from", "to", "subject", "date", "message-id"):
            say(f"{name}: {value}", whole=True)
    say("\n" + mail.text, whole=True)


def _mailbox(data_dir: Path | None) -> Path:
    from settings import data_dir_from_environment  # noqa: PLC0415

    look_in(data_dir)
    folder = data_dir_from_environment() / "mailbox"
    if not folder.is_dir():
        raise no_sandbox()
    return folder


def ahead(offset: timedelta) -> str:
    """How far a clock is ahead, in words."""
    if not offset:
        return "not ahead of this machine"
    words = str(timedelta(seconds=round(offset.total_seconds()))).removesuffix(", 0:00:00")
    return f"{words} ahead of this machine"


def look_in(data_dir: Path | None) -> None:
    """Use this sandbox folder for the command, if one is given."""
    if data_dir is not None:
        os.environ["ESIM_DATA_DIR"] = str(data_dir)
