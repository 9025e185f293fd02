"""`esim-orders doctor`: check every component and what waits for a person, and say what to do."""

from dataclasses import asdict

from starter.cli.output import JsonFlag, print_json, print_table, say
from starter.cli.session import CHECK_FAILED, operator_only, run, settings


def doctor(json: JsonFlag = False) -> None:
    """Check every component that is configured, and everything that waits for a person.

    Nothing is changed and no mail is sent. Exit code 0: all is well; 1: something is red.
    """
    from starter.operations.doctor import examine  # noqa: PLC0415  slow to import, and no other command needs it

    chosen = settings()
    found = run(lambda: examine(operator_only(), chosen))
    well = all(check.ok for check in found)
    if json:
        print_json({"ok": well, "checks": [asdict(check) for check in found]})
    else:
        rows = [(check.name, "ok" if check.ok else "RED", check.sentence) for check in found]
        print_table("Doctor", ("component", "", "what was found"), rows, whole=("component", ""))
        say("All is well." if well else f"Red: {', '.join(check.name for check in found if not check.ok)}.")
    if not well:
        raise SystemExit(CHECK_FAILED)
