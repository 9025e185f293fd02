"""What the command line says by itself: the pages of `--help`, and what is wrong with what was typed.

A flag is shown by its name alone, as it takes no value.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from starter.cli.output import printable


def _as_flags(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""  # else <bool>
    return parameters


class Command(TyperCommand):
    """A command whose flags are shown as flags."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments."""
        return _as_flags(super().get_params(ctx))


@contextmanager
def _repeated_safely() -> Iterator[None]:
    """What was typed is repeated without what a terminal would obey, such as in `No such command ...`."""
    try:
        yield
    except Exception as failure:
        if hasattr(failure, "format_message"):  # of the command line itself
            failure.message = printable(failure.message)  # type: ignore[attr-defined]
        raise


class Group(TyperGroup):
    """The same for what groups commands."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Read its own options."""
        with _repeated_safely():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Read the command's options, and run it."""
        with _repeated_safely():
            return super().invoke(ctx)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments."""
        return _as_flags(super().get_params(ctx))


def show_flags(tree: typer.Typer) -> None:
    """Use these for all that is registered."""
    tree.info.cls = Group
    for command in tree.registered_commands:
        command.cls = Command
    for group in tree.registered_groups:
        group.cls = Group
        if group.typer_instance is not None:
            show_flags(group.typer_instance)
