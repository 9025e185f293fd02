"""The texts of e-mails in every language: `emails.<language>.toml` in the folder of their subject.

The common beginning of all e-mails is in `emails.<language>.toml` beside this file. A file with missing or
unknown keys is refused when it is read.
"""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from models.language import Language
from wording.french.spaces import spaced

HERE = Path(__file__).parent
SUBJECTS: dict[str, Path] = {
    **{subject: HERE / subject for subject in ("orders", "codes", "licences")},
    "number_changes": HERE / "licences" / "changes",
    "people": HERE / "people",
    "webhooks": HERE / "webhooks",
    "travel": HERE / "travel",
    "travel_notices": HERE / "travel" / "notices",
}
"""The folder with the texts of each subject."""


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Frame(_Text):
    """The texts that all e-mails share."""

    greetings: tuple[str, ...]
    """The first whose facts are known is used."""
    colon: str


class GuideText(_Text):
    """How an eSIM is installed on one kind of phone, step by step, and by a link on the phone itself."""

    title: str
    steps: tuple[str, ...]
    install: str


class EmailText(_Text):
    """The text of one e-mail around its facts. A sentence that names an unknown fact is left out."""

    subjects: tuple[str, ...] = ()
    """The first whose facts are known is used. An e-mail that a user may edit has those of `prefilled`."""
    title: str
    lead: tuple[str, ...] = ()
    ask_title: str | None = None
    ask: tuple[str, ...] = ()
    """The most important text, shown in a box."""
    picture: str | None = None
    """What the QR code is called where it is not shown; None for an e-mail without one."""
    confirmation: str | None = None
    """The label of the code that the phone may ask for besides the QR code; None where none is shown."""
    guides: dict[str, GuideText] = {}
    """By the kind of phone, as in `models.codes.install_links`."""
    next_title: str | None = None
    next: tuple[str, ...]


class ButtonText(_Text):
    """The label of a link, and the notes below it."""

    label: str
    under: tuple[str, ...]


class PrefilledText(_Text):
    """The subject and text that are pre-filled for a user to edit."""

    subjects: tuple[str, ...]
    text: tuple[str, ...]


class SubjectTexts(_Text):
    """The texts of all e-mails about one subject."""

    facts_title: str
    next_title: str = ""
    """For e-mails that have no other."""
    footer: str
    rows: dict[str, str]
    """The label of each fact."""
    phrases: dict[str, str] = {}
    """Phrases that several sentences share."""
    kinds: dict[str, dict[str, str]] = {}
    """Phrases that depend on the kind of order."""
    buttons: dict[str, ButtonText] = {}
    prefilled: PrefilledText | None = None
    emails: dict[str, EmailText]


@cache
def frame(language: Language) -> Frame:
    """The texts that all e-mails in this language share."""
    return Frame.model_validate(_file(HERE, language))


def texts(subject: str, language: Language) -> SubjectTexts:
    """The texts of the e-mails about a subject (`SUBJECTS`) in this language."""
    return _texts(SUBJECTS[subject], language)


@cache
def _texts(folder: Path, language: Language) -> SubjectTexts:
    return SubjectTexts.model_validate(_file(folder, language))


@cache
def _file(folder: Path, language: Language) -> dict[str, object]:
    loaded = tomllib.loads((folder / f"emails.{language}.toml").read_text("utf-8"))
    return spaced(loaded) if language is Language.FR else loaded
