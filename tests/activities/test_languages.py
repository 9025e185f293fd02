"""Each e-mail is in the language of its recipient, else in that of their account (F66)."""

from email.message import EmailMessage

import pytest

from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance
from outbox.orders import ProviderEmail
from outbox.sender import Outbox
from outbox.swaps import EmployeeProcessed, RequesterCancelled, RequesterProcessed
from providers.by_mail import ProviderByMail
from store.session import Database
from tests.activities.qr_scene import (
    COPY,
    FIRST,
    MANAGER,
    NO_CODE,
    NOTICE,
    QR,
    REMINDER,
    SECOND,
    Desk,
    Letterbox,
    text_of,
)
from tests.activities.scene import LINKS, email_steps
from tests.builders import ANA, acknowledge, cancel, iccid, place, process, run, world
from tests.mail.scene import mailer_for
from workflows.orders.messages import EmailInput

SWITCH = "switch_to_esim"
ORDERS, EMPLOYEE = "orders@telvia.example", "employee1@acme.example"
HELLO = {"en": "Hello", "fr": "Bonjour"}
FOOTER = {"en": "Sent automatically for", "fr": "Message envoyé automatiquement pour"}
OTHER = {"en": "fr", "fr": "en"}


def language_of(message: EmailMessage) -> str:
    """The language of a mail, which its greeting, its footer and its HTML agree on."""
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    text = text_of(message)
    (found,) = [language for language in HELLO if f"\n{HELLO[language]}" in text]
    assert FOOTER[found] in text
    assert FOOTER[OTHER[found]] not in text
    assert f'lang="{found}"' in html.get_content()
    return found


async def speak(database: Database, account: str, **languages: str) -> None:
    """The account's language, and that of its users, employees or contacts."""
    await run(database, "UPDATE accounts SET language = :language", language=account)
    for table, language in languages.items():
        await run(database, f"UPDATE {table} SET language = :language", language=language)


class Orders:
    """An order that is mailed through a real SMTP server."""

    def __init__(self, database: Database, box: Letterbox) -> None:
        self.database = database
        self.box = box

    async def submitted(self, provider: ProviderByMail) -> Acceptance:
        order = await place(self.database)
        await provider.submit(order.order_id, SWITCH, retries=0)
        return order

    def languages(self) -> dict[str, set[str]]:
        """Who was written to, and in which languages."""
        found: dict[str, set[str]] = {}
        for recipient, message in self.box.arrived:
            found.setdefault(recipient, set()).add(language_of(message))
        return found


@pytest.mark.covers("F66")
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("ends", [OrderStatus.PROCESSED, OrderStatus.CANCELLED])
async def test_contact_requester_and_employee_each_get_their_language(
    database: Database, language: str, ends: OrderStatus
) -> None:
    """A French contact, an English requester, and an employee without a language in a French account; and the
    other way round: so every mail of an order is seen in both languages.
    """
    await world(database)
    await speak(database, language, users=OTHER[language], contacts=language)
    orders = Orders(database, Letterbox())
    async with orders.box.server() as server, mailer_for(server) as mailer:
        outbox = Outbox(database, mailer, "esim.example")
        provider = ProviderByMail(database, outbox, LINKS)
        order = await orders.submitted(provider)
        await provider.remind(order.order_id, SWITCH, OrderStatus.SUBMITTED, 1, retries=0)
        await acknowledge(database, order)
        await provider.remind(order.order_id, SWITCH, OrderStatus.PROVIDER_PROCESSING, 1, retries=0)
        if ends is OrderStatus.PROCESSED:
            await process(database, order, iccid(777))
        else:
            await cancel(database, order)
            await provider.withdraw(order.order_id, SWITCH, retries=0)
        await email_steps(database, outbox).send_email(
            EmailInput(order_id=order.order_id, kind=SWITCH, email="people")
        )
    told = {ORDERS: {language}, ANA: {OTHER[language]}}
    if ends is OrderStatus.PROCESSED:
        told[EMPLOYEE] = {language}
    assert orders.languages() == told
    sent = await run(database, "SELECT template FROM mails ORDER BY template")
    expected = {
        OrderStatus.PROCESSED: [EmployeeProcessed.name, RequesterProcessed.name],
        OrderStatus.CANCELLED: [ProviderEmail.CANCELLED, RequesterCancelled.name],
    }[ends]
    always = {
        ProviderEmail.ORDER,
        ProviderEmail.REMINDER_ACKNOWLEDGE,
        ProviderEmail.REMINDER_PROCESS,
    }
    assert {row.template for row in sent} == always | set(expected)


