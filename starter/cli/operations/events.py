"""`esim-orders events`: what happens in an account, as its programs see it (A10)."""

from typing import Annotated

import typer

from models.feed import NOW, FeedItem
from starter.cli.output import JsonFlag, between_commas, full_time, how_many, print_json, say
from starter.cli.session import open_desk, run

POLL_SECONDS = 0.5


def events(  # noqa: PLR0917  options of a command
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            help="`order.processed`, or `order` for all of these; with commas, or repeated.",
            callback=between_commas,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="CURSOR", help="Only what happened after this event: its id."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Print what happens from now on, or after --after, until Ctrl-C.")
    ] = False,
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    limit: Annotated[int, how_many("The most events to list; not with --follow.")] = 50,
    json: JsonFlag = False,
) -> None:
    """List what happened in an account, oldest first, or follow it: one line per event."""
    import asyncio  # noqa: PLC0415

    from starter.operations.feed import FeedDesk  # noqa: PLC0415

    async def read() -> list[FeedItem]:
        async with open_desk(FeedDesk) as (desk, who):
            page = await desk.account(who, account, after=after, types=kinds or (), limit=limit)
            return [news.item for news in page.news]

    async def watch() -> None:
        cursor = after or NOW
        async with open_desk(FeedDesk) as (desk, who):
            while True:
                page = await desk.account(who, account, after=cursor, types=kinds or ())
                for news in page.news:
                    say(news.item.model_dump_json() if json else _line(news.item))
                cursor = str(page.cursor)
                if not page.more:
                    await asyncio.sleep(POLL_SECONDS)

    if follow:
        run(watch)
        return
    found = run(read)
    if json:
        print_json(found)
    elif found:
        for item in found:
            say(_line(item))
    else:
        say("No such event is recorded.")


def _line(item: FeedItem) -> str:
    return f"{full_time(item.timestamp)}  {item.type:28} {', '.join(item.data['about'])}"
