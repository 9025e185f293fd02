"""Composes e-mails and previews in the language of their reader.

content = compose(ProviderCancelled.of(known), Language.FR, reader="Zoé")
content = compose(ContactRequested.of(known), Language.FR, reader="Zoé", link=link)
subject, text = prefilled(ContactRequested.of(known), Language.FR)            # as a user may edit it
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from mail.message import Picture
from models.codes.activation import ActivationCode
from models.codes.edited_emails import paragraphs
from models.codes.install_links import install_links
from models.language import Language
from outbox.emails import Editable, Email
from outbox.layout import Content, laid_out
from outbox.links import FreshLink
from qr import draw
from wording.emails import EmailText, SubjectTexts, frame, texts
from wording.sentences import Known, first, one_line, sentences, written


@dataclass(frozen=True)
class ShownCode:
    """The code that an e-mail shows, and the id by which its HTML refers to the drawing. It is a secret."""

    code: ActivationCode = field(repr=False)
    id: str
    confirmation: str | None = field(default=None, repr=False)
    """What the phone asks for besides the QR code, if it does (SGP.22 4.1)."""


def compose(
    email: Email,
    language: Language,
    *,
    reader: str | None = None,
    link: FreshLink | None = None,
    code: ShownCode | None = None,
) -> Content:
    """Write an e-mail to `reader`. One with a button needs a link, any other takes none; one that shows a QR
    code needs the code.
    """
    if (link is None) != (email.button is None):
        raise ValueError("Only an e-mail with a button has a link, and always.")
    if (code is not None) != email.shows_code:
        raise ValueError("Only an e-mail that shows a QR code has a code, and always.")
    common, ours = frame(language), texts(email.texts, language)
    text = ours.emails[email.name]
    known = _known(email, ours, language) | {"recipient_name": one_line(reader)}
    subject, message = _subject_and_message(email, text, known, language)
    page: dict[str, Any] = {
        "language": language,
        "title": text.title,
        "greeting": first(common.greetings, known),
        "colon": common.colon,
        "lead": sentences(text.lead, known),
        "message": paragraphs(message),
        "ask_title": text.ask_title,
        "ask": sentences(text.ask, known),
        "facts_title": ours.facts_title,
        "rows": [(ours.rows[row], known[row]) for row in email.rows if known[row] is not None],
        "next_title": text.next_title or ours.next_title,
        "next": sentences(text.next, known),
        "footer": first([ours.footer], known),
    }
    content = laid_out(subject, page | _button(email, ours, known, link, language) | _shown(text, code))
    return replace(content, picture=Picture(code.id, draw.png(code.code)) if code else None)


def prefilled(email: Editable, language: Language) -> tuple[str, str]:
    """Subject and text as they are pre-filled, for a user to edit or to send as they are (F30)."""
    ours = texts(email.texts, language)
    return _prefilled(ours, _known(email, ours, language))


def _prefilled(ours: SubjectTexts, known: Known) -> tuple[str, str]:
    if ours.prefilled is None:
        raise ValueError("These e-mails have no text that a user may edit.")
    subject = _plain(first(ours.prefilled.subjects, known))
    return subject, "\n\n".join(sentences(ours.prefilled.text, known)) + "\n"


def _subject_and_message(email: Email, text: EmailText, known: Known, language: Language) -> tuple[str, str]:
    """Subject and text as a user edited them, else as they are pre-filled. A subject is always one line."""
    if not isinstance(email, Editable):
        return _plain(first(text.subjects, known)), ""
    subject, message = _prefilled(texts(email.texts, language), known)
    return one_line(email.subject) or subject, message if email.text is None else email.text


def _plain(subject: str) -> str:
    """The subject with plain spaces, so that a search in a mailbox finds it."""
    return " ".join(subject.split())


def _button(
    email: Email, ours: SubjectTexts, known: Known, link: FreshLink | None, language: Language
) -> dict[str, Any]:
    if link is None or email.button is None:
        return {"link": None}
    button = ours.buttons[email.button]
    under = sentences(button.under, {**known, "link_until": written(link.until, language)})
    return {"link": link.url, "button": button.label, "under": under}


def _shown(text: EmailText, code: ShownCode | None) -> dict[str, Any]:
    """The QR code, and how it is installed on each kind of phone."""
    if code is None:
        return {"picture": None, "guides": [], "confirmation": None}
    links = install_links(code.code)
    guides = [
        {"title": guide.title, "steps": guide.steps, "install": guide.install, "link": links[phone]}
        for phone, guide in text.guides.items()
    ]
    asked = (text.confirmation, code.confirmation) if code.confirmation else None
    return {"picture": {"id": code.id, "alt": text.picture}, "guides": guides, "confirmation": asked}


def _known(email: Email, ours: SubjectTexts, language: Language) -> dict[str, str | None]:
    """The facts as text, each on one line, and the phrases of the kind; None for a fact that is missing."""
    facts = {field.name: getattr(email, field.name) for field in fields(email)}
    kind = facts.get("kind")
    phrases = ours.phrases | (ours.kinds[kind] if kind is not None else {})
    return {name: written(fact, language) for name, fact in facts.items()} | phrases