async def test_a_language_that_changes_counts_for_the_next_mail(database: Database) -> None:
    await world(database)
    orders = Orders(database, Letterbox())
    async with orders.box.server() as server, mailer_for(server) as mailer:
        provider = ProviderByMail(database, Outbox(database, mailer, "esim.example"), LINKS)
        order = await orders.submitted(provider)
        await speak(database, "fr")
        await provider.remind(order.order_id, SWITCH, OrderStatus.SUBMITTED, 1, retries=0)
        await speak(database, "fr", contacts="en")
        await provider.remind(order.order_id, SWITCH, OrderStatus.SUBMITTED, 2, retries=0)
    assert [language_of(message) for _, message in orders.box.arrived] == ["en", "fr", "en"]


@pytest.mark.covers("F66", "F30")
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_everybody_in_a_request_for_a_code_gets_their_language(
    database: Database, language: str
) -> None:
    desk, other = Desk(database), OTHER[language]
    await desk.open(subject=None, body=None, cc=(COPY, EMPLOYEE))
    await speak(database, language, users=other, employees=other)
    await run(database, "UPDATE contacts SET language = :other WHERE email = :qr", other=other, qr=QR)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).ask_for_code(FIRST)
        await desk.mails(mailer).remind_of_code(REMINDER)
        await desk.mails(mailer).report_no_code(NO_CODE)
    told = {
        recipient: {language_of(message) for message in box.to(recipient)} for recipient, _ in box.arrived
    }
    assert told == {QR: {other}, SECOND: {language}, COPY: {language}, EMPLOYEE: {other}, ANA: {other}}
    usual = {"en": "QR code requested: eSIM of Orange", "fr": "QR code demandé : eSIM Orange"}
    for recipient, spoken in ((QR, other), (SECOND, language), (COPY, language), (EMPLOYEE, other)):
        first = box.to(recipient)[0]
        assert str(first["Subject"]).replace("\u00a0", " ").startswith(usual[spoken])
        assert {"en": "Kind regards\nAna", "fr": "Cordialement\nAna"}[spoken] in text_of(first)


async def test_an_edited_letter_stays_as_it_was_written_in_a_frame_that_its_reader_understands(
    database: Database,
) -> None:
    desk = Desk(database)
    await desk.open(subject="Le code, merci", body="Bonsoir, il nous faut le code.", cc=(COPY,))
    await speak(database, "fr")
    await run(database, "UPDATE contacts SET language = 'en' WHERE email = :qr", qr=QR)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).ask_for_code(FIRST)
    assert {recipient: language_of(message) for recipient, message in box.arrived} == {
        QR: "en",
        SECOND: "fr",
        COPY: "fr",
    }
    for _, message in box.arrived:
        assert message["Subject"] == "Le code, merci"
        assert "Bonsoir, il nous faut le code." in text_of(message)


@pytest.mark.covers("F66")
@pytest.mark.parametrize(
    ("address", "language"),
    [(MANAGER, "fr"), (ANA, "en"), (EMPLOYEE.upper(), "en"), (QR, "en"), (SECOND, "fr")],
)
async def test_a_notification_is_in_the_language_of_who_has_the_address(
    database: Database, address: str, language: str
) -> None:
    """In a French account: an address it does not know; a user, an employee and a contact who speak English;
    and a contact without a language.
    """
    desk = Desk(database)
    await desk.open()
    await speak(database, "fr", users="en", employees="en")
    await run(database, "UPDATE contacts SET language = 'en' WHERE email = :qr", qr=QR)
    await desk.import_code()
    await desk.notify(address)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).send_notification(NOTICE)
    ((_, message),) = box.arrived
    assert language_of(message) == language


async def test_a_person_of_another_account_with_the_address_does_not_matter(database: Database) -> None:
    desk = Desk(database)
    await desk.open()
    await run(database, "INSERT INTO accounts (name, language) VALUES ('Other', 'fr')")
    elsewhere = "INSERT INTO employees (account_id, name, email, language) SELECT id, 'Max', :mail, 'fr'"
    await run(database, f"{elsewhere} FROM accounts WHERE name = 'Other'", mail=MANAGER)
    await desk.import_code()
    await desk.notify()
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).send_notification(NOTICE)
    assert language_of(box.to(MANAGER)[0]) == "en"
