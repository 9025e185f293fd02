"""A request for a QR code to write mails about."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from mail.qr_letters import BUTTONS, FreshLink, QrTemplate, compose
from mail.wording import Content
from models.qr_letter import QrFacts

MOMENT = datetime(2026, 11, 19, 10, 30, tzinfo=timezone(timedelta(hours=1)))
URL = "https://esim.example/u/q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
LINK = FreshLink(URL, MOMENT)
FACTS = QrFacts(
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
EDITED = replace(
    FACTS, subject="The code, please", text="Dear all,\n\nwe need <b>it</b> & soon:\nby {noon}.\n"
)


def page(
    template: QrTemplate, facts: QrFacts = FACTS, language: str = "en", reader: str = "Camille"
) -> Content:
    """The mail, with a link if it has one."""
    link = LINK if template in BUTTONS else None
    return compose(template, facts, language, reader=reader, link=link, reminder_number=2)
