"""Format the pages of `--help` and the errors of wrong options.

A flag is shown by its name only, since it has no value. A paragraph is broken into lines only where the page
is full. A negative number is no option, so that a command can refuse it as any other wrong number.
"""

import inspect
import re
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


_NEGATIVE = re.compile(r"-[0-9.,]+", re.ASCII)


class Command(TyperCommand):
    """A command whose flags are shown as flags, and whose help fills the page."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        paragraphs = inspect.cleandoc(self.help or "").split("\n\n")
        self.help = "\n\n".join(" ".join(paragraph.splitlines()) for paragraph in paragraphs)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse its options and arguments."""
        ctx.ignore_unknown_options |= any(_NEGATIVE.fullmatch(argument) for argument in args)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments."""
        return _as_flags(super().get_params(ctx))


@contextmanager
def _repeated_safely() -> Iterator[None]:
    """Remove control characters from typed text that an error repeats, such as `No such command ...`."""
    try:
        yield
    except Exception as failure:
        if hasattr(failure, "format_message"):  # an error of the parser
            failure.message = printable(failure.message)  # type: ignore[attr-defined]
        raise


class Group(TyperGroup):
    """A group of commands whose flags are shown as flags, and whose errors are safe to print."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Parse its own options."""
        with _repeated_safely():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Parse the command's options, and run it."""
        with _repeated_safely():
            return super().invoke(ctx)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments."""
        return _as_flags(super().get_params(ctx))


def show_flags(tree: typer.Typer) -> None:
    """Use these classes for all registered commands and groups."""
    tree.info.cls = Group
    for command in tree.registered_commands:
        command.cls = Command
    for group in tree.registered_groups:
        group.cls = Group
        if group.typer_instance is not None:
            show_flags(group.typer_instance)
