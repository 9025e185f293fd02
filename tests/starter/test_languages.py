"""Languages as they are set, imported and shown, and the letter that a user edits (F66, F30)."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import EmailPreview
from models.errors import Refused
from models.identifiers import qr_request_id
from models.language import Language, parse_language
from settings import Settings
from starter.codes.drafts import QrRequestDraft, keep_edited, preview, read_request
from starter.people.accounts import AccountDesk
from store.session import Database
from tests.builders import (
    ACCOUNT,
    ANA,
    OPERATOR,
    DataDesks,
    ana,
    as_csv,
    empty_slot,
    item,
    line,
    refused_fleet,
    run,
    world,
)
from tests.qr_world import QrWorld, qr_world
from tests.starter.shell import Shell

CONTACT = "orders@telvia.example"


def test_a_language_is_read_as_people_write_it() -> None:
    assert [parse_language(text) for text in ("en", " FR ")] == [Language.EN, Language.FR]
    for text in ("", "de", "fr-CA", "français", "en\0"):
        with pytest.raises(Refused) as refused:
            parse_language(text)
        assert [reason.code for reason in refused.value.refusals] == ["language_unknown"]


# --- set and shown ----------------------------------------------------------------------------------------


@pytest.mark.covers("F66")
async def test_everybody_has_the_language_of_the_account_until_they_have_their_own(
    database: Database,
) -> None:
    desks = await world(database)

    async def languages() -> list[str | None]:
        (user,), (contact,) = await desks.users.users(OPERATOR), await desks.contacts.contacts(OPERATOR)
        sim = (await desks.fleet.line(OPERATOR, "L-1")).sim
        (offered,) = (await desks.catalogue.catalogue(OPERATOR))[0].order_contacts
        assert sim is not None
        assert offered.language == contact.language
        assert (await desks.fleet.sim(OPERATOR, f"S-{sim.id}")).employee_language == sim.employee_language
        return [user.language, contact.language, sim.employee_language]

    assert await languages() == ["en", "en", "en"]
    account = await AccountDesk(database).set_language(OPERATOR, ACCOUNT, "fr")
    assert (account.name, account.language) == (ACCOUNT, "fr")
    assert await languages() == ["fr", "fr", "fr"]
    assert (await desks.users.set_user_language(OPERATOR, ANA, "en")).language == "en"
    assert (await desks.contacts.edit_contact(OPERATOR, None, CONTACT, language="en")).language == "en"
    assert await languages() == ["en", "en", "fr"]
    with pytest.raises(Refused, match="en, fr"):
        await AccountDesk(database).set_language(OPERATOR, None, "de")
    with pytest.raises(Refused, match="e-mail address"):
        await AccountDesk(database).set_contact(OPERATOR, None, "nobody")


async def test_a_slot_without_an_employee_shows_no_language(database: Database) -> None:
    desks = await world(database, line(1, employee_name="", employee_email=""), empty_slot(2))
    sim = (await desks.fleet.line(OPERATOR, "L-1")).sim
    assert sim is not None
    assert (sim.employee, sim.employee_language) == (None, None)


@pytest.mark.covers("F66")
async def test_a_shell_sets_and_shows_languages(database: Database, shell: Shell) -> None:
    await world(database)
    made = shell.json("user", "create", "Zoé", "zoe@acme.example", "--language", "FR")
    assert made["language"] == "fr"
    assert shell.json("user", "set-language", ANA, "fr")["language"] == "fr"
    assert "fr" in shell.run("user", "set-language", "U-1", "fr").out
    assert {user["language"] for user in shell.json("user", "list")} == {"fr"}
    added = ("contact", "add", "Lea", "lea@telvia.example", "--distributor", "Telvia", "--language", "fr")
    assert shell.json(*added)["language"] == "fr"
    assert shell.json("contact", "edit", "C-1", "--language", "fr")["language"] == "fr"
    assert "language" in shell.run("contact", "list").out
    assert "Employee 1 (en)" in shell.run("fleet", "show", "L-1").out
    assert "fr" in shell.run("catalogue", "list").out
    for arguments in (
        ("user", "set-language", ANA, "german"),
        ("user", "create", "Max", "max@acme.example", "--language", "de"),
        ("contact", "edit", "C-1", "--language", ""),
    ):
        assert "There is no such language; there are: en, fr." in shell.run(*arguments, code=2).err
    assert "no such user" in shell.run("user", "set-language", "U-99", "fr", code=2).err


async def test_accounts_that_a_shell_imports_have_the_language_of_its_settings(
    database: Database, shell: Shell
) -> None:
    assert Settings().mail_language is Language.EN
    file = shell.folder / "fleet.csv"
    file.write_bytes(as_csv(line(1)))
    shell.more["ESIM_MAIL_LANGUAGE"] = "fr"
    shell.run("fleet", "import", str(file))
    file.write_bytes(as_csv(line(1), line(2, account="Other")))
    shell.more["ESIM_MAIL_LANGUAGE"] = "en"
    shell.run("fleet", "import", str(file))
    rows = await run(database, "SELECT name, language FROM accounts ORDER BY name")
    assert [tuple(row) for row in rows] == [("Acme", "fr"), ("Other", "en")]


# --- imports ----------------------------------------------------------------------------------------------


async def employees(database: Database) -> dict[str, str | None]:
    rows = await run(database, "SELECT name, language FROM employees")
    return {row.name: row.language for row in rows}


@pytest.mark.covers("F66")
async def test_a_fleet_says_the_language_of_its_employees(database: Database) -> None:
    desks = DataDesks(database)
    rows = [
        line(1, employee_language="FR"),
        line(2, employee_email="", employee_language="en"),
        line(3, employee_language=""),
        line(4, employee_name="Employee 1", employee_email="EMPLOYEE1@acme.example", employee_language=""),
    ]
    await desks.fleet.import_fleet(OPERATOR, as_csv(*rows))
    first = {"Employee 1": "fr", "Employee 2": "en", "Employee 3": None}
    assert await employees(database) == first
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(*rows))).changes == 0
    without = [{name: cell for name, cell in row.items() if name != "employee_language"} for row in rows]
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(*without))).changes == 0
    assert await employees(database) == first
    rows[1]["employee_language"] = rows[2]["employee_language"] = "fr"
    rows[0]["employee_name"] = rows[3]["employee_name"] = "Employee One"
    report = await desks.fleet.import_fleet(OPERATOR, as_csv(*rows))
    assert report.changed == {"employees": 3}
    assert await employees(database) == {"Employee One": "fr", "Employee 2": "fr", "Employee 3": "fr"}


async def test_a_fleet_with_wrong_languages_is_refused(database: Database) -> None:
    desks = await world(database)
    rows = (
        line(1, employee_language="german"),
        line(2, employee_language="fr"),
        line(3, employee_name="Employee 2", employee_email="Employee2@acme.example", employee_language="en"),
        line(4, employee_name="", employee_email="", employee_language="fr"),
    )
    assert await refused_fleet(desks.fleet, as_csv(*rows)) == [
        "Line 2: employee_language: it must be en or fr, or empty.",
        "Line 4: employee_language: line 3 has another one for the same employee.",
        "Line 5: employee_name: a language needs a name.",
    ]


@pytest.mark.covers("F66")
async def test_a_catalogue_says_the_language_of_its_order_contacts(database: Database) -> None:
    desks = await world(database)
    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(order_contact_language="fr")))
    assert report.changed == {"contacts": 1}
    assert [contact.language for contact in await desks.contacts.contacts(OPERATOR)] == ["fr"]
    for unsaid in (item(), item(order_contact_language="")):
        assert (await desks.catalogue.import_catalogue(OPERATOR, as_csv(unsaid))).changes == 0
    new = item(order_contact_email="new@telvia.example", order_contact_language="fr")
    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(new))
    assert report.created == {"contacts": 1}
    rows = await run(database, "SELECT email, language FROM contacts ORDER BY email")
    assert [row.language for row in rows] == ["fr", "fr"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            (item(order_contact_language="x"),),
            "Line 2: order_contact_language: it must be en or fr, or empty.",
        ),
        (
            (item(order_contact_language="fr"), item("Other", order_contact_language="en")),
            "Line 3: order_contact_language: line 2 says something else for the same address.",
        ),
        (
            (item(order_contact_name="", order_contact_email="", order_contact_language="fr"),),
            "Line 2: order_contact_email: a language needs a contact.",
        ),
    ],
)
async def test_a_catalogue_with_wrong_languages_is_refused(
    database: Database, rows: tuple[dict[str, object], ...], sentence: str
) -> None:
    desks = await world(database, packs=())
    with pytest.raises(Refused) as refused:
        await desks.catalogue.import_catalogue(OPERATOR, as_csv(*rows))
    assert [reason.sentence for reason in refused.value.refusals] == [sentence]


# --- the letter that a user edits -------------------------------------------------------------------------


@pytest.fixture
async def qr(database: Database) -> QrWorld:
    return await qr_world(database)


def subject(language: str) -> str:
    return {"en": "QR code requested", "fr": "QR code demandé"}[language]


@pytest.mark.covers("F30", "F66")
@pytest.mark.parametrize(
    ("account", "codes", "more", "prefilled"),
    [
        ("en", "fr", "fr", "fr"),
        ("fr", "en", "en", "en"),
        ("fr", None, None, "fr"),
        ("fr", "en", None, "fr"),
        ("en", "fr", "en", "en"),
    ],
)
async def test_the_letter_is_prefilled_in_the_language_that_its_recipients_share(
    qr: QrWorld, account: str, codes: str | None, more: str | None, prefilled: str
) -> None:
    """Else in that of the account."""
    await speak(qr, account, codes, more)
    async with qr.database.reading() as connection:
        letter = await previewed(connection, qr)
        assert letter.language == prefilled
        assert letter.subject.startswith(subject(prefilled))
        alone = await previewed(connection, qr, contacts=("codes@telvia.example",))
        assert alone.language == (codes or account), "a single recipient's, whatever others speak"
        assert alone.subject.startswith(subject(alone.language))


@pytest.mark.covers("F30", "F66")
async def test_what_is_not_edited_is_left_to_each_recipient_s_language(qr: QrWorld) -> None:
    await speak(qr, "en", "fr", None)
    async with qr.database.reading() as connection:
        letter = await previewed(connection, qr)
    as_it_was = {"subject": letter.subject, "text": letter.text.replace("\n", "\r\n")}
    assert await kept(qr) is None
    assert await kept(qr, **as_it_was) is None, "sent back by a page as it was offered"
    assert await kept(qr, cc=("it@acme.example",)) == (None, None, ["it@acme.example"])
    assert await kept(qr, **as_it_was | {"subject": "The code!"}) == ("The code!", None, [])
    assert await kept(qr, text="Dear all") == (None, "Dear all", [])


async def previewed(connection: AsyncConnection, qr: QrWorld, **draft: Any) -> EmailPreview:
    """The e-mail as it would be sent, of a draft that leaves out the rest."""
    return await preview(
        connection,
        await ana(qr.database),
        QrRequestDraft(sim="S-1", **draft),
        lambda account_id: qr_request_id(account_id, "k"),
    )


async def speak(qr: QrWorld, account: str, codes: str | None, more: str | None) -> None:
    await run(qr.database, "UPDATE accounts SET language = :language", language=account)
    for name, language in (("codes", codes), ("more", more)):
        change = "UPDATE contacts SET language = :language WHERE name = :name"
        await run(qr.database, change, language=language, name=name)


async def kept(qr: QrWorld, **changes: object) -> tuple[str | None, str | None, list[str]] | None:
    """What is kept of a letter as the user sent it: subject, text and copies."""
    draft = QrRequestDraft.model_validate({"sim": "S-1"} | changes)
    async with qr.database.transaction() as connection:
        read = await read_request(
            connection, await ana(qr.database), draft, lambda account_id: qr_request_id(account_id, "k")
        )
        assert not read.reasons
        email_text_id = (await keep_edited(connection, draft, read)).email_text_id
    if email_text_id is None:
        return None
    (row,) = await run(qr.database, "SELECT * FROM qr_email_texts WHERE id = :id", id=email_text_id)
    return row.subject, row.body, row.cc
