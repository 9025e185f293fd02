"""`esim-orders sandbox ...`: stop and start parts of a running sandbox, to rehearse an outage."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.errors import Refused
from starter.cli.operations.sandbox import DataDir, look_in
from starter.cli.output import JsonFlag, print_json, print_table, say
from starter.cli.session import no_sandbox

app = typer.Typer(
    help="Stop and start parts of the sandbox that `up` runs, to rehearse an outage.", no_args_is_help=True
)

PartName = Annotated[
    str, typer.Argument(metavar="PART", help="One of: postgres, temporal, mailbox, worker, portal.")
]


@app.command()
def status(data_dir: DataDir = None, json: JsonFlag = False) -> None:
    """List the parts: what each does now, and how often it exited by itself."""
    from settings import data_dir_from_environment, sandbox_clock  # noqa: PLC0415

    parts = _ask(data_dir, do="status")
    if json:
        print_json(parts)
        return
    rows = [(part["name"], part["state"], part["pid"], part["exits"]) for part in parts]
    print_table("Sandbox", ("part", "state", "process", "exits"), rows, whole=("part", "state"))
    if sandbox_clock(data_dir_from_environment()):
        say("This sandbox has a clock: esim-orders clock show, esim-orders clock advance P1D.", whole=True)


@app.command()
def stop(
    part: PartName,
    kill: Annotated[
        bool, typer.Option("--kill", help="Kill it at once instead of asking it to stop.")
    ] = False,
    data_dir: DataDir = None,
    json: JsonFlag = False,
) -> None:
    """Stop a part. It stays down until `sandbox start`, or until `up` is started again."""
    _switched(_ask(data_dir, do="stop", part=part, at_once=kill), json=json)


@app.command()
def start(part: PartName, data_dir: DataDir = None, json: JsonFlag = False) -> None:
    """Start a part that was stopped, and wait until it is ready."""
    _switched(_ask(data_dir, do="start", part=part), json=json)


def _switched(parts: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        print_json(parts[0])
    else:
        say(f"{parts[0]['name']} is {parts[0]['state']}.")


def _ask(data_dir: Path | None, **request: Any) -> list[dict[str, Any]]:
    """Send a request to the running sandbox; the state of its parts. Raises `Unavailable`, `Refused`."""
    try:
        from sandbox.control import NoAnswer, ask  # noqa: PLC0415
        from sandbox.data_dir import DataDir as Folder  # noqa: PLC0415
    except ImportError:
        raise Refused.because("sandbox_missing") from None

    from settings import data_dir_from_environment  # noqa: PLC0415

    look_in(data_dir)
    folder = Folder(data_dir_from_environment().absolute())
    if not folder.is_running():
        raise no_sandbox()
    try:
        answer = ask(folder.path, **request)
    except NoAnswer:
        raise Refused.because("sandbox_silent", folder=str(folder.path)) from None
    match answer:
        case {"unknown": part, "parts": parts}:
            raise Refused.because("sandbox_part_unknown", part=part, parts=parts)
        case {"external": part, "variable": variable}:
            raise Refused.because("sandbox_part_external", part=part, variable=variable)
        case {"slow": part, "state": state}:
            raise Refused.because("sandbox_part_slow", part=part, state=state)
        case {"failed": reason}:
            raise Refused.because("sandbox", reason=reason)
    found: list[dict[str, Any]] = answer["parts"]
    return found
