"""Turn a caller's draft, with names and addresses as people type them, into a request of ids only."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.edited_emails import email_refusals, paragraphs
from models.codes.requests import REQUEST_MADE, EmailPreview, RequestStatus
from models.errors import Refusal, Refused
from models.identifiers import mark_of_key, parse_reference, reference
from models.language import Language
from models.orders.rules import Facts, Recipients, request_refusals
from models.people.callers import Caller, Permission
from models.people.views import ContactDetails
from outbox.codes import ContactRequested, known_of
from outbox.compose import prefilled
from starter.orders.drafts import Draft
from store import lookups
from store.codes import codes, emails, request_steps
from store.codes.request_views import FirstEmail
from store.lookups import SimKey
from store.orders.facts import sim_facts
from store.people import contacts
from store.people.languages import of_account


class QrEmailDraft(Draft):
    """The e-mail of a request as a page or a shell enters it. What is left out is pre-filled (F27, F30)."""

    contacts: tuple[str, ...] | None = None
    """Those chosen among the eligible contacts (F28): `C-7` or an address; None for all."""
    cc: tuple[str, ...] = ()
    """Addresses that get a copy without a link (F29)."""
    subject: str | None = None
    text: str | None = None
    key: str | None = None
    """Idempotency key: the same key is the same request, or sends it again once."""


class QrRequestDraft(QrEmailDraft):
    """A request for the code of a SIM."""

    sim: str
    """`S-12` or an ICCID."""
    again: bool = False
    """Send the open request again."""


@dataclass(frozen=True)
class Requested:
    """The answer to a request that was accepted, or sent again."""

    request_id: str
    key: str
    status: RequestStatus
    round: int
    sentence: str = REQUEST_MADE
    version: int | None = None
    """Number of the code that the SIM had already when the request was made."""
    replayed: bool = False
    """Whether its key had been used before: this call did nothing."""


@dataclass(frozen=True)
class Read:
    """A draft whose names are resolved to ids, and the reasons why it is refused."""

    sim: SimKey
    user_id: int
    facts: Facts
    eligible: tuple[ContactDetails, ...]
    reasons: tuple[Refusal, ...] = ()
    chosen: tuple[int, ...] | None = None
    email_text_id: int | None = None
    version: int | None = None
    """Number of the code that the SIM has already."""


async def preview(
    connection: AsyncConnection,
    caller: Caller,
    draft: QrRequestDraft,
    request_id_of: Callable[[int], str],
) -> EmailPreview:
    """Preview the e-mail of this draft (F27, F30); nothing is stored. Raises `Refused` with every reason."""
    read = await read_request(connection, caller, draft, request_id_of)
    if read.reasons:
        raise Refused(*read.reasons)
    recipients = _recipients(read)
    usual = await _prefilled(connection, read, recipients)
    return EmailPreview(
        sim_id=read.sim.id,
        recipients=recipients,
        subject=usual.subject if draft.subject is None else draft.subject,
        text=usual.text if draft.text is None else draft.text,
        language=usual.language,
        open_request=read.facts.open_qr_request,
        version=read.version,
    )


async def keep_edited(connection: AsyncConnection, draft: QrRequestDraft, read: Read) -> Read:
    """Store the subject, text and copies that a user edited, of a draft that is not refused.

    A subject or text that equals the pre-filled one is not stored: each recipient gets it in their language.
    """
    if not (draft.cc or draft.subject is not None or draft.text is not None):
        return read
    usual = await _prefilled(connection, read, _recipients(read))
    subject = None if draft.subject == usual.subject else draft.subject
    text = None if draft.text is None or _same_text(draft.text, usual.text) else draft.text
    if not draft.cc and subject is None and text is None:
        return read
    email_text_id = await request_steps.write_email_text(
        connection, read.sim.account_id, subject, text, draft.cc
    )
    return replace(read, email_text_id=email_text_id)


def content_of(draft: QrEmailDraft, account_id: int, key: str) -> str:
    """A digest of the key with what of the e-mail the caller sent."""
    sent = draft.model_dump(include=set(QrEmailDraft.model_fields) - {"key"})
    return mark_of_key(account_id, f"{key}\0{json.dumps(sent, sort_keys=True)}")


def is_another(draft: QrRequestDraft, read: Read, first: FirstEmail, content: str) -> bool:
    """Whether the draft asks for another e-mail than the request of its key sent. Of a request without a
    digest, what cannot be compared any more, such as pre-filled text, is taken to be the same.
    """
    if first.content is not None:
        return first.content != content
    named_all = not any(reason.code == "recipient_not_eligible" for reason in read.reasons)
    return (
        tuple(draft.cc) != first.cc
        or (named_all and read.chosen is not None and frozenset(read.chosen) != first.contacts)
        or (first.subject is not None and draft.subject != first.subject)
        or (first.text is not None and (draft.text is None or not _same_text(draft.text, first.text)))
    )


async def read_request(
    connection: AsyncConnection,
    caller: Caller,
    draft: QrRequestDraft,
    request_id_of: Callable[[int], str],
) -> Read:
    """Check the draft. `reasons` of the result says why it is refused.

    `request_id_of(account_id)` is the request id of the draft's key: an open request with this id is the same
    request, so it does not refuse the draft.
    """
    read = await _read(connection, caller, draft.sim)
    chosen, unknown = _chosen(draft.contacts, read.eligible)
    wanted = frozenset(read.facts.qr_contacts if chosen is None or unknown else chosen)
    open_request = read.facts.open_qr_request
    own = open_request == request_id_of(read.sim.account_id)
    reasons = request_refusals(read.facts, Recipients(contacts=wanted, again=draft.again or own))
    reasons += [unknown] if unknown else []
    reasons += email_refusals(draft.subject, draft.text, draft.cc)
    return replace(read, reasons=tuple(reasons), chosen=chosen)


async def _read(connection: AsyncConnection, caller: Caller, sim: str) -> Read:
    user_id, scope = caller.user, caller.scope
    key = await lookups.find_sim(connection, scope, sim)
    caller.require(Permission.REQUEST_QR_CODES)
    facts = await sim_facts(connection, key.id, user_id)
    eligible = tuple(await contacts.of_ids(connection, scope, facts.qr_contacts))
    version = await codes.current_number(connection, scope, key.id)
    return Read(key, user_id, facts, eligible, version=version)


@dataclass(frozen=True)
class _Usual:
    """The pre-filled e-mail that a user may edit."""

    language: Language
    subject: str
    text: str


async def _prefilled(
    connection: AsyncConnection, read: Read, recipients: tuple[ContactDetails, ...]
) -> _Usual:
    """Pre-fill in the language that all recipients share, else in the account's (F30, F66)."""
    languages = {person.language for person in recipients}
    shared = languages.pop() if len(languages) == 1 else None
    language = shared or await of_account(connection, read.sim.account_id)
    facts = await emails.preview_facts(connection, read.sim.id, read.user_id)
    return _Usual(language, *prefilled(ContactRequested.of(known_of(facts)), language))


def _recipients(read: Read) -> tuple[ContactDetails, ...]:
    chosen = read.facts.qr_contacts if read.chosen is None else read.chosen
    return tuple(person for person in read.eligible if person.id in chosen)


def _same_text(written: str, usual: str) -> bool:
    """Whether the texts differ only in line ends, which forms and files change."""
    return paragraphs(written) == paragraphs(usual)


def _chosen(
    spelled: tuple[str, ...] | None, eligible: tuple[ContactDetails, ...]
) -> tuple[tuple[int, ...] | None, Refusal | None]:
    """The contacts that were named, and a refusal if one of them is not eligible."""
    if spelled is None:
        return None, None
    found: list[int] = []
    for text in spelled:
        number, address = parse_reference("C", text), text.strip().lower()
        named = [person.id for person in eligible if number == person.id or address == person.email.lower()]
        if not named:
            names = ", ".join(reference("C", person.id) for person in eligible) or "-"
            return tuple(found), Refusal.of("recipient_not_eligible", contacts=names)
        found += named
    return tuple(dict.fromkeys(found)), None
