"""Every e-mail, with the facts of an order and of a request for a QR code, and a reader of pages."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import outbox.licences.notices
import outbox.orders
import outbox.people.user_mails
import outbox.travel.notices
import outbox.webhooks.notices
from models.codes.activation import parse_activation_code
from models.codes.edited_emails import CodeFacts
from models.language import Language
from outbox import codes
from outbox.compose import ShownCode, compose
from outbox.emails import Editable, Email
from outbox.layout import Content
from outbox.links import FreshLink
from wording.facts import Countries, Price, Volume

MOMENT = datetime(2026, 11, 19, 10, 30, tzinfo=timezone(timedelta(hours=1)))
SINCE = {
    Language.EN: "19 November 2026, 09:30 UTC",
    Language.FR: "19\u00a0novembre 2026 à 9\u00a0h\u00a030\u00a0UTC",
}
URL = "https://esim.example/u/q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
LINK = FreshLink(URL, MOMENT)
ACTIVATION = parse_activation_code("LPA:1$smdp.example.com$QR-SECRET-MATCHING-ID")
SHOWN = ShownCode(ACTIVATION, "qr-code.qr-notification-abcdefghijklmnop@esim.example", "4711-0815")
READER = "Camille Roy"
ORDER: Mapping[str, Any] = {
    "order_id": "order-7f3a9c21",
    "kind": "switch_to_esim",
    "account": "Nordwind Logistics",
    "provider": "Orange",
    "distributor": "Telco Partners",
    "pack": "Business 5G",
    "item": "eSIM Orange Pro",
    "quantity": 1,
    "msisdn": "+33612345678",
    "device": "iPhone 15 Pro",
    "slot": 2,
    "iccid_in_place": "8933150319062012345",
    "previous_iccid": "8933150319062012345",
    "iccid": "8933150319062099991",
    "requester_name": "Amélie Durand",
    "employee_name": "Jean-Baptiste Lefèvre",
    "cancel_reason": "Leaves the company",
    "purchase_reference": "PO-4711",
    "comment": "To the branch in Lyon, please.",
    "reminder_number": 2,
    "waiting_since": MOMENT,
}
REQUEST = CodeFacts(
    account="Nordwind Logistics",
    provider="Orange",
    iccid="8933150319062099991",
    requester_name="Amélie Durand",
    reference="qr-request-abcdefghijklmnop",
    distributor="Telco Partners",
    requested_at=MOMENT,
    asked=("Camille Roy", "Noël Petit"),
    cc=("it@client.example", "boss@client.example"),
    msisdn="+33612345678",
    device="Amélie's phone",
)
CODE: Mapping[str, Any] = codes.known_of(REQUEST, 2)
EDITED = {
    "subject": "The code, please",
    "text": "Dear all,\n\nwe need <b>it</b> & soon:\nby {noon}.\n",
}
LICENCE: Mapping[str, Any] = {
    **ORDER,
    "kind": "assign_licence",
    "reference": "order-7f3a9c21",
    "add_on": "Voice+SMS+Data",
    "agent_name": "Jean-Baptiste Lefèvre",
    "iccid_tail": "…9991",
    "line_tail": "…5678",
}
NUMBER_CHANGE: Mapping[str, Any] = {
    "reference": "number-change-abcdefghijklmnop",
    "account": "Nordwind Logistics",
    "provider": "Orange",
    "msisdn": "+33612345678",
    "iccid": "8933150319062099991",
    "add_on": "Voice+SMS+Data",
    "quantity": 3,
    "requester_name": "Amélie Durand",
    "note": "Three new colleagues in December",
}
TRAVEL: Mapping[str, Any] = {
    "reference": "order-7f3a9c21",
    "kind": "add_line",
    "account": "Nordwind Mobile",
    "line_name": "Euro 1",
    "iccid_tail": "…9991",
    "plan": "Euro 1",
    "countries": Countries(("DE", "ES", "FR", "IT")),
    "data": Volume(1_500_000_000),
    "lasts": timedelta(days=30),
    "price": Price(Decimal("9.90"), "EUR"),
    "usable_until": MOMENT,
}
TRAVEL_NOTICE: Mapping[str, Any] = {
    **TRAVEL,
    "reference": "travel-notice-abcdefghijklmnop",
    "ends_at": MOMENT,
    "lapses_at": MOMENT,
    "plans": "Euro 1, Asia",
    "install_by": MOMENT,
    "withdrawn": "Euro 1",
    "profile": 7,
    "free": 12,
    "threshold": 20,
    "waiting": 3,
    "waiting_since": MOMENT,
}
USER_MAIL: Mapping[str, Any] = {
    "reference": "user-mail-abcdefghijklmnop",
    "account": "Nordwind Logistics",
    "address": "amelie.durand@nordwind.example",
}
WEBHOOK: Mapping[str, Any] = {
    "reference": "WH-7",
    "account": "Nordwind Logistics",
    "host": "shop.nordwind.example",
    "description": "Shop",
    "failing_since": MOMENT,
    "disabled_at": MOMENT,
}
KNOWN: dict[str, Mapping[str, Any]] = {
    "orders": ORDER,
    "codes": CODE,
    "licences": LICENCE,
    "number_changes": NUMBER_CHANGE,
    "people": USER_MAIL,
    "travel": TRAVEL,
    "travel_notices": TRAVEL_NOTICE,
    "webhooks": WEBHOOK,
}
"""By whose texts an e-mail has: what is known."""


def _emails(parent: type[Email]) -> Iterator[type[Email]]:
    for email in parent.__subclasses__():
        complete = hasattr(email, "name") and hasattr(email, "texts")
        if complete and email.__module__.startswith(f"{outbox.__name__}."):
            yield email
        yield from _emails(email)


EMAILS = sorted(set(_emails(Email)), key=lambda email: (email.texts, email.name))
"""Every e-mail of the product."""
EDITABLE = [email for email in EMAILS if issubclass(email, Editable)]
OF_ORDERS = [email for email in EMAILS if email.texts == "orders"]
OF_CODES = [email for email in EMAILS if email.texts == "codes"]
OF_LICENCES = [email for email in EMAILS if email.texts == "licences"]
KINDS = {
    "orders": ("switch_to_esim", "replace_esim"),
    "licences": ("assign_licence", "replace_licence_esim", "replace_lost_esim"),
    "travel": ("add_line", "add_plan"),
}
"""By whose texts an e-mail has: the phrases of which kinds it can have."""


def kinds_of(email: type[Email]) -> tuple[str, ...]:
    """The kinds whose phrases this e-mail can have; none if it is about no order."""
    return KINDS[email.texts] if "kind" in email.__dataclass_fields__ else ()


def by_name(name: str) -> type[Email]:
    """An e-mail about a swap or a code; those about licences may have the same name."""
    return next(email for email in EMAILS if email.name == name and email not in OF_LICENCES)


def composed(email: Email, language: Language, *, reader: str | None = None) -> Content:
    """The e-mail, with a link if it has one, and with a QR code if it shows one."""
    link, code = LINK if email.button else None, SHOWN if email.shows_code else None
    return compose(email, language, reader=reader, link=link, code=code)


def page(
    email: type[Email] | str,
    language: Language = Language.EN,
    *,
    reader: str = READER,
    **changes: Any,
) -> Content:
    """The e-mail, with these facts changed, and a link if it has one."""
    kind = by_name(email) if isinstance(email, str) else email
    written = kind.of({**KNOWN[kind.texts], **changes})
    return composed(written, language, reader=reader)


class Words(HTMLParser):
    """What a person sees of a page, and which elements it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.hidden = tag in {"title", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words += data.split()
