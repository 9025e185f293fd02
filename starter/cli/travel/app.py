"""The group `esim-orders travel`; its commands are in the modules beside this one."""

import typer

app = typer.Typer(help="Travel eSIMs: subscribers, plans, stock and eSIM lines.", no_args_is_help=True)
