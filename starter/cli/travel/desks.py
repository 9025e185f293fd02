"""The arguments that commands about eSIM lines share, and how they open a desk."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from models.people.callers import Caller
from starter.cli.output import key_of
from starter.cli.session import caller, run, settings

if TYPE_CHECKING:
    from starter.connected import ConnectedDesk

Line = Annotated[str, typer.Argument(metavar="LINE", help="Id (EL-9) or the ICCID of its eSIM.")]
Key = Annotated[str | None, key_of("report")]

Desk = TypeVar("Desk", bound="ConnectedDesk")
Result = TypeVar("Result")


def call_at(kind: type[Desk], call: Callable[[Desk, Caller], Awaitable[Result]]) -> Result:
    """Make one call at a desk that calls Temporal."""

    async def there() -> Result:
        async with kind.open(settings()) as desk:
            return await call(desk, await caller(desk.database))

    return run(there)
