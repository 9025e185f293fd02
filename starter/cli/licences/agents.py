"""`esim-orders agent ...`: the people who use the numbers of an account."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.licences.views import AgentView
from models.people.callers import Caller
from starter.cli.licences import tables
from starter.cli.licences.desks import Account, Agent
from starter.cli.output import JsonFlag, how_many, print_json, warn
from starter.cli.questions import at_terminal, confirmed
from starter.cli.session import call_at, connected, kept_open, run_at

if TYPE_CHECKING:
    from starter.licences.agents import AgentDesk

app = typer.Typer(help="List, create, edit and deactivate agents.", no_args_is_help=True)

Email = Annotated[str | None, typer.Option("--email", help="Address to which the agent's eSIMs are sent.")]
Language = Annotated[
    str | None, typer.Option("--language", metavar="en|fr", help="Of e-mails; the account's if never set.")
]
Eid = Annotated[str | None, typer.Option("--eid", help="EID of the phone: 32 digits. It shows eSIM support.")]
SHOWN = 100
"""Agents that a table shows without `--limit`."""


@app.command(name="list")
def list_agents(
    account: Account = None,
    limit: Annotated[int | None, how_many(f"How many; {SHOWN} unless --json.")] = None,
    json: JsonFlag = False,
) -> None:
    """List agents with the numbers that they use."""
    from starter.licences.book import AgentBook  # noqa: PLC0415

    shown = limit or SHOWN
    wanted = limit if json else shown + 1
    found = run_at(AgentBook, lambda book, who: book.agents(who, account, limit=wanted))
    if json:
        print_json(found)
        return
    tables.print_agents(found[:shown])
    if len(found) > shown:
        warn(f"There are more than {shown} agents; see --limit and --account.")


@app.command()
def create(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the agent.")],
    email: Email = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
    ] = None,
    language: Language = None,
    eid: Eid = None,
    supports: Annotated[
        bool, typer.Option("--phone-supports-esim", help="Confirm that the phone supports eSIM.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Create an agent, who needs no sign-in. Without an address the agent can get no eSIM yet."""
    _call(
        lambda desk, who: desk.create_agent(
            who, account, name, email, language=language, eid=eid, phone_confirmed=supports
        ),
        json=json,
    )


@app.command()
def edit(  # noqa: PLR0917  options of a command
    agent: Agent,
    name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    email: Email = None,
    language: Language = None,
    eid: Eid = None,
    supports: Annotated[
        bool | None,
        typer.Option("--phone-supports-esim/--phone-unknown", help="Whether the phone supports eSIM."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Edit an agent. Orders that are held because the agent had no address continue with one.

    The links of QR codes that were mailed to the address before stop working; they are mailed to the new one.
    """
    _call(
        lambda desk, who: desk.edit_agent(
            who, agent, name=name, email=email, language=language, eid=eid, phone_confirmed=supports
        ),
        json=json,
    )


@app.command()
def deactivate(
    agent: Agent,
    yes: Annotated[bool, typer.Option("--yes", help="Deactivate without asking.")] = False,
    json: JsonFlag = False,
) -> None:
    """Deactivate an agent, who leaves all numbers: their eSIMs stop at once."""
    from starter.licences.agents import AgentDesk  # noqa: PLC0415

    with kept_open(connected(AgentDesk)) as ((desk, who), call):
        if not yes:
            if not at_terminal():
                raise Refused.because("confirmation_needed")
            warn("The agent leaves all numbers; their eSIMs stop at once, and open orders are cancelled.")
            if not confirmed("Deactivate this agent?", otherwise="Nothing was changed."):
                raise Refused.because("not_confirmed")
        deactivated = call(desk.deactivate_agent(who, agent))
    _print(deactivated, json=json)


@app.command()
def activate(agent: Agent, json: JsonFlag = False) -> None:
    """Activate a deactivated agent again, without numbers."""
    _call(lambda desk, who: desk.activate_agent(who, agent), json=json)


def _call(call: Callable[["AgentDesk", Caller], Awaitable[AgentView]], *, json: bool) -> None:
    from starter.licences.agents import AgentDesk  # noqa: PLC0415

    _print(call_at(AgentDesk, call), json=json)


def _print(agent: AgentView, *, json: bool) -> None:
    if json:
        print_json(agent)
    else:
        tables.print_agents([agent])
