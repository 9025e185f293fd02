"""The pages of `--help`: a flag is shown by its name alone, as it takes no value."""

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


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


class Group(TyperGroup):
    """The same for what groups commands."""

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
