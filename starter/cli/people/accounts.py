"""`esim-orders account ...`: accounts, the language of their e-mails, their contact address (F66, F67)."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.people.account import AccountView
from models.people.api_keys import Mode
from models.people.callers import Caller
from starter.cli.language import headings, worded
from starter.cli.output import JsonFlag, full_time, is_wide, print_json, print_table, say, tell
from starter.cli.session import open_desk, run, run_at, settings

if TYPE_CHECKING:
    from starter.operations.mappings import MappingDesk
    from starter.people.accounts import AccountDesk
    from store.session import Database

app = typer.Typer(help="Create, rename and close accounts.", no_args_is_help=True)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Name of the account.")]
LanguageName = Annotated[str, typer.Argument(metavar="en|fr", help="Of e-mails to its people.")]


def _accounts(database: "Database") -> "AccountDesk":
    from starter.people.accounts import AccountDesk  # noqa: PLC0415

    return AccountDesk(database, settings().mail_language)


@app.command(name="list")
def list_accounts(json: JsonFlag = False) -> None:
    """List accounts, closed ones too."""

    async def read() -> list[AccountView]:
        async with open_desk(_accounts) as (desk, who):
            return await desk.accounts(who)

    found = run(read)
    if json:
        print_json(found)
    elif found:
        _print(found)
    else:
        say(worded("There are no accounts."))


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the account; no other has it.")],
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="en|fr", help="Of e-mails to its people; ESIM_MAIL_LANGUAGE if left out."
        ),
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="EMAIL", help="Its contact address; see set-contact.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="For tests: only API keys that begin with esim_test_ reach it.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Create an account with its default profile. An import of a fleet creates the accounts it names, too."""
    mode = Mode.TEST if test else settings().account_mode
    _change(lambda desk, who: desk.create(who, name, language, contact, mode=mode), json=json)


@app.command()
def rename(
    account: Account,
    new_name: Annotated[
        str, typer.Argument(metavar="NEW_NAME", help="Its new name; no other account has it.")
    ],
    json: JsonFlag = False,
) -> None:
    """Give an account another name. Files that are imported must use the new name."""
    _change(lambda desk, who: desk.rename(who, account, new_name), json=json)


@app.command()
def close(account: Account, json: JsonFlag = False) -> None:
    """Close an account: no new orders or imports, and its users cannot act. Open orders finish, data stay."""
    _change(lambda desk, who: desk.close(who, account), json=json)


@app.command()
def reopen(account: Account, json: JsonFlag = False) -> None:
    """Open a closed account again, as it was."""
    _change(lambda desk, who: desk.reopen(who, account), json=json)


@app.command(name="set-language")
def set_language(account: Account, language: LanguageName, json: JsonFlag = False) -> None:
    """Set the language of e-mails to the account's people who have no language of their own."""
    _change(lambda desk, who: desk.set_language(who, account, language), json=json)


@app.command(name="set-contact")
def set_contact(
    account: Account,
    email: Annotated[str, typer.Argument(metavar="EMAIL|none", help="E-mail address, or none.")],
    json: JsonFlag = False,
) -> None:
    """Set the address that notifications are offered to when a QR code had no request."""
    address = None if email.strip().lower() == "none" else email
    _change(lambda desk, who: desk.set_contact(who, account, address), json=json)


@app.command(name="mappings")
def list_mappings(account: Account, json: JsonFlag = False) -> None:
    """List the mappings of headings that imports with --save-map keep for the account."""
    found = run_at(_mappings, lambda desk, who: desk.mappings(who, account))
    if json:
        print_json(found)
    elif found:
        rows = [(one.kind, "\n".join(one.entries), full_time(one.saved_at)) for one in found]
        print_table(worded("Saved mappings"), headings("kind", "mapping", "saved"), rows)
    else:
        say(worded("No mapping is saved for the account."))


@app.command(name="delete-mapping")
def delete_mapping(
    account: Account,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Such as import_fleet.")],
    json: JsonFlag = False,
) -> None:
    """Delete the saved mapping of the account for files of a kind; see 'account mappings'."""
    run_at(_mappings, lambda desk, who: desk.delete(who, account, kind))
    tell(worded("The mapping is deleted."), json=json, account=account, kind=kind, deleted=True)


def _mappings(database: "Database") -> "MappingDesk":
    from starter.operations.mappings import MappingDesk  # noqa: PLC0415

    return MappingDesk(database)


def _change(change: Callable[["AccountDesk", Caller], Awaitable[AccountView]], *, json: bool) -> None:
    changed = run_at(_accounts, change)
    if json:
        print_json(changed)
    else:
        _print([changed])


def _print(accounts: list[AccountView]) -> None:
    wide = is_wide()
    rows = []
    for account in accounts:
        state = worded("closed") if account.closed_at else worded("active")
        if account.closed_at and wide:
            state = worded("closed {time}", time=full_time(account.closed_at))
        if account.mode is Mode.TEST:
            state = worded("{state}, test", state=state)
        rows.append((account.name, state, account.open_orders, account.language, account.contact_email))
    columns = headings("account", "state", "open orders", "language", "contact")
    print_table(worded("Accounts"), columns, rows, whole=(columns[3],))
