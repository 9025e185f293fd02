"""The command `esim-orders`. Every command takes `--json`; exit codes are in `starter.cli.session`."""

INTERRUPTED = 130
"""What a shell learns of Ctrl-C."""


def main() -> None:
    """Run the command line. What takes long to import is imported here, where Ctrl-C is quiet already."""
    try:
        from starter.cli import commands  # noqa: PLC0415
        from starter.temporal import leave  # noqa: PLC0415
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    try:
        code = commands.run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    leave(code)
