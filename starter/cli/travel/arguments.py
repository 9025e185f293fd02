"""The arguments and options that commands about travel eSIMs share."""

from typing import Annotated

import typer

from starter.cli.output import key_of

TheSubscriber = Annotated[
    str, typer.Argument(metavar="SUBSCRIBER", help="Phone number, e-mail address, full name, or id (SB-4).")
]
ThePlan = Annotated[str, typer.Argument(metavar="PLAN", help="Name or id (TP-3) of the travel plan.")]
Line = Annotated[str, typer.Argument(metavar="LINE", help="Id (EL-9) or the ICCID of its eSIM.")]
Key = Annotated[str | None, key_of("report")]
Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]
OneAccount = Annotated[
    str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
]
