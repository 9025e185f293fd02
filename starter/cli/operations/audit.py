"""`esim-orders audit`: what was changed, by whom, when, from where and by which key or session (A17)."""

from datetime import datetime
from typing import Annotated

import typer

from models.identifiers import named
from models.operations.audit import AuditEntry
from starter.cli.output import JsonFlag, column_time, how_many, is_wide, print_json, print_table, say
from starter.cli.session import run_at
from starter.cli.times import time_option

Moment = datetime | None


def audit(  # noqa: PLR0917  options of a command
    actor: Annotated[
        str | None, typer.Option("--actor", help="`operator`, `system`, or a user: U-3 or an address.")
    ] = None,
    about: Annotated[
        str | None,
        typer.Option("--about", help="A record: an id such as L-42, a phone number, an ICCID or an address."),
    ] = None,
    event: Annotated[
        str | None, typer.Option("--type", help="`order.submitted`, or `order` for all of these.")
    ] = None,
    since: Annotated[Moment, time_option("--since", explained="Not before this (UTC).")] = None,
    until: Annotated[Moment, time_option("--until", explained="Before this (UTC).")] = None,
    session: Annotated[
        str | None, typer.Option("--session", help="The API key, K-7, or the session, SE-12, of the call.")
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="The IP address of the call.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    limit: Annotated[int, how_many("The most entries to list.")] = 50,
    json: JsonFlag = False,
) -> None:
    """List what was changed, newest first."""
    from starter.operations.audit import AuditDesk  # noqa: PLC0415

    found = run_at(
        AuditDesk,
        lambda desk, who: desk.entries(
            who,
            account,
            actor=actor,
            about=about,
            type=event,
            since=since,
            until=until,
            session=session,
            address=address,
            limit=limit,
        ),
    )
    if json:
        print_json(list(found))
    elif found:
        _print(found)
    else:
        say("No such change is recorded.")


def _print(entries: list[AuditEntry]) -> None:
    more = ("account", "session", "address") if is_wide() else ()
    rows = [
        (
            column_time(entry.at),
            entry.type,
            entry.actor,
            ", ".join(named(each) for each in entry.about),
            entry.surface,
            *(getattr(entry, name) for name in more),
        )
        for entry in entries
    ]
    print_table("Changes", ("at (UTC)", "what", "by", "about", "via", *more), rows)
