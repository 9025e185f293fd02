"""Write the approved e-mails anew: `python -m tests.outbox.approved`, and look at what git says is different.

One file an e-mail, language and variant: subject and plain text, and for one e-mail of each subject the HTML.
"""

from collections.abc import Iterator
from pathlib import Path

from models.language import Language
from outbox.emails import Editable, Email
from outbox.layout import Content
from tests.outbox.scene import EDITED, EMAILS, kinds_of, page

FOLDER = Path(__file__).parent / "approved_emails"
IN_HTML = ("provider_order", "contact_requested", "agent_esim", "subscriber_esim")


def emails() -> Iterator[tuple[str, Content, bool]]:
    """By name of the file, without its ending; and whether its HTML is kept."""
    for email in EMAILS:
        for language in Language:
            for variant, content in _variants(email, language):
                kept = email.name in IN_HTML and variant in ("", ".switch_to_esim")
                yield f"{email.name}{variant}.{language}", content, kept


def _variants(email: type[Email], language: Language) -> Iterator[tuple[str, Content]]:
    for kind in kinds_of(email):
        yield f".{kind}", page(email, language, kind=kind)
    if not kinds_of(email):
        yield "", page(email, language)
    if issubclass(email, Editable):
        yield ".edited", page(email, language, **EDITED)


def files() -> dict[str, str]:
    """What each file holds."""
    found: dict[str, str] = {}
    for name, content, in_html in emails():
        found[f"{name}.txt"] = f"Subject: {content.subject}\n\n{content.text}"
        if in_html:
            found[f"{name}.html"] = content.html
    return found


def main() -> None:
    """Replace all files."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, text in files().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
