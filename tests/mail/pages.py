"""An order to write mails about, and a reader of the pages they make."""

from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

from mail.compose import OrderFacts

LANGUAGES = ("en", "fr")
FACTS = OrderFacts(
    order_id="order-7f3a9c21",
    kind="switch_to_esim",
    account="Nordwind Logistics",
    provider="Orange",
    distributor="Telco Partners",
    pack="Business 5G",
    item="eSIM Orange Pro",
    quantity=1,
    msisdn="+33612345678",
    device="iPhone 15 Pro",
    slot=2,
    iccid_in_place="8933150319062012345",
    iccid="8933150319062099991",
    requester_name="Amélie Durand",
    employee_name="Jean-Baptiste Lefèvre",
    recipient_name="Camille Roy",
    cancel_reason="Leaves the company",
    reminder_number=2,
    waiting_since=datetime(2026, 11, 19, 10, 30, tzinfo=timezone(timedelta(hours=1))),
)


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
