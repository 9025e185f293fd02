"""`esim-orders qr list`: requests of all SIMs, and held or unsent notifications."""

from collections.abc import Sequence
from typing import Annotated

import typer

from models.codes.requests import QrWaitingView, RequestStatus
from models.identifiers import named, reference
from models.paging import Page, Position
from starter.cli.language import held as hold_sentence
from starter.cli.language import not_sent_reason, request_status
from starter.cli.long_lists import Csv, JsonLines, LongList
from starter.cli.operations import not_sent
from starter.cli.output import how_many, is_wide, print_table, say, short_time
from starter.cli.session import open_desk, run


def list_waiting(  # noqa: PLR0917  options of a command
    open_only: Annotated[bool, typer.Option("--open", help="Only requests that have not ended.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Only what is held and waits for a person.")] = False,
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    limit: Annotated[int, how_many("How many, newest first.")] = 100,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List requests for QR codes, newest first, with the notifications that are held or not sent yet."""
    from starter.codes.book import CodeBook  # noqa: PLC0415

    printed = LongList(print_waiting, FILE_COLUMNS, _file_cells, json, csv)

    async def show_all() -> bool:
        async with open_desk(CodeBook) as (codes, caller):

            async def read(size: int, after: Position | None) -> Page[QrWaitingView]:
                return await codes.waiting(
                    caller, account, open_only=open_only, held=held, limit=size, after=after
                )

            return (await printed.show(read, limit))[0]

    found = run(show_all)
    if found or not printed.for_people:
        return
    if held:
        say("No request for a QR code is held, and no notification of one.")
    else:
        say("There are no such requests." if open_only or account else "There are no requests.")


FILE_COLUMNS = ("request", "account", "sim", "status", "held_reason", "since", "round", "requested_by")


def _file_cells(waiting: QrWaitingView) -> tuple[str, ...]:
    cells = (
        *(waiting.id, waiting.account, reference("S", waiting.sim_id), waiting.status, waiting.held_reason),
        *(waiting.since.isoformat(), waiting.round, named(waiting.requested_by)),
    )
    return tuple("" if cell is None else str(cell) for cell in cells)


def print_waiting(found: Sequence[QrWaitingView]) -> None:
    """Print one row per request or notification; in a wide terminal with its round and requester."""
    wide = is_wide()
    rows = []
    for waiting in found:
        more = (waiting.round, _who(waiting.requested_by)) if wide else ()
        sim, since = reference("S", waiting.sim_id), short_time(waiting.since)
        rows.append((waiting.id, sim, _status(waiting), since, *more))
    columns = ("id", "SIM", "status", "since (UTC)", *(("round", "by") if wide else ()))
    print_table("Requests for QR codes", columns, rows, whole=("id", "SIM", "since (UTC)", "round", "by"))
    for reason in dict.fromkeys(waiting.held_reason for waiting in found if waiting.held_reason):
        say(f"{reason}: {hold_sentence(reason)}")
    for reason in dict.fromkeys(unsent.reason for waiting in found for unsent in waiting.not_sent):
        say(f"{not_sent.label()}: {not_sent_reason(reason)}")


def _status(waiting: QrWaitingView) -> str:
    mark = not_sent.mark(waiting.not_sent)
    if waiting.held_reason:
        return f"held: {waiting.held_reason}" + mark
    if waiting.status not in set(RequestStatus):
        return waiting.status + mark
    return request_status(RequestStatus(waiting.status)) + mark


def _who(actor: str) -> str:
    kind, _, number = actor.partition(":")
    return reference("U", int(number)) if kind == "user" and number.isdigit() else actor
