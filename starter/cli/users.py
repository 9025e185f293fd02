"""`esim-orders user ...`: who may place orders."""

from typing import Annotated

import typer

from models.identifiers import reference
from models.inventory import UserView
from starter.cli.output import JsonFlag, print_json, print_table
from starter.cli.session import inventory, run

app = typer.Typer(help="Look at and create users.", no_args_is_help=True)

Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]


@app.command(name="list")
def list_users(account: Account = None, json: JsonFlag = False) -> None:
    """List users with their authorised actions profile."""

    async def read() -> list[UserView]:
        async with inventory() as stock:
            return await stock.users(account)

    _print(run(read), json=json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address; it names one user.")],
    account: Annotated[
        str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Authorised actions profile; the default one if left out.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Create a user of an account."""

    async def call() -> UserView:
        async with inventory() as stock:
            return await stock.create_user(account, name, email, profile)

    created = run(call)
    if json:
        print_json(created)
        return
    _print([created], json=False)


def _print(users: list[UserView], *, json: bool) -> None:
    if json:
        print_json(users)
        return
    rows = [(reference("U", user.id), user.name, user.email, user.account, user.profile) for user in users]
    print_table("Users", ("user", "name", "e-mail", "account", "profile"), rows)
