"""What a person at a terminal is asked: on stderr, so that it never mixes with what programs read.

Ask while nothing else runs: Ctrl-C then ends the command at once.
"""

import sys

import typer

from starter.cli.output import safe, warn


def at_terminal() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str, otherwise: str = "") -> bool:
    """Whether the answer is yes; no answer is a no. `otherwise` is told to who ends the command instead."""
    try:
        return typer.confirm(safe(question), default=False, err=True)
    except typer.Abort as given_up:
        _unless_interrupted(given_up, otherwise)
        return False


def answer(question: str, default: str = "", *, hidden: bool = False, otherwise: str = "") -> str:
    """What is typed, without blanks around it; the default where nothing is. `otherwise`: see `confirmed`."""
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
