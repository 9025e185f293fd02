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
def create(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address; it names one user.")],
    account: Annotated[
        str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Authorised actions profile; the default one if left out.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="en|fr", help="Of e-mails to them; the account's if left out."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Create a user of an account."""

    async def call() -> UserView:
        async with inventory() as stock:
            return await stock.create_user(account, name, email, profile, language=language)

    created = run(call)
    if json:
        print_json(created)
        return
    _print([created], json=False)


@app.command(name="set-language")
def set_language(
    user: Annotated[str, typer.Argument(metavar="USER", help="E-mail address or id (U-3).")],
    language: Annotated[str, typer.Argument(metavar="en|fr", help="Of e-mails to them.")],
    json: JsonFlag = False,
) -> None:
    """Write to a user in this language, whatever that of their account is."""

    async def call() -> UserView:
        async with inventory() as stock:
            return await stock.set_user_language(user, language)

    changed = run(call)
    if json:
        print_json(changed)
        return
    _print([changed], json=False)


def _print(users: list[UserView], *, json: bool) -> None:
    if json:
        print_json(users)
        return
    rows = [
        (reference("U", user.id), user.name, user.email, user.account, user.profile, user.language)
        for user in users
    ]
    print_table("Users", ("user", "name", "e-mail", "account", "profile", "language"), rows)
