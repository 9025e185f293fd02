"""`esim-orders travel revoke | suspend | resume`: changes of eSIM lines and their plans."""

from typing import Annotated

import typer

from starter.cli.language import worded
from starter.cli.output import JsonFlag, tell
from starter.cli.session import call_at
from starter.cli.travel.app import app
from starter.cli.travel.arguments import Line

Plan = Annotated[str, typer.Argument(metavar="PLAN", help="Id of the plan on the line (PA-7).")]


@app.command()
def revoke(plan: Plan, json: JsonFlag = False) -> None:
    """Revoke a queued plan of an eSIM line; one that is in use cannot be revoked."""
    from starter.travel.line_changes import LineDesk  # noqa: PLC0415

    line = call_at(LineDesk, lambda desk, who: desk.revoke(who, plan))
    tell(worded("{plan}: revoked", plan=plan), json=json, plan=plan, line=line, revoked=True)


@app.command()
def suspend(
    line: Line,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    json: JsonFlag = False,
) -> None:
    """Suspend an eSIM line, with the reason; the 30 days of its plans go on."""
    from starter.travel.line_changes import LineDesk  # noqa: PLC0415

    call_at(LineDesk, lambda desk, who: desk.suspend(who, line, reason))
    tell(worded("{line}: suspended", line=line), json=json, line=line, suspended=True)


@app.command()
def resume(
    line: Line,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = "",
    json: JsonFlag = False,
) -> None:
    """Resume a suspended eSIM line."""
    from starter.travel.line_changes import LineDesk  # noqa: PLC0415

    call_at(LineDesk, lambda desk, who: desk.resume(who, line, reason))
    tell(worded("{line}: resumed", line=line), json=json, line=line, resumed=True)
