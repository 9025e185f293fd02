"""`esim-orders travel add-line | add-plan | replace`: eSIM lines and their orders."""

from typing import Annotated

import typer

from models.identifiers import reference
from models.orders.ordered import Shown
from models.travel.entered import data_volume
from models.travel.line_views import LinePreview
from models.travel.profiles import EsimReason
from starter.cli.language import countries, money
from starter.cli.orders.placed import ask_to_place, print_placed
from starter.cli.output import JsonFlag, key_of
from starter.cli.session import connected, kept_open
from starter.cli.travel.app import app
from starter.cli.travel.arguments import TheSubscriber

TheLine = Annotated[str, typer.Argument(metavar="LINE", help="Id (EL-9) or ICCID of an eSIM line.")]
NamedPlan = Annotated[str, typer.Option("--plan", metavar="PLAN", help="Name or id (TP-3) of the plan.")]
User = Annotated[str | None, typer.Option("--user", help="Who orders: e-mail address or id (U-3).")]
Key = Annotated[str | None, key_of("order")]
Yes = Annotated[bool, typer.Option("--yes", help="Place the order without asking.")]
_OLD_CODE = "The present eSIM stops when the new one is on the line; its QR code and links are dead then."


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
    line: TheLine,
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
    line: TheLine,
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
            what = call(desk.check_replace(who, draft))
            ask_to_place(f"{what.summary(Shown())}. {_OLD_CODE}")
        placed = call(desk.replace(who, draft))
    print_placed(placed, key, json=json)


def _shown(preview: LinePreview) -> str:
    """What is ordered, in one or two sentences (T39)."""
    plan = preview.plan
    price = "free of charge" if preview.complimentary else money(plan.price, plan.currency)
    first = (
        f"{reference('TP', plan.id)} {plan.name}: {countries(plan.countries)}; {data_volume(plan.data_mb)}, "
        f"{plan.days} days from the first connection there, {price}."
    )
    return f"{first} {_goes_on(preview)}"


def _goes_on(preview: LinePreview) -> str:
    if preview.esim_line_id is not None:
        return (
            f"It goes on {reference('EL', preview.esim_line_id)} {preview.line_name}, ICCID {preview.iccid}."
        )
    profile = preview.plan.profile
    if not preview.in_stock:
        return f"No eSIM of profile {profile} is in stock: the order waits for one."
    return f"A new eSIM of profile {profile} ({preview.in_stock} in stock); the line is {preview.line_name}."
