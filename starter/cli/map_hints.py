"""What to add to a command so that the columns of its file are understood."""

import re
import shlex

from models.errors import Refusal
from models.files.plain import SEPARATOR
from starter.cli.language import worded

_CODES = {"columns_left_out", "columns_differ"}
_TO_REPLACE = re.compile(r"\b(ACCOUNT|DISTRIBUTOR|HEADING|PROFILE|PROVIDER)\b")


def mapping_options(refusal: Refusal) -> str | None:
    """The options that give an imported file the columns that it lacks; None of another refusal."""
    if refusal.code not in _CODES or "entries" not in refusal.parameters:
        return None
    options = " ".join(map(_option, str(refusal.parameters["entries"]).split(SEPARATOR)))
    if _TO_REPLACE.search(options):
        return worded(
            "To add to the command, with your own words for those in capitals: {options}", options=options
        )
    return worded("To add to the command: {options}", options=options)


def _option(entry: str) -> str:
    return "--account ACCOUNT" if entry.endswith('"=account') else f"--map {shlex.quote(entry)}"
