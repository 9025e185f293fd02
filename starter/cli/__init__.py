"""The command `esim-orders`. Every command takes `--json`; exit codes are in `starter.cli.session`."""

import gc
import sys

INTERRUPTED = 130
"""The exit code after Ctrl-C."""
_GARBAGE_AFTER = 50_000
"""Objects made until Python looks for garbage: after its usual 700 that takes an eighth of a start."""


def main() -> None:
    """Run the command line. Slow imports happen here, where Ctrl-C already ends without a traceback."""
    gc.set_threshold(_GARBAGE_AFTER)
    try:
        from starter.cli import commands  # noqa: PLC0415
        from telemetry.leaving import leave  # noqa: PLC0415
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as bug:  # noqa: BLE001  such as a package that is damaged
        raise SystemExit(_unloaded(bug)) from None
    try:
        code = commands.run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    leave(code)


def _unloaded(bug: Exception) -> int:
    """Print that the commands could not be imported; the exit code."""
    from telemetry.unexpected import EXIT_CODE, unexpected  # noqa: PLC0415

    print(unexpected(bug, "esim-orders").sentence, file=sys.stderr)
    return EXIT_CODE
