"""Read one uploaded file in one child process (`confined.process`).

    too much memory or CPU   `too_demanding`
    timeout                  `too_slow`
    it cannot start          `Unavailable`: the file is not at fault, and may be uploaded again

The child's answer is untrusted: it must match a schema, or the file counts as damaged.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from confined.process import CannotRun, TooDemanding, TooSlow, answer_of
from models.errors import Unavailable
from qr.refusals import REASONS, refused

LONGEST_SECONDS = 10.0
_LONGEST_ANSWER = 256 * 1024
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from qr.reader.child import main; main()"
"""With `-I`, isolated from environment and working directory, Python finds only installed packages; this
package may be elsewhere, so its path is an argument."""
_PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from confined.limits import confine; "
    "missing = confine(); print(json.dumps(missing))"
)


class Answer(BaseModel):
    """The answer of a child process about a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    refused: str | None = None
    codes: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts that look as if they held an activation code."""
    others: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts of QR codes with other content: a refusal says what they are."""


_NAMES = TypeAdapter(list[str])


def reader_command(kind: str) -> Sequence[str]:
    """The command line of a child for a type of file. It is public, so it has nothing of the file."""
    return (sys.executable, "-I", "-c", _PROGRAM, _ROOT, kind)


async def missing_protections() -> list[str]:
    """The protections that this machine lacks: a child process enables all it can and reports the others.
    Raises `Unavailable` if no child can be started.
    """
    try:
        command = (sys.executable, "-I", "-c", _PROBE, _ROOT)
        written = await answer_of(command, b"", longest=LONGEST_SECONDS, most=_LONGEST_ANSWER)
        return _NAMES.validate_json(written)
    except (CannotRun, TooDemanding, TooSlow, ValidationError):
        raise _unavailable() from None


async def read_in_child(
    content: bytes,
    kind: str,
    *,
    longest: float = LONGEST_SECONDS,
    command: Callable[[str], Sequence[str]] = reader_command,
) -> Answer:
    """Read the file in a new child process. The child has ended afterwards, even on cancellation."""
    try:
        written = await answer_of(command(kind), content, longest=longest, most=_LONGEST_ANSWER)
    except TooSlow:
        raise refused("too_slow") from None
    except TooDemanding:
        raise refused("too_demanding") from None
    except CannotRun:
        raise _unavailable() from None
    return _understood(written)


def _understood(written: bytes) -> Answer:
    try:
        answer = Answer.model_validate_json(written)
    except ValidationError:
        raise refused("file_damaged") from None
    if answer.refused is not None:
        raise refused(answer.refused if answer.refused in REASONS else "file_damaged")
    return answer


def _unavailable() -> Unavailable:
    return Unavailable(
        "reader_unavailable", "Uploaded files cannot be read at the moment; try again in a minute."
    )
