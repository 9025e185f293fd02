"""Ask questions at a terminal, on stderr, so that they never mix with output that programs read.

Ask while no event loop runs: Ctrl-C then ends the command at once.
"""

import sys

import typer

from models.language import Language
from starter.cli.language import spoken
from starter.cli.output import safe, warn

_FRENCH = {"": False, "n": False, "non": False, "o": True, "oui": True, "y": True, "yes": True}


def at_terminal() -> bool:
    """Whether stdin and stderr are a terminal, so that a person can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def piped(most: int) -> str:
    """At most so many bytes of what is piped in, without a byte-order mark. Of what is not UTF-8, as old
    programs of Windows write it, the rest stays readable.
    """
    return sys.stdin.buffer.read(most).decode("utf-8-sig", errors="replace")


def confirmed(question: str, otherwise: str = "") -> bool:
    """Whether the answer is yes; no answer means no. `otherwise` is printed if Ctrl-C ends the command."""
    try:
        if spoken() is Language.FR:
            return _confirmed_in_french(question)
        return typer.confirm(safe(question), default=False, err=True)
    except typer.Abort as given_up:
        _unless_interrupted(given_up, otherwise)
        return False


def _confirmed_in_french(question: str) -> bool:
    """As `typer.confirm`, which knows English answers only."""
    while True:
        typed = typer.prompt(f"{safe(question)} [o/N]", default="", show_default=False, err=True)
        found = _FRENCH.get(str(typed).strip().lower())
        if found is not None:
            return found
        warn("Répondez par o (oui) ou n (non).")


def answer(question: str, default: str = "", *, hidden: bool = False, otherwise: str = "") -> str:
    """The typed answer, stripped; the default if nothing is typed. `otherwise`: see `confirmed`."""
    try:
        shown = safe(f"{question} [{default}]" if default else question)
        typed = typer.prompt(shown, default=default, show_default=False, hide_input=hidden, err=True)
    except typer.Abort as given_up:
        _unless_interrupted(given_up, otherwise)
        return ""
    return str(typed).strip()


def _unless_interrupted(given_up: typer.Abort, otherwise: str) -> None:
    warn("")  # ends the line of the question
    if isinstance(given_up.__context__, KeyboardInterrupt):
        if otherwise:
            warn(otherwise)
        raise KeyboardInterrupt from None
