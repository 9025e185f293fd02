"""`esim-orders number assign|replace|resend`: which eSIM a number has, and its agent's e-mail."""

from typing import Annotated

import typer

from models.licences.add_ons import AddOn
from models.licences.numbers import ReplaceReason
from models.orders.ordered import Shown
from starter.cli.licences.desks import Number
from starter.cli.orders.placed import ask_to_place, print_placed
from starter.cli.output import JsonFlag, key_of, print_json, say
from starter.cli.session import call_at, connected, kept_open

User = Annotated[str | None, typer.Option("--user", help="Who orders: e-mail address or id (U-3).")]
Key = Annotated[str | None, key_of("order")]
Yes = Annotated[bool, typer.Option("--yes", help="Place the order without asking.")]
Supports = Annotated[
    bool, typer.Option("--phone-supports-esim", help="Confirm that the agent's phone supports eSIM.")
]
_AT_ONCE = "The present eSIM stops at once, with its QR code and links; an open order of it is cancelled."
_LATER = "The present eSIM stops when the new one is processed."


def assign(  # noqa: PLR0917  options of a command
    number: Number,
    user: User = None,
    licence: Annotated[str | None, typer.Option("--licence", help="This licence: LI-3.")] = None,
    add_on: Annotated[
        str | None,
        typer.Option("--add-on", metavar="ADD-ON", help=f"A free licence of: {', '.join(AddOn)}."),
    ] = None,
    supports: Supports = False,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Assign an eSIM licence to a number; its agent gets the QR code by e-mail."""
    from starter.licences.assignments import AssignDraft, AssignmentDesk  # noqa: PLC0415

    draft = AssignDraft(number=number, licence=licence, add_on=add_on, phone_confirmed=supports, key=key)
    with kept_open(connected(AssignmentDesk, user)) as ((desk, who), call):
        if not yes:
            what = call(desk.check_assign(who, draft))
            ask_to_place(f"{what.summary(Shown())}: LI-{what.licence_id}.")
        placed = call(desk.assign(who, draft))
    print_placed(placed, key, json=json)


def replace(  # noqa: PLR0917  options of a command
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="REASON", help=f"{', '.join(ReplaceReason)}.")],
    user: User = None,
    supports: Supports = False,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Replace the eSIM of a number for a new, lost or stolen phone; the licence stays.

    The eSIM of a lost or stolen phone stops first, also where its replacement is then refused: its licence is
    then free.
    """
    from starter.licences.assignments import AssignmentDesk, ReplaceDraft  # noqa: PLC0415

    draft = ReplaceDraft(number=number, reason=reason, phone_confirmed=supports, key=key)
    with kept_open(connected(AssignmentDesk, user)) as ((desk, who), call):
        if not yes:
            what = call(desk.check_replace(who, draft))
            ask_to_place(f"{what.summary(Shown())}. {_AT_ONCE if what.reason.stops_at_once else _LATER}")
        placed = call(desk.replace(who, draft))
    print_placed(placed, key, json=json)


def resend(
    number: Number, key: Annotated[str | None, key_of("e-mail")] = None, json: JsonFlag = False
) -> None:
    """Send the agent's e-mail with the QR code again; the links of earlier e-mails end."""
    from starter.licences.assignments import AssignmentDesk  # noqa: PLC0415

    sent = call_at(AssignmentDesk, lambda desk, who: desk.resend(who, number, key=key))
    if json:
        print_json(sent)
    else:
        say(f"{sent.id}: the agent gets the e-mail again; links of earlier ones show nothing any more.")
