"""`esim-orders user ...`: the users of accounts, their roles and profiles."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from models.identifiers import reference
from models.people.callers import USER_ROLES, Caller, Role, UserKind
from models.people.views import UserView
from starter.cli.output import JsonFlag, is_wide, key_of, print_json, print_list, say
from starter.cli.session import call_at, caller, no_sandbox, open_desk, opened, run, run_at

if TYPE_CHECKING:
    from starter.people.users import UserDesk

app = typer.Typer(help="List, create and edit users.", no_args_is_help=True)

Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]
User = Annotated[str, typer.Argument(metavar="USER", help="E-mail address or id (U-3).")]
Distributor = Annotated[
    str | None, typer.Option("--distributor", help="Whose orders a user with the role provider_desk sees.")
]
_ROLES = ", ".join(USER_ROLES)


@app.command(name="list")
def list_users(account: Account = None, json: JsonFlag = False) -> None:
    """List users with their role and authorised actions profile."""
    from starter.people.users import UserDesk  # noqa: PLC0415

    async def read() -> list[UserView]:
        async with open_desk(UserDesk) as (users, caller):
            return await users.users(caller, account)

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
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=f"{_ROLES}.")] = Role.MANAGER.value,
    service: Annotated[bool, typer.Option("--service", help="A service user, for API keys.")] = False,
    distributor: Distributor = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="en|fr", help="Of e-mails to them; the account's if left out."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Create a user of an account."""
    kind = UserKind.SERVICE if service else UserKind.PERSON
    _change(
        lambda users, caller: users.create_user(
            caller,
            account,
            name,
            email,
            profile,
            role=role,
            kind=kind,
            distributor=distributor,
            language=language,
        ),
        json=json,
    )


@app.command(name="set-name")
def set_name(
    user: User,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")],
    json: JsonFlag = False,
) -> None:
    """Set the name of a user."""
    _change(lambda users, caller: users.edit_user(caller, user, name=name), json=json)


@app.command(name="set-profile")
def set_profile(
    user: User,
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile of the account.")],
    json: JsonFlag = False,
) -> None:
    """Give a user another authorised actions profile."""
    _change(lambda users, caller: users.edit_user(caller, user, profile=profile), json=json)


@app.command(name="set-role")
def set_role(
    user: User,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"{_ROLES}.")],
    distributor: Distributor = None,
    json: JsonFlag = False,
) -> None:
    """Set the role of a user."""
    _change(lambda users, caller: users.set_role(caller, user, role, distributor=distributor), json=json)


@app.command(name="set-language")
def set_language(
    user: User,
    language: Annotated[str, typer.Argument(metavar="en|fr", help="Of e-mails to them.")],
    json: JsonFlag = False,
) -> None:
    """Set the language of e-mails to a user, instead of the account's language."""
    _change(lambda users, caller: users.set_user_language(caller, user, language), json=json)


@app.command()
def invite(
    user: User, key: Annotated[str | None, key_of("invitation")] = None, json: JsonFlag = False
) -> None:
    """Send a user a link to choose a password, and so the first administrator of an account."""
    from starter.people.mailed import MailedDesk  # noqa: PLC0415

    invited = call_at(MailedDesk, lambda desk, caller: desk.invite(caller, user, key=key))
    if json:
        print_json(invited)
    else:
        _print([invited], json=False)


@app.command(name="sign-ins")
def sign_ins(json: JsonFlag = False) -> None:
    """Print who can sign in to the pages of a sandbox: one person of each role, made on first use."""
    from sandbox.data_dir import DataDir  # noqa: PLC0415
    from settings import data_dir_from_environment  # noqa: PLC0415
    from starter.people import sandbox_people  # noqa: PLC0415

    folder = data_dir_from_environment().absolute()
    if DataDir(folder).running_addresses is None:
        raise no_sandbox()

    async def made() -> list[sandbox_people.SignIn]:
        async with opened() as database:
            return await sandbox_people.sign_ins(await caller(database), database, folder)

    people = run(made)
    if json:
        print_json([asdict(one) for one in people])
    else:
        say(sandbox_people.written(people), whole=True)


@app.command()
def deactivate(user: User, json: JsonFlag = False) -> None:
    """Deactivate a user, who can do nothing any more; orders that were accepted continue."""
    _change(lambda users, caller: users.deactivate_user(caller, user), json=json)


@app.command()
def activate(user: User, json: JsonFlag = False) -> None:
    """Activate a deactivated user again."""
    _change(lambda users, caller: users.activate_user(caller, user), json=json)


def _change(change: Callable[["UserDesk", Caller], Awaitable[UserView]], *, json: bool) -> None:
    from starter.people.users import UserDesk  # noqa: PLC0415

    changed = run_at(UserDesk, change)
    if json:
        print_json(changed)
    else:
        _print([changed], json=False)


def _print(users: list[UserView], *, json: bool) -> None:
    if json:
        print_json(users)
        return
    wide = is_wide()
    rows = [
        (
            reference("U", user.id),
            user.name,
            user.email,
            user.account,
            _role(user),
            *((user.profile, user.language) if wide else ()),
        )
        for user in users
    ]
    columns = ("user", "name", "e-mail", "account", "role", *(("profile", "language") if wide else ()))
    print_list("Users", columns, rows)


def _role(user: UserView) -> str:
    """The role, with the distributor, and whether the user is a service user or deactivated."""
    of = f" of {user.distributor}" if user.distributor else ""
    notes = [
        note
        for note, is_so in (("service", user.kind is UserKind.SERVICE), ("deactivated", user.deactivated_at))
        if is_so
    ]
    return user.role.value.replace("_", " ") + of + (f" ({', '.join(notes)})" if notes else "")
