"""`esim-orders qr retry`: let a held request or notification go on, and say what became of it."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import PartAway
from models.identifiers import reference
from models.inventory import EventView
from models.lifecycle import HoldReason
from starter.cli.language import held as hold_sentence
from starter.cli.order_retry import LOOK_EVERY_SECONDS, SETTLED_SECONDS, WATCHED_SECONDS, Outcome
from starter.cli.order_views import Actor
from starter.cli.output import JsonFlag, print_json, say, warn
from starter.cli.qr_codes import parse_id
from starter.cli.session import CHECK_FAILED, qr_desk, run

if TYPE_CHECKING:
    from starter.qr_desk import QrDesk

_HELD = ("qr.held", "notification.held")
_FAILED = ("mail.failed", "mail.uncertain")
_RELEASED = ("qr.released", "notification.released")
_DONE = ("mail.sent", "mail.given_up", "notification.given_up")


def retry(
    waiting: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a held request (qr-request-...) or notification.")
    ],
    actor: Actor = "operator",
    json: JsonFlag = False,
) -> None:
    """Let a held request or notification go on: what it is held for is tried again.

    It is watched for some seconds: exit code 1 says that it is held again.
    """
    wanted = parse_id(waiting, "notification" if "notification" in waiting.lower() else "request")
    outcome, reason = run(lambda: _retry(wanted, actor))
    if outcome is Outcome.NOTHING_YET:
        raise PartAway("worker", f"{wanted} is told to go on; nothing was done yet, see `qr history`.")
    if json:
        print_json({"id": wanted, "retried": True, "held_reason": reason, "outcome": outcome.name.lower()})
    elif outcome is Outcome.HELD_AGAIN:
        why = f": {hold_sentence(reason)}" if reason in set(HoldReason) else "; see `qr history`."
        warn(f"{wanted} is held again{why}")
    else:
        say(f"{wanted} {outcome.value}.")
    if outcome is Outcome.HELD_AGAIN:
        raise SystemExit(CHECK_FAILED)


async def _retry(wanted: str, actor: str) -> tuple[Outcome, str | None]:
    async with qr_desk() as desk:
        is_request = wanted.startswith("qr-request-")
        found = await (desk.request_view(wanted) if is_request else desk.notification(wanted))
        sim = reference("S", found.sim_id)
        before = len(await _events(desk, sim, wanted))
        await desk.retry(wanted, actor=actor)
        return await _watched(desk, sim, wanted, before)


async def _watched(desk: "QrDesk", sim: str, wanted: str, before: int) -> tuple[Outcome, str | None]:
    """Look at what happens until it is held again or has settled."""
    loop = asyncio.get_running_loop()
    until, settling = loop.time() + WATCHED_SECONDS, False
    while True:
        news = (await _events(desk, sim, wanted))[before:]
        happened = {event.type for event in news}
        if happened.intersection(_HELD):
            return Outcome.HELD_AGAIN, _reason(news)
        if not settling and happened.intersection(_DONE):
            settling, until = True, min(until, loop.time() + SETTLED_SECONDS)
        if loop.time() >= until and happened.intersection(_FAILED):
            return Outcome.HELD_AGAIN, None
        if loop.time() >= until:
            goes_on = settling or happened.intersection(_RELEASED)
            return (Outcome.GOES_ON if goes_on else Outcome.NOTHING_YET), None
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _events(desk: "QrDesk", sim: str, wanted: str) -> Sequence[EventView]:
    events = (await desk.history(sim)).events
    return [
        event
        for event in events
        if wanted in (event.data.get("request_id"), event.data.get("notification_id"))
    ]


def _reason(news: Sequence[EventView]) -> str | None:
    reasons = [str(event.data["reason"]) for event in news if "reason" in event.data]
    return reasons[-1] if reasons else None
