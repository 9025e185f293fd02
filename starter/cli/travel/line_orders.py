"""`esim-orders travel add-line | add-plan | replace`: orders of eSIM lines and plans on them."""

from typing import Annotated

import typer

from models.identifiers import reference
from models.paging import counted_up
from models.travel.line_views import LinePreview, ReplacePreview
from models.travel.profiles import EsimReason
from starter.cli.language import countries, money, volume, worded
from starter.cli.orders.placed import ask_to_place, print_placed
from starter.cli.output import JsonFlag, key_of
from starter.cli.session import connected, kept_open
from starter.cli.travel.app import app
from starter.cli.travel.arguments import Line, TheSubscriber

NamedPlan = Annotated[str, typer.Option("--plan", metavar="PLAN", help="Name or id (TP-3) of the plan.")]
User = Annotated[str | None, typer.Option("--user", help="Who orders: e-mail address or id (U-3).")]
Key = Annotated[str | None, key_of("order")]
Yes = Annotated[bool, typer.Option("--yes", help="Place the order without asking.")]


@app.command()
def add_line(  # noqa: PLR0917  options of a command
    subscriber: TheSubscriber,
    plan: NamedPlan,
    country: Annotated[
        list[str] | None,
        typer.Option("--country", metavar="COUNTRY", help="Where they go: name or code; repeatable."),
    ] = None,
    complimentary: Annotated[
        bool, typer.Option("--complimentary", help="Free of charge; their own plan must allow it.")
    ] = False,
    user: User = None,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Give a subscriber an eSIM from stock with a plan; they get the QR code and a confirmation by e-mail."""
    from starter.travel.line_orders import AddLineDraft, LineOrderDesk  # noqa: PLC0415

    draft = AddLineDraft(
        subscriber=subscriber,
        plan=plan,
        countries=tuple(country or ()),
        complimentary=complimentary,
        key=key,
    )
    with kept_open(connected(LineOrderDesk, user)) as ((desk, who), call):
        if not yes:
            ask_to_place(_shown(call(desk.preview_line(who, draft))))
        placed = call(desk.add_line(who, draft))
    print_placed(placed, key, json=json)


@app.command()
def add_plan(  # noqa: PLR0917  options of a command
    line: Line,
    plan: NamedPlan,
    user: User = None,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Add a plan to an eSIM line; the eSIM stays, the subscriber gets a confirmation by e-mail."""
    from starter.travel.line_orders import AddPlanDraft, LineOrderDesk  # noqa: PLC0415

    draft = AddPlanDraft(line=line, plan=plan, key=key)
    with kept_open(connected(LineOrderDesk, user)) as ((desk, who), call):
        if not yes:
            ask_to_place(_shown(call(desk.preview_plan(who, draft))))
        placed = call(desk.add_plan(who, draft))
    print_placed(placed, key, json=json)


@app.command()
def replace(  # noqa: PLR0917  options of a command
    line: Line,
    reason: Annotated[str, typer.Option("--reason", metavar="REASON", help=f"{', '.join(EsimReason)}.")],
    user: User = None,
    key: Key = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Replace the eSIM of a line; its plans stay, with what remains of them."""
    from starter.travel.line_orders import LineOrderDesk, ReplaceEsimDraft  # noqa: PLC0415

    draft = ReplaceEsimDraft(line=line, reason=reason, key=key)
    with kept_open(connected(LineOrderDesk, user)) as ((desk, who), call):
        if not yes:
            ask_to_place(_replaced(call(desk.preview_replace(who, draft))))
        placed = call(desk.replace(who, draft))
    print_placed(placed, key, json=json)


def _replaced(preview: ReplacePreview) -> str:
    """What a replacement does, and the stock for it, in some sentences."""
    line = reference("EL", preview.esim_line_id)
    if preview.iccid is None:
        first = worded("{line} has no eSIM and gets one; its plans stay on the line.", line=line)
    else:
        first = worded(
            "The eSIM of {line} is replaced; its plans stay on the line. The present eSIM stops when the new "
            "one is on the line; its QR code and links are dead then.",
            line=line,
        )
    if not preview.in_stock:
        second = worded(
            "No eSIM of profile {profile} is in stock: the order waits for one.", profile=preview.profile
        )
    else:
        second = worded(
            "A new eSIM of profile {profile} ({stock} in stock).",
            profile=preview.profile,
            stock=counted_up(preview.in_stock),
        )
    return f"{first} {second}"


def _shown(preview: LinePreview) -> str:
    """What is ordered, in one or two sentences (T39)."""
    plan = preview.plan
    price = worded("free of charge") if preview.complimentary else money(plan.price, plan.currency)
    first = worded(
        "{plan}: {countries}; {data}, {days} days from the first connection there, {price}.",
        plan=f"{reference('TP', plan.id)} {plan.name}",
        countries=countries(plan.countries),
        data=volume(plan.data_mb),
        days=plan.days,
        price=price,
    )
    return f"{first} {_goes_on(preview)}"


def _goes_on(preview: LinePreview) -> str:
    name, profile, stock = preview.line_name, preview.plan.profile, preview.in_stock
    if preview.esim_line_id is not None:
        line = f"{reference('EL', preview.esim_line_id)} {name}"
        return worded("It goes on {line}, ICCID {iccid}.", line=line, iccid=preview.iccid)
    if not stock:
        return worded(
            "No eSIM of profile {profile} is in stock: the order waits for one. The line is {name}.",
            profile=profile,
            name=name,
        )
    return worded(
        "A new eSIM of profile {profile} ({stock} in stock); the line is {name}.",
        profile=profile,
        stock=stock,
        name=name,
    )
