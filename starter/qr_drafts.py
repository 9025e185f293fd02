"""From what a caller wants, in names and addresses as people write them, to a request that is ids only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from mail.qr_letters import prefilled
from models.callers import Caller, Permission
from models.errors import Refusal, Refused
from models.identifiers import parse_reference, reference
from models.qr import REQUEST_MADE, ContactDetails, LetterView, RequestStatus
from models.qr_letter import letter_refusals
from models.rules import Facts, Recipients, request_refusals
from store import contacts, lookups, qr_codes, qr_mails, qr_requests
from store.facts import sim_facts
from store.lookups import SimKey

_PREFILLED = "..."
"""Stands for what is left out: what is pre-filled then keeps the rules."""


class QrRequestDraft(BaseModel):
    """What is asked for, as a page or a shell has it. What is left out is pre-filled (F27, F30)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sim: str
    """`S-12` or an ICCID."""
    contacts: tuple[str, ...] | None = None
    """Those chosen among the eligible (F28): `C-7` or an address; None for all."""
    cc: tuple[str, ...] = ()
    """Addresses that get a copy without a link (F29)."""
    subject: str | None = None
    text: str | None = None
    again: bool = False
    """Send the request that is open once more."""
    key: str | None = None
    """The same key is the same request."""


@dataclass(frozen=True)
class Requested:
    """A request that was accepted, or sent again."""

    request_id: str
    key: str
    status: RequestStatus
    round: int
    sentence: str = REQUEST_MADE
    version: int | None = None
    """Of the code that the SIM had already when it was asked for."""


@dataclass(frozen=True)
class Read:
    """A draft as the database understands it now."""

    sim: SimKey
    user_id: int
    facts: Facts
    eligible: tuple[ContactDetails, ...]
    reasons: tuple[Refusal, ...] = ()
    chosen: tuple[int, ...] | None = None
    letter_id: int | None = None
    version: int | None = None
    """Of the code that the SIM has already."""


async def read_letter(connection: AsyncConnection, caller: Caller, sim: str, language: str) -> LetterView:
    """The mail as it would be sent (F27, F30). Raises `Refused` with every reason why not."""
    read = await _read(connection, caller, sim)
    recipients = Recipients(contacts=read.facts.qr_contacts, again=True)
    reasons = request_refusals(read.facts, recipients)
    if reasons:
        raise Refused(*reasons)
    subject, text = await _usual_letter(connection, read, language)
    return LetterView(
        sim_id=read.sim.id,
        recipients=read.eligible,
        subject=subject,
        text=text,
        open_request=read.facts.open_qr_request,
        version=read.version,
    )


async def preview(
    connection: AsyncConnection,
    caller: Caller,
    draft: QrRequestDraft,
    request_id_of: Callable[[int], str],
    language: str,
) -> LetterView:
    """The mail as this draft would send it, and to whom; nothing is kept. Raises `Refused`."""
    read = await read_request(connection, caller, draft, request_id_of)
    if read.reasons:
        raise Refused(*read.reasons)
    usual = await _usual_letter(connection, read, language)
    chosen = read.facts.qr_contacts if read.chosen is None else read.chosen
    return LetterView(
        sim_id=read.sim.id,
        recipients=tuple(person for person in read.eligible if person.id in chosen),
        subject=usual[0] if draft.subject is None else draft.subject,
        text=usual[1] if draft.text is None else draft.text,
        open_request=read.facts.open_qr_request,
        version=read.version,
    )


async def keep_letter(connection: AsyncConnection, draft: QrRequestDraft, read: Read, language: str) -> Read:
    """Write the letter of a draft that keeps the rules into the database, where it was edited."""
    if not (draft.cc or draft.subject is not None or draft.text is not None):
        return read
    usual = await _usual_letter(connection, read, language)
    subject = usual[0] if draft.subject is None else draft.subject
    text = usual[1] if draft.text is None else draft.text
    letter_id = await qr_requests.write_letter(connection, read.sim.account_id, subject, text, draft.cc)
    return replace(read, letter_id=letter_id)


async def read_request(
    connection: AsyncConnection,
    caller: Caller,
    draft: QrRequestDraft,
    request_id_of: Callable[[int], str],
) -> Read:
    """Check the draft. What is wrong is in `reasons`.

    `request_id_of` an account is the id that the draft's key stands for: it does not stand in its own way.
    """
    read = await _read(connection, caller, draft.sim)
    chosen, unknown = _chosen(draft.contacts, read.eligible)
    wanted = frozenset(read.facts.qr_contacts if chosen is None or unknown else chosen)
    open_request = read.facts.open_qr_request
    own = open_request == request_id_of(read.sim.account_id)
    reasons = request_refusals(read.facts, Recipients(contacts=wanted, again=draft.again or own))
    reasons += [unknown] if unknown else []
    subject = _PREFILLED if draft.subject is None else draft.subject
    reasons += letter_refusals(subject, _PREFILLED if draft.text is None else draft.text, draft.cc)
    return replace(read, reasons=tuple(reasons), chosen=chosen)


async def _read(connection: AsyncConnection, caller: Caller, sim: str) -> Read:
    user_id, scope = caller.user, caller.scope
    key = await lookups.find_sim(connection, scope, sim)
    caller.require(Permission.REQUEST_QR_CODES)
    facts = await sim_facts(connection, key.id, user_id)
    eligible = tuple(await contacts.of_ids(connection, scope, facts.qr_contacts))
    version = await qr_codes.current_number(connection, scope, key.id)
    return Read(key, user_id, facts, eligible, version=version)


async def _usual_letter(connection: AsyncConnection, read: Read, language: str) -> tuple[str, str]:
    return prefilled(await qr_mails.draft_facts(connection, read.sim.id, read.user_id), language)


def _chosen(
    spelled: tuple[str, ...] | None, eligible: tuple[ContactDetails, ...]
) -> tuple[tuple[int, ...] | None, Refusal | None]:
    """The contacts that were named; and a refusal where one is not among those who may be asked."""
    if spelled is None:
        return None, None
    found: list[int] = []
    for text in spelled:
        number, address = parse_reference("C", text), text.strip().lower()
        named = [person.id for person in eligible if number == person.id or address == person.email.lower()]
        if not named:
            names = ", ".join(reference("C", person.id) for person in eligible) or "nobody"
            sentence = f"Only contacts with the role 'eSIM QR Code' can be chosen: {names}."
            return tuple(found), Refusal(code="recipient_not_eligible", sentence=sentence)
        found += named
    return tuple(dict.fromkeys(found)), None
