"""What happened to an order, in words, the newest first (P8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.errors import Refusal
from models.events import EventView
from models.identifiers import named
from models.language import Language
from models.refusals import DECLARED
from wording import history
from wording.labels import hold_sentence
from wording.pages import page_texts
from wording.refusals import sentence

_STATES = {
    "order.submitted": "submitted",
    "order.refused": "refused",
    "order.provider_processing": "provider_processing",
    "order.processed": "processed",
    "order.cancelled": "cancelled",
    "order.held": "held",
    "mail.failed": "overdue",
    "mail.given_up": "overdue",
    "incident.processed_after_cancelled": "overdue",
    "esim.temporary_created": "temporary",
    "sim.discarded": "discarded",
    "esim.activated": "active",
    "number.suspended": "suspended",
    "number.esim_stopped": "discarded",
    "number.deleted": "discarded",
    "qr.imported": "qr_present",
    "qr.requested": "qr_requested",
}


class Happened(NamedTuple):
    """An entry of the timeline. `state`: a key of the template's states."""

    what: str
    at: datetime
    actor: str
    state: str
    detail: str


def timeline(events: Sequence[EventView], people: Mapping[str, str], language: Language) -> list[Happened]:
    """The events of an order or a number; `people` has names by reference."""
    return [_happened(event, people, language) for event in reversed(events)]


def _happened(event: EventView, people: Mapping[str, str], language: Language) -> Happened:
    return Happened(
        history.sentence(event.type, language),
        event.at,
        who(event.actor, people, language),
        _STATES.get(event.type, "neutral"),
        details(event.type, event.data, people, language),
    )


def details(event: str, data: Mapping[str, object], people: Mapping[str, str], language: Language) -> str:
    """What else there is to say of an event: which e-mail to whom, the reasons, the ICCID."""
    return " ".join(_details(event, data, people, language))


def _details(
    event: str, data: Mapping[str, object], people: Mapping[str, str], language: Language
) -> Iterable[str]:
    kinds: Mapping[str, str] = page_texts(language)["mail_kinds"]
    if data.get("mail") in kinds:
        yield f"{kinds[str(data['mail'])]}."
    if "to" in data:
        yield page_texts(language)["orders"]["to"].format(name=who(str(data["to"]), people, language))
    if event == "order.held" and "reason" in data:
        yield hold_sentence(str(data["reason"]), language)
    refusals = data.get("refusals")
    if event in ("order.held", "order.refused") and isinstance(refusals, list):
        for each in refusals:
            yield sentence(Refusal.model_validate(each), language)
    codes = data.get("codes")
    if event == "qr.import_refused" and isinstance(codes, list):
        for code in codes:  # parameters are not recorded: they could hold the code
            if code in DECLARED and not DECLARED[code].parameters:
                yield sentence(Refusal(code=code), language)
    yield from _of_number(event, data, language)
    if isinstance(data.get("iccid"), str):
        yield f"ICCID {data['iccid']}"


def _of_number(event: str, data: Mapping[str, object], language: Language) -> Iterable[str]:
    if event == "number.user_changed":
        none = page_texts(language)["ui"]["nothing"]
        agents = (data.get(name) for name in ("agent_before", "agent"))
        yield " → ".join(none if agent is None else f"AG-{agent}" for agent in agents)
    if event == "licence.freed" and "licence" in data:
        yield f"LI-{data['licence']}"


def who(actor: str, people: Mapping[str, str], language: Language) -> str:
    """A name for `user:3` or `contact:7`; for others, who they are, such as a mailed link for `link:2`."""
    actors: Mapping[str, str] = page_texts(language)["actors"]
    name = people.get(actor, "").partition(" <")[0]
    return name or actors.get(actor.partition(":")[0], named(actor))
