"""The arguments that the commands of numbers, assignments and agents share."""

from typing import Annotated

import typer

from starter.cli.output import key_of

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Phone number (+33612345678) or id (N-7).")]
Agent = Annotated[str, typer.Argument(metavar="AGENT", help="E-mail address or id (AG-4).")]
Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]
Key = Annotated[str | None, key_of("change")]
