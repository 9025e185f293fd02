"""Run a command: open the desks that it needs, and turn every failure into a sentence and an exit code.

A desk is imported where a command opens it: importing SQLAlchemy and the Temporal client takes most of a
second, settings a tenth, and help pages need none of them.

0 done    1 a check that found something    2 refused    3 a component is unavailable
70 our own fault (a bug)    130 ended by Ctrl-C    141 the reader of the output has ended
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import EsimError, Refused, Unavailable
from models.people.callers import Caller, Permission, not_permitted
from models.refusals.declared import filled
from starter.cli.language import why_not
from starter.cli.map_hints import mapping_options
from starter.cli.output import warn

if TYPE_CHECKING:
    from settings import Settings
    from starter.codes.desk import QrDesk
    from starter.connected import ConnectedDesk
    from starter.orders.desk import OrderDesk
    from store.session import Database

Result = TypeVar("Result")
Opened = TypeVar("Opened")
Desk = TypeVar("Desk")
Connected = TypeVar("Connected", bound="ConnectedDesk")

CHECK_FAILED = 1
REFUSED = 2
UNAVAILABLE = 3


def run(command: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a command's coroutine to its end."""
    import asyncio  # noqa: PLC0415

    return asyncio.run(command())


@contextmanager
def kept_open(
    opening: AbstractAsyncContextManager[Opened],
) -> Iterator[tuple[Opened, Callable[[Coroutine[Any, Any, Any]], Any]]]:
    """Open a desk for several calls over the same connections; yields it and a function that runs a call.

    Between two calls no event loop runs, so a question can be asked and Ctrl-C ends the command at once.
    """
    import asyncio  # noqa: PLC0415

    with asyncio.Runner() as runner:
        opened = runner.run(opening.__aenter__())
        try:
            yield opened, runner.run
        finally:
            runner.run(opening.__aexit__(None, None, None))


def settings() -> "Settings":
    """The settings. Raises `Unavailable` if no database is configured and no sandbox runs."""
    from settings import load  # noqa: PLC0415

    chosen = load()
    if "database_url" not in chosen.model_fields_set:
        raise no_sandbox(", or set ESIM_DATABASE_URL")
    return chosen


def no_sandbox(otherwise: str = "") -> Unavailable:
    """The error that no sandbox runs in the folder, and what to do."""
    from settings import data_dir_from_environment  # noqa: PLC0415

    folder = data_dir_from_environment().absolute()
    return Unavailable(
        "sandbox",
        f"No sandbox runs in {folder}: start one there with `esim-orders up`, name the folder of another "
        f"with --data-dir or ESIM_DATA_DIR{otherwise}.",
    )


@dataclass
class _Acting:
    """The user of the option `--user` before the command; None for the platform's operator."""

    user: str | None = None


_acting = _Acting()


def act_as(user: str | None) -> None:
    """Act as this user (an e-mail address or `U-3`), or as the operator, from here on."""
    _acting.user = user


async def caller(database: "Database", user: str | None = None) -> Caller:
    """The caller: the user of the command's own `--user`, else of `--user` before it, else the operator."""
    from starter import callers  # noqa: PLC0415

    named = user or _acting.user
    return callers.operator() if named is None else await callers.user(database, named)


def operator_only() -> Caller:
    """The operator, for commands that work while the database is unavailable. Raises `Refused` for a user."""
    if _acting.user is not None:
        raise Refused(not_permitted(Permission.SEE_OPERATIONS))
    from starter import callers  # noqa: PLC0415

    return callers.operator()


@asynccontextmanager
async def opened() -> AsyncIterator["Database"]:
    """The configured database."""
    from store.session import Database  # noqa: PLC0415

    chosen = settings()
    database = Database(chosen.database_url, chosen.database_pool_size)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_desk(
    kind: Callable[["Database"], Desk], user: str | None = None
) -> AsyncIterator[tuple[Desk, Caller]]:
    """Open a desk that needs only the configured database, such as `FleetDesk`; yields it and the caller."""
    async with opened() as database:
        yield kind(database), await caller(database, user)


