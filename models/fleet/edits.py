"""Edits of lines and their SIMs without an order: a SIM's employee, and the groups of both (F63)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from models.errors import Refused
from models.people.profiles import parse_name
from models.values import View

MAX_LINES = 1000
"""Lines in one call."""


class GroupsMode(StrEnum):
    """What an edit does with the named groups."""

    SET = "set"
    """They replace all groups; if none is named, all are removed."""
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True)
class NewUser:
    """The employee who is to use a SIM: address, name or id, None for none; with a `name` one to add."""

    named: str | None
    name: str | None = None


class FleetEdit(View):
    """What an edit changed, or with `dry_run` would change. An edit is idempotent."""

    lines: int
    """How many were named."""
    changed: tuple[int, ...]
    """The ids of the lines that were changed, or whose SIM was."""
    created: dict[str, int] = Field(default_factory=dict)
    """New employees and groups."""
    dry_run: bool = False


def parse_lines(spelled: Iterable[str]) -> tuple[str, ...]:
    """The named lines, each once. Raises `Refused` (`no_lines`, `too_many_lines`)."""
    lines = tuple(dict.fromkeys(text.strip() for text in spelled))
    if not lines:
        raise Refused.because("no_lines")
    if len(lines) > MAX_LINES:
        raise Refused.because("too_many_lines", lines=MAX_LINES)
    return lines


def parse_mode(text: str) -> GroupsMode:
    """Parse what to do with the groups. Raises `Refused` (`groups_mode_unknown`)."""
    try:
        return GroupsMode(text.strip().lower())
    except ValueError:
        raise Refused.because("groups_mode_unknown", modes=", ".join(GroupsMode)) from None


def parse_groups(spelled: Iterable[str], mode: GroupsMode) -> tuple[str, ...]:
    """The names of groups, each once.

    Raises `Refused` (`name_invalid`, `group_name_invalid`, `no_groups`).
    """
    names = tuple(dict.fromkeys(parse_name(text) for text in spelled))
    if any(";" in name for name in names):  # an import could not name such a group
        raise Refused.because("group_name_invalid")
    if not names and mode is not GroupsMode.SET:
        raise Refused.because("no_groups")
    return names
