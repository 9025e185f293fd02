"""`esim-orders contact ...`, as a shell runs it."""

import pytest

from starter.people.contacts import ContactDesk
from store.session import Database
from tests.builders import OPERATOR, as_csv, item, line, world
from tests.starter.shell import Shell

TELVIA = ("--distributor", "Telvia")


@pytest.mark.covers("F42")
async def test_a_contact_is_created_and_gets_the_role_in_the_second_step(
    database: Database, shell: Shell
) -> None:
    await world(database, line(sim_type="esim"))
    said = shell.run("contact", "add", "Lea Petit", "Lea@TELVIA.example", *TELVIA)
    assert "Lea@telvia.example" in said.out
    assert "contact edit C-2 --role esim_qr_code" in said.out
    refused = shell.run("fleet", "actions", "S-1", "--user", "U-1").out
    assert "No contact of the SIM's distributor has the role" in refused
    assert "eSIM QR Code" in shell.run("contact", "edit", "C-2", "--role", "esim_qr_code").out
    offered = {
        offer["action"]: offer["offered"] for offer in shell.json("fleet", "actions", "S-1", "--user", "U-1")
    }
    assert offered["generate_qr_code"] is True


@pytest.mark.covers("F42")
async def test_a_person_at_a_terminal_is_asked_for_the_roles(database: Database, shell: Shell) -> None:
    await world(database)
    seen = shell.terminal(
        "contact", "add", "Lea", "lea@telvia.example", *TELVIA, answers=("boss", "eSIM QR Code, order")
    )
    assert "C-2 is created." in seen
    assert "A contact's role is one of: order, esim_qr_code." in seen
    assert "Order, eSIM QR Code" in seen
    assert "To give it a role" not in seen
    seen = shell.terminal("contact", "add", "Max", "max@telvia.example", *TELVIA, answers=("",))
    assert "contact edit C-3 --role" in seen
    assert [contact.roles for contact in await ContactDesk(database).contacts(OPERATOR)] == [
        ("order", "esim_qr_code"),
        (),
        ("order",),
    ]


async def test_contacts_are_listed_by_account_distributor_and_role(database: Database, shell: Shell) -> None:
    await world(database, line(1), line(2, account="Other", distributor="Nord"), packs=(item(),))
    shell.run(
        "contact", "add", "Lea", "lea@telvia.example", "--account", "Acme", *TELVIA, "--role", "eSIM QR Code"
    )
    shell.run("contact", "add", "Nils", "nils@nord.example", "--account", "Other", "--distributor", "NORD")
    for columns in (80, 120):
        listed = shell.process("contact", "list", columns=columns).out
        assert max(map(len, listed.splitlines())) <= columns
        assert all(f"C-{number}" in listed for number in (1, 2, 3))
        assert "none" in listed
    assert "Other" in listed
    for arguments, names in (
        (("--account", "Acme"), ["Lea", "Orders"]),
        (("--distributor", "nord"), ["Nils"]),
        (("--role", "order"), ["Orders"]),
        (("--role", "esim_qr_code"), ["Lea"]),
        (("--account", "Other", "--role", "order"), []),
    ):
        assert [contact["name"] for contact in shell.json("contact", "list", *arguments)] == names
    assert (
        "There are no such contacts."
        in shell.run("contact", "list", "--account", "Other", "--role", "order").out
    )


@pytest.mark.covers("F42")
async def test_a_contact_is_edited(database: Database, shell: Shell) -> None:
    await world(database)
    shell.run("contact", "add", "Lea", "lea@telvia.example", *TELVIA, "--role", "esim_qr_code")
    changed = shell.json(
        "contact",
        "edit",
        "LEA@telvia.example",
        "--name",
        "Lea B",
        "--email",
        "b@telvia.example",
        "--role",
        "order",
    )
    assert changed == {
        "id": 2,
        "account": "Acme",
        "distributor": "Telvia",
        "name": "Lea B",
        "email": "b@telvia.example",
        "language": "en",
        "roles": ["order", "esim_qr_code"],
    }
    assert shell.json("contact", "edit", "C-2", "--no-role", "esim_qr_code")["roles"] == ["order"]
    assert shell.json("contact", "edit", "C-2", "--no-role", "esim_qr_code", "--role", "order")["roles"] == [
        "order"
    ]
    assert shell.json("contact", "edit", "2", "--email", "B@telvia.example")["email"] == "B@telvia.example"


async def test_what_is_wrong_is_one_sentence_and_changes_nothing(database: Database, shell: Shell) -> None:
    desks = await world(database, line(1), line(2, account="Other"))
    acme = ("--account", "Acme", *TELVIA)
    shell.run("contact", "add", "Lea", "lea@telvia.example", *acme)
    shell.run("contact", "add", "Lea", "lea@telvia.example", "--account", "Other", *TELVIA)
    before = await desks.contacts.contacts(OPERATOR)
    for arguments, sentence in (
        (
            ("add", "Lea", "LEA@telvia.example", *acme),
            "has a contact with this address already, C-2; `contact edit` changes it.",
        ),
        (("add", "Lea", "a@b.example\r\nBcc: c@d.example", *acme), "This is not an e-mail address."),
        (("add", "Le\na", "a@telvia.example", *acme), "A name has 1 to 200 characters"),
        (
            ("add", "Lea", "a@telvia.example", "--account", "Acme", "--distributor", "X"),
            "no such distributor",
        ),
        (("add", "Lea", "a@telvia.example", *TELVIA), "There are several accounts; name one."),
        (("add", "Lea", "a@telvia.example", *acme, "--role", "boss"), "A contact's role is"),
        (("edit", "C-1", "--email", "Lea@telvia.example"), "with this address already, C-2;"),
        (("edit", "C-1", "--role", "order", "--no-role", "Order"), "either given or taken away."),
        (("edit", "C-1"), "Say what changes:"),
        (("edit", "C-99", "--name", "Lea"), "There is no such contact."),
        (("edit", "C-2", "--account", "Other", "--name", "Lou"), "There is no such contact."),
        (("edit", "lea@telvia.example", "--name", "Lou"), "name one: C-2, C-3."),
        (("list", "--role", "boss"), "A contact's role is"),
        (("list", "--distributor", "X"), "There is no such distributor"),
    ):
        said = shell.run("contact", *arguments, code=2)
        assert sentence in said.err
        told, *hints = said.err.splitlines()
        assert sentence in told
        assert all(
            hint.startswith(("The account's distributors: ", "Name it with --account")) for hint in hints
        )
        assert said.out == ""
    assert await desks.contacts.contacts(OPERATOR) == before


async def test_the_catalogue_takes_only_the_role_order_away(database: Database, shell: Shell) -> None:
    desks = await world(database)
    shell.run("contact", "edit", "C-1", "--role", "esim_qr_code")
    changed = item(order_contact_name="New", order_contact_email="new@telvia.example")
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(changed))
    roles = {contact["name"]: contact["roles"] for contact in shell.json("contact", "list")}
    assert roles == {"Orders": ["esim_qr_code"], "New": ["order"]}