def run_at(kind: Callable[["Database"], Desk], call: Callable[[Desk, Caller], Awaitable[Result]]) -> Result:
    """Make one call at a desk that needs the configured database alone."""

    async def there() -> Result:
        async with open_desk(kind) as (desk, who):
            return await call(desk, who)

    return run(there)


@asynccontextmanager
async def connected(
    kind: type[Connected], user: str | None = None
) -> AsyncIterator[tuple[Connected, Caller]]:
    """Open a desk that calls Temporal; yields it and the caller."""
    async with kind.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


def call_at(kind: type[Connected], call: Callable[[Connected, Caller], Awaitable[Result]]) -> Result:
    """Make one call at a desk that calls Temporal."""

    async def there() -> Result:
        async with connected(kind) as (desk, who):
            return await call(desk, who)

    return run(there)


@asynccontextmanager
async def order_desk(user: str | None = None) -> AsyncIterator[tuple["OrderDesk", Caller]]:
    """Open the desk that places and steers orders; yields it and the caller."""
    from starter.orders.desk import OrderDesk  # noqa: PLC0415

    async with OrderDesk.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


@asynccontextmanager
async def qr_desk(user: str | None = None) -> AsyncIterator[tuple["QrDesk", Caller]]:
    """Open the desk of QR codes; yields it and the caller."""
    from starter.codes.desk import QrDesk  # noqa: PLC0415

    async with QrDesk.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


def exit_code(failure: EsimError) -> int:
    """The exit code of a failure."""
    return UNAVAILABLE if isinstance(failure, Unavailable) else REFUSED


HINTS = {
    "account_needed": "Name it with --account ACCOUNT.",
    "emails_not_sent_yet": "To see why: esim-orders order show {order}.",
    "esim_not_stopped": "To stop it: esim-orders number stop-esim NUMBER --reason lost.",
    "file_type_unknown": "A code that came as a text: esim-orders qr import SIM --code - < FILE.",
    "licence_freed": "To assign it: esim-orders number assign {number} --licence {licence} --user USER.",
    "line_without_esim": "To replace the eSIM: esim-orders travel replace LINE --reason REASON.",
    "no_qr_contact": "To add one: esim-orders contact add NAME EMAIL --distributor DISTRIBUTOR "
    "--role esim_qr_code; or give the role to one: contact edit CONTACT --role esim_qr_code.",
    "number_shared": "To convert it: esim-orders number convert NUMBER --to direct.",
    "open_qr_request": "To send it again: esim-orders qr request SIM --user USER --again.",
    "profile_differs": "To add a line: esim-orders travel add-line SUBSCRIBER --plan PLAN.",
    "unknown_group": "To make them: --create.",
}
"""What to type next after a refusal, with its parameters: no sentence of one names a command, which other
surfaces answer, too.
"""

_OPERATORS_HINTS = {
    "unknown_account": "To see all: esim-orders account list; to create it: esim-orders account create NAME.",
}
"""The same, of commands that only the operator may give."""


def fail(failure: EsimError) -> int:
    """Print each reason on stderr, one a line, and then what may help; the exit code."""
    reasons = [why_not(refusal) for refusal in failure.refusals] if isinstance(failure, Refused) else []
    for sentence in reasons or [str(failure)]:
        warn(sentence)
    known = failure.refusals if isinstance(failure, Refused) else ()
    typed = HINTS if _acting.user else {**HINTS, **_OPERATORS_HINTS}
    hints = [mapping_options(each) or filled(typed.get(each.code, ""), each.parameters, {}) for each in known]
    for hint in filter(None, [*getattr(failure, "__notes__", []), *hints]):
        warn(hint)
    return exit_code(failure)


def report_bug(bug: Exception) -> int:
    """Print on stderr that this is a bug, and which file has its traceback; the exit code."""
    from settings import data_dir_from_environment  # noqa: PLC0415
    from telemetry.unexpected import EXIT_CODE, unexpected  # noqa: PLC0415  seldom needed

    warn(why_not(unexpected(bug, "esim-orders", data_dir_from_environment())))
    return EXIT_CODE
