"""How a command runs: it opens what it needs, and every failure becomes one sentence and an exit code.

0 done    1 a check that found something    2 refused    3 a component is unavailable
70 our own fault (a bug)    130 ended by Ctrl-C
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import EsimError, PartAway, Refused
from models.people.callers import Caller, Permission, not_permitted
from settings import Settings, data_dir_from_environment, load
from starter import callers
from starter.cli.language import why_not
from starter.cli.output import warn
from starter.inventory import Inventory
from starter.orders.book import OrderBook
from starter.orders.desk import OrderDesk
from store.session import Database

if TYPE_CHECKING:
    from starter.codes.desk import QrDesk

Result = TypeVar("Result")

CHECK_FAILED = 1
REFUSED = 2
PART_AWAY = 3


def run(command: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a command's coroutine to its end."""
    return asyncio.run(command())


def settings() -> Settings:
    """The settings, where they say which database is meant. Raises `PartAway` where nothing does."""
    chosen = load()
    if "database_url" not in chosen.model_fields_set:
        raise no_sandbox(", or set ESIM_DATABASE_URL")
    return chosen


def no_sandbox(otherwise: str = "") -> PartAway:
    """Say that no sandbox runs where one is looked for, and what to do."""
    folder = data_dir_from_environment().absolute()
    return PartAway(
        "sandbox",
        f"No sandbox runs in {folder}: start one there with `esim-orders up`, name the folder of another "
        f"with --data-dir or ESIM_DATA_DIR{otherwise}.",
    )


@dataclass
class _Acting:
    """Who acts in this process: the user of the option `--user` before the command, else the operator."""

    user: str | None = None


_acting = _Acting()


def act_as(user: str | None) -> None:
    """Let all that follows be done by this user (an e-mail address or `U-3`), or by the operator."""
    _acting.user = user


async def caller(database: Database, user: str | None = None) -> Caller:
    """The user whom the command names, else the one named before the command, else the operator."""
    named = user or _acting.user
    return callers.operator() if named is None else await callers.user(database, named)


def operator_only() -> Caller:
    """The operator, for what must work while the database is away. Raises `Refused` where a user is named."""
    if _acting.user is not None:
        raise Refused(not_permitted(Permission.SEE_OPERATIONS))
    return callers.operator()


@asynccontextmanager
async def opened() -> AsyncIterator[Database]:
    """The configured database."""
    chosen = settings()
    database = Database(chosen.database_url, chosen.database_pool_size)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def inventory(user: str | None = None) -> AsyncIterator[tuple[Inventory, Caller]]:
    """The inventory in the configured database, and who asks."""
    async with opened() as database:
        yield Inventory(database, settings().mail_language), await caller(database, user)


@asynccontextmanager
async def order_book() -> AsyncIterator[tuple[OrderBook, Caller]]:
    """Orders for reading, from the configured database, and who asks."""
    async with opened() as database:
        yield OrderBook(database), await caller(database)


@asynccontextmanager
async def order_desk(user: str | None = None) -> AsyncIterator[tuple[OrderDesk, Caller]]:
    """The desk at which orders are placed and steered, and who asks."""
    async with OrderDesk.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


@asynccontextmanager
async def qr_desk(user: str | None = None) -> AsyncIterator[tuple["QrDesk", Caller]]:
    """The desk for QR codes, and who asks; imported here, as no other command needs what it brings along."""
    from starter.codes.desk import QrDesk  # noqa: PLC0415

    async with QrDesk.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


def exit_code(failure: EsimError) -> int:
    """What a shell learns of a failure."""
    return PART_AWAY if isinstance(failure, PartAway) else REFUSED


HINTS = {
    "no_qr_contact": "To add one: esim-orders contact add NAME EMAIL --distributor DISTRIBUTOR "
    "--role esim_qr_code; or give the role to one: contact edit CONTACT --role esim_qr_code.",
    "open_qr_request": "To send it again: esim-orders qr request SIM --user USER --again.",
}
"""What to type next after a refusal."""


def fail(failure: EsimError) -> int:
    """Say why on stderr, one reason a line, and then what may help; the exit code."""
    reasons = [why_not(refusal) for refusal in failure.refusals] if isinstance(failure, Refused) else []
    for sentence in reasons or [str(failure)]:
        warn(sentence)
    codes = [refusal.code for refusal in failure.refusals] if isinstance(failure, Refused) else []
    for hint in [*getattr(failure, "__notes__", []), *(HINTS[code] for code in codes if code in HINTS)]:
        warn(hint)
    return exit_code(failure)


def told_of_bug(bug: Exception) -> int:
    """Say on stderr that this is a bug, and which file says where; the exit code."""
    from telemetry.unexpected import EXIT_CODE, unexpected  # noqa: PLC0415  hardly ever needed

    warn(why_not(unexpected(bug, "esim-orders", data_dir_from_environment())))
    return EXIT_CODE
