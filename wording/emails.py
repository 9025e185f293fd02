"""The texts of e-mails in every language: `emails.<language>.toml` in the folder of their subject.

What all e-mails begin with is in `emails.<language>.toml` beside this file. A file that lacks something, or
has something that no e-mail has, is refused when it is read.
"""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from models.language import Language

HERE = Path(__file__).parent
SUBJECTS: dict[str, Path] = {"orders": HERE / "orders", "codes": HERE / "codes"}
"""Where the texts of each subject are."""


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Frame(_Text):
    """What is the same in all e-mails."""

    greetings: tuple[str, ...]
    """The first whose facts are known."""
    colon: str


class EmailText(_Text):
    """What one e-mail says around its facts. A sentence about a fact that there is none of is left out."""

    subjects: tuple[str, ...] = ()
    """The first whose facts are known. An e-mail that a user may edit has those of `prefilled`."""
    title: str
    lead: tuple[str, ...] = ()
    ask_title: str | None = None
    ask: tuple[str, ...] = ()
    """What stands in a box, for it matters most."""
    next_title: str | None = None
    next: tuple[str, ...]


class ButtonText(_Text):
    """What a link says, and what its reader should know of it."""

    label: str
    under: tuple[str, ...]


class PrefilledText(_Text):
    """Subject and text as they are pre-filled for a user to edit."""

    subjects: tuple[str, ...]
    text: tuple[str, ...]


class SubjectTexts(_Text):
    """The texts of all e-mails about one subject."""

    facts_title: str
    next_title: str = ""
    """Of e-mails that have no other."""
    footer: str
    rows: dict[str, str]
    """What each fact is called."""
    phrases: dict[str, str] = {}
    """What several sentences say."""
    kinds: dict[str, dict[str, str]] = {}
    """What depends on the kind of order."""
    buttons: dict[str, ButtonText] = {}
    prefilled: PrefilledText | None = None
    emails: dict[str, EmailText]


@cache
def frame(language: Language) -> Frame:
    """What is the same in all e-mails in this language."""
    return Frame.model_validate(_file(HERE / f"emails.{language}.toml"))


def texts(subject: str, language: Language) -> SubjectTexts:
    """The texts of the e-mails about a subject (`SUBJECTS`) in this language."""
    return _texts(SUBJECTS[subject], language)


@cache
def _texts(folder: Path, language: Language) -> SubjectTexts:
    return SubjectTexts.model_validate(_file(folder / f"emails.{language}.toml"))


@cache
def _file(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text("utf-8"))
