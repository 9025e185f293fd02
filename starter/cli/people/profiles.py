"""`esim-orders profile ...`: which actions users may use on which lines and SIMs."""

from typing import Annotated

import typer

from models.orders.rules import SLOTS, Action
from models.people.profiles import ProfileView
from starter.cli.language import action_label
from starter.cli.output import JsonFlag, print_json, print_table
from starter.cli.session import open_desk, run

app = typer.Typer(help="List, show and edit authorised actions profiles.", no_args_is_help=True)

Account = Annotated[
    str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
]
Profile = Annotated[str, typer.Argument(metavar="PROFILE", help="Name of the profile.")]
Targets = Annotated[
    list[str],
    typer.Argument(metavar="TARGET...", help="switch_to_esim:2, switch_to_esim for its three slots, or all."),
]


@app.command(name="list")
def list_profiles(account: Account = None, json: JsonFlag = False) -> None:
    """List the profiles of an account, the default one first."""
    from starter.people.profiles import ProfileDesk  # noqa: PLC0415

    async def read() -> list[ProfileView]:
        async with open_desk(ProfileDesk) as (profiles, caller):
            return await profiles.profiles(caller, account)

    found = run(read)
    if json:
        print_json(found)
        return
    rows = [
        (profile.name, "yes" if profile.is_default else "no", profile.users, f"{len(profile.enabled)} of 9")
        for profile in found
    ]
    print_table("Authorised actions profiles", ("profile", "default", "users", "enabled"), rows)


@app.command()
def show(profile: Profile, account: Account = None, json: JsonFlag = False) -> None:
    """Show the nine targets of a profile."""
    from starter.people.profiles import ProfileDesk  # noqa: PLC0415

    async def read() -> ProfileView:
        async with open_desk(ProfileDesk) as (profiles, caller):
            return await profiles.profile(caller, account, profile)

    _print(run(read), json=json)


@app.command()
def create(profile: Profile, account: Account = None, json: JsonFlag = False) -> None:
    """Create a custom profile; its nine targets are disabled."""
    from starter.people.profiles import ProfileDesk  # noqa: PLC0415

    async def call() -> ProfileView:
        async with open_desk(ProfileDesk) as (profiles, caller):
            return await profiles.create_profile(caller, account, profile)

    _print(run(call), json=json)


@app.command()
def enable(profile: Profile, targets: Targets, account: Account = None, json: JsonFlag = False) -> None:
    """Enable targets for the users of a profile."""
    from starter.people.profiles import ProfileDesk  # noqa: PLC0415

    async def call() -> ProfileView:
        async with open_desk(ProfileDesk) as (profiles, caller):
            return await profiles.enable(caller, account, profile, targets)

    _print(run(call), json=json)


@app.command()
def disable(profile: Profile, targets: Targets, account: Account = None, json: JsonFlag = False) -> None:
    """Disable targets for the users of a profile."""
    from starter.people.profiles import ProfileDesk  # noqa: PLC0415

    async def call() -> ProfileView:
        async with open_desk(ProfileDesk) as (profiles, caller):
            return await profiles.disable(caller, account, profile, targets)

    _print(run(call), json=json)


def _print(profile: ProfileView, *, json: bool) -> None:
    if json:
        print_json(profile)
        return
    rows = [
        (
            action.value,
            action_label(action),
            *("yes" if profile.enables(action, slot) else "no" for slot in SLOTS),
        )
        for action in Action
    ]
    columns = ("target", "action", *(f":{slot}" for slot in SLOTS))
    print_table(f"{profile.name} ({profile.account})", columns, rows)
