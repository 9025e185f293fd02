"""The command `esim-orders`. Every command takes `--json`; exit codes are in `starter.cli.session`."""

import typer

from models.errors import EsimError
from starter.cli import catalogue, database, fleet, orders, profiles, sandbox, users
from starter.cli.session import fail
from starter.temporal import leave

app = typer.Typer(
    name="esim-orders",
    help="Order eSIMs for lines, follow the orders, and look at the inventory.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(fleet.app, name="fleet")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(profiles.app, name="profile")
app.add_typer(users.app, name="user")
app.add_typer(orders.app, name="order")
app.add_typer(sandbox.mail_app, name="mail")
app.add_typer(database.app, name="db")
app.command()(sandbox.up)


def main() -> None:
    """Run the command line."""
    try:
        app()
        code = 0
    except EsimError as failure:
        code = fail(failure)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    leave(code)
