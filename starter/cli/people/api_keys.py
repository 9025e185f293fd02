"""`esim-orders api-key ...`: the keys with which portal backends call the HTTP API (A1, A18)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import Refused
from models.identifiers import reference
from models.people.api_keys import ApiKeyView, Mode, NewApiKey
from models.people.callers import Caller
from starter.cli.language import headings, worded
from starter.cli.output import JsonFlag, full_time, is_wide, print_json, print_table, say, short_time, warn
from starter.cli.session import run_at, settings
from starter.cli.times import time_option

if TYPE_CHECKING:
    from starter.people.api_keys import ApiKeyDesk
    from store.session import Database

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


def _desk(database: "Database") -> "ApiKeyDesk":
    from starter.people.api_keys import ApiKeyDesk  # noqa: PLC0415

    return ApiKeyDesk(database, settings())


@app.command()
def create(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.")],
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            metavar="USER",
            help="The service user that it acts as (`user create --service`): U-3 or its address.",
        ),
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            "--platform", metavar="live|test", help="A key of the platform, for all accounts of this sort."
        ),
    ] = None,
    permission: Annotated[
        list[str] | None,
        typer.Option("--permission", metavar="PERMISSION", help="May be repeated; all if left out."),
    ] = None,
    expires: Annotated[
        datetime | None, time_option("--expires", explained="Until when (UTC) it is valid.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Make an API key. It is shown this once: only a digest of it is stored."""

    async def make(desk: "ApiKeyDesk", who: Caller) -> NewApiKey:
        if platform is not None:
            return await desk.create_platform_key(
                who, name, _mode(platform), permissions=permission, expires_at=expires
            )
        return await desk.create(who, name, user=user or "", permissions=permission, expires_at=expires)

    if (user is None) is (platform is None):
        raise Refused.because("key_user_or_platform")
    made = run_at(_desk, make)
    if json:
        print_json(_with_the_key(made))
        return
    say(made.key.text, whole=True)
    warn(worded("{key}: this is the only time that the key is shown.", key=made.view.key_id))


@app.command(name="list")
def list_keys(
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    json: JsonFlag = False,
) -> None:
    """List API keys, newest first, revoked ones too."""
    found = run_at(_desk, lambda desk, who: desk.keys(who, account))
    if json:
        print_json(list(found))
    elif found:
        _print(found)
    else:
        say(worded("There are no API keys."))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id: K-7.")], json: JsonFlag = False
) -> None:
    """Revoke an API key: the next call with it is refused."""
    revoked = run_at(_desk, lambda desk, who: desk.revoke(who, key))
    if json:
        print_json(revoked)
    else:
        _print([revoked])


def _with_the_key(made: NewApiKey) -> dict[str, Any]:
    return made.view.model_dump(mode="json") | {"key": made.key.text}


def _mode(text: str) -> Mode:
    try:
        return Mode(text.strip().lower())
    except ValueError:
        raise Refused.because("mode_unknown") from None


def _print(keys: list[ApiKeyView]) -> None:
    time = full_time if is_wide() else short_time
    rows = [
        (
            key.key_id,
            key.name,
            key.shown,
            _acts_for(key),
            _state(key),
            time(key.last_used_at) if key.last_used_at else worded("never"),
        )
        for key in keys
    ]
    columns = headings("key", "name", "begins with", "acts for", "state", "last used (UTC)")
    print_table(worded("API keys"), columns, rows, whole=(columns[0], columns[2]))


def _state(key: ApiKeyView) -> str:
    if key.revoked_at is not None:
        return worded("revoked")
    if key.expires_at is None:
        return worded("valid")
    if key.expires_at <= datetime.now(UTC):
        return worded("expired")
    end = full_time(key.expires_at) if is_wide() else key.expires_at.astimezone(UTC).date().isoformat()
    return worded("until {time}", time=end)


def _acts_for(key: ApiKeyView) -> str:
    if key.user_id is None:
        return worded("the platform")
    return f"{key.account}, {reference('U', key.user_id)}"
