"""`esim-orders up` and `mail ...`: one machine instead of a cluster.

The sandbox is imported only when it is asked for: an image for a cluster does not carry it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import Refused
from settings import data_dir_from_environment, load
from starter.cli.output import JsonFlag, console, print_json, print_table, warn
from workflows.search_attributes import NAMES

if TYPE_CHECKING:
    from sandbox.data_dir import Addresses

mail_app = typer.Typer(help="Read the mails that the sandbox's mailbox has taken.", no_args_is_help=True)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the sandbox (.esim, or ESIM_DATA_DIR).")
]


def up(data_dir: DataDir = None) -> None:
    """Run all parts on this machine until Ctrl-C: PostgreSQL, Temporal with Web UI, mailbox, worker."""
    try:
        from sandbox.errors import SandboxError  # noqa: PLC0415
        from sandbox.up import Plan  # noqa: PLC0415
        from sandbox.up import up as run_sandbox  # noqa: PLC0415
    except ImportError:
        raise Refused.because(
            "sandbox_missing", "The sandbox is not installed here: pip install 'esim-orders[sandbox]'."
        ) from None

    from store import migrations  # noqa: PLC0415  takes long to import, and no other command needs it

    folder = data_dir or data_dir_from_environment()
    plan = Plan(
        data_dir=folder, migrate=migrations.upgrade, search_attributes=NAMES, say=warn, **_configured()
    )

    def announce(addresses: "Addresses") -> None:
        console.print("All is ready. Ctrl-C stops everything; nothing is lost.\n")
        for name, where in (
            ("Temporal Web UI", addresses.temporal_ui_url),
            ("Temporal", addresses.temporal_address),
            ("mailbox", addresses.smtp_url),
            ("data and logs", str(folder.absolute())),
        ):
            console.print(f"  {name:16} {where}", soft_wrap=True)
        if data_dir is not None:
            console.print(
                f"\nOther shells find it after: export ESIM_DATA_DIR={folder.absolute()}", soft_wrap=True
            )

    console.print("Starting PostgreSQL, Temporal, the mailbox and the worker ...")
    try:
        run_sandbox(plan, announce)
    except SandboxError as failure:
        raise Refused.because("sandbox", str(failure)) from None


def _configured() -> dict[str, Any]:
    chosen = load()
    return {"task_queue": chosen.task_queue, "namespace": chosen.temporal_namespace}


@mail_app.command(name="list")
def list_all(
    last: Annotated[int | None, typer.Option(min=1, help="Only that many of the newest.")] = None,
    data_dir: DataDir = None,
    json: JsonFlag = False,
) -> None:
    """List the mails, oldest first."""
    from sandbox.mails import list_mails  # noqa: PLC0415

    mails = list_mails(_mailbox(data_dir), last)
    if json:
        print_json([mail.__dict__ for mail in mails])
        return
    rows = [(mail.number, mail.date.strftime("%Y-%m-%d %H:%M:%S"), mail.to, mail.subject) for mail in mails]
    print_table("Mails", ("no.", "arrived", "to", "subject"), rows)


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
    except SandboxError as failure:
        raise Refused.because("unknown_mail", str(failure)) from None
    if json:
        headers = dict(mail.headers)
        print_json({**mail.summary.__dict__, "headers": headers, "text": mail.text, "html": mail.html})
        return
    for name, value in mail.headers:
        if name.lower() in ("from", "to", "subject", "date", "message-id"):
            console.print(f"{name}: {value}", markup=False, soft_wrap=True)
    console.print("\n" + mail.text, markup=False, soft_wrap=True)


def _mailbox(data_dir: Path | None) -> Path:
    return (data_dir or data_dir_from_environment()) / "mailbox"
