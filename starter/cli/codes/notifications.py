"""`esim-orders qr notify|revoke`: notify people of a QR code by e-mail, and revoke links."""

from typing import Annotated

import typer

from models.codes.links import LINK, parse_link
from models.codes.requests import LinkView, NotificationView
from models.errors import Refused
from models.identifiers import reference
from starter.cli.codes.arguments import Sim, SomeUser, names_link, parse_id
from starter.cli.language import why_not, worded
from starter.cli.output import JsonFlag, key_of, print_json, say, warn
from starter.cli.questions import answer
from starter.cli.session import qr_desk, run

_NO_RECIPIENT = "-"


def notify(
    sim: Sim,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ADDRESS", help="Whom to notify; the manager if left out, see below."),
    ] = None,
    user: SomeUser = None,
    key: Annotated[str | None, key_of("notification")] = None,
    json: JsonFlag = False,
) -> None:
    """Mail a link that shows a SIM's QR code until it expires.

    Without --to it goes to the manager: who requested the code, else the account's contact address, else who
    imported it. The code of a number's eSIM goes to its agent.
    """
    sent = notify_address(sim, to, user, key)
    if json:
        print_json(sent)
    else:
        print_notification(sent)


def notify_address(sim: str, to: str | None, user: str | None, key: str | None = None) -> NotificationView:
    """Notify this address, or the manager, of the SIM's current code."""

    async def call() -> NotificationView:
        async with qr_desk(user) as (desk, caller):
            return await desk.notify(caller, sim, to, key=key)

    return run(call)


def offer(sim: str, user: str | None, manager: str | None) -> None:
    """Ask at a terminal whom to notify after an import, with the manager's address as the default (F37)."""
    if manager:
        say(
            worded(
                "A manager can be notified by e-mail, with a link that shows the code. The address offered "
                "is of who requested it, else the account's contact address, else of who imported it."
            )
        )
        question = worded("Notify whom by e-mail? (Enter: the manager; -: no one)")
    else:
        question = worded("Notify whom by e-mail? (Enter: no one; -: no one)")
    while True:
        to = answer(question, manager or "", otherwise=worded("No notification was sent."))
        if to in ("", _NO_RECIPIENT):
            return
        try:
            print_notification(notify_address(sim, to, user))
        except Refused as refused:
            if {refusal.code for refusal in refused.refusals} != {"email_invalid"}:
                raise
            for refusal in refused.refusals:
                warn(why_not(refusal))
        else:
            return


def print_notification(sent: NotificationView) -> None:
    """Print to whom a notification goes, and of which version of the code."""
    say(
        worded(
            "{notification}: {address} is notified of version {version} of {sim}.",
            notification=sent.id,
            address=sent.address,
            version=sent.version,
            sim=reference("S", sent.sim_id),
        )
    )


def revoke(
    notification: Annotated[
        str,
        typer.Argument(
            metavar="NOTIFICATION|LINK", help="Its id (qr-notification-... or link:7), see `qr history`."
        ),
    ],
    json: JsonFlag = False,
) -> None:
    """Revoke the links of a notification, or one link of any mail: it opens nothing any more."""
    from starter.codes.book import CodeBook  # noqa: PLC0415

    if names_link(notification):
        _revoke_link(parse_link(notification), json=json)
        return
    wanted = parse_id(notification, "notification")

    async def call() -> tuple[str, NotificationView]:
        async with qr_desk() as (desk, caller):
            before = (await CodeBook(desk.database).notification(caller, wanted)).state
            return before, await desk.revoke(caller, wanted)

    before, revoked = run(call)
    if json:
        print_json(revoked)
    else:
        already = " already" if before == revoked.state else ""
        say(f"{revoked.id}: {revoked.state.replace('_', ' ')}{already}")


def _revoke_link(link_id: int, *, json: bool) -> None:
    async def call() -> LinkView:
        async with qr_desk() as (desk, caller):
            return await desk.revoke_link(caller, link_id)

    link = run(call)
    if json:
        print_json(link)
    else:
        say(f"{LINK}{link.id}: {link.state}")
