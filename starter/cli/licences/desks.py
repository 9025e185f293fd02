"""Open the desks of numbers, assignments and agents, and the arguments that their commands share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from models.people.callers import Caller
from starter.cli.output import key_of
from starter.cli.session import caller, run, settings

if TYPE_CHECKING:
    from starter.connected import ConnectedDesk

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Phone number (+33612345678) or id (N-7).")]
Agent = Annotated[str, typer.Argument(metavar="AGENT", help="E-mail address or id (AG-4).")]
Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]
Key = Annotated[str | None, key_of("change")]

Desk = TypeVar("Desk", bound="ConnectedDesk")
Result = TypeVar("Result")


@asynccontextmanager
async def connected(kind: type[Desk], user: str | None = None) -> AsyncIterator[tuple[Desk, Caller]]:
    """Open a desk that calls Temporal; yields it and the caller."""
    async with kind.open(settings()) as desk:
        yield desk, await caller(desk.database, user)


def call_at(kind: type[Desk], call: Callable[[Desk, Caller], Awaitable[Result]]) -> Result:
    """Make one call at a desk that calls Temporal."""

    async def there() -> Result:
        async with connected(kind) as (desk, who):
            return await call(desk, who)

    return run(there)
