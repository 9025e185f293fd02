"""A catalogue file is taken over as a whole: packs with their items, and whom orders are sent to."""

import pytest

from models.errors import Refused
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, DataDesks, as_csv, item, line, place, run, world


async def refusals(desks: DataDesks, content: bytes) -> list[str]:
    """The sentences of a refused import, and proof that it changed nothing."""
    before = await desks.catalogue.catalogue(OPERATOR)
    with pytest.raises(Refused) as refused:
        await desks.catalogue.import_catalogue(OPERATOR, content)
    assert await desks.catalogue.catalogue(OPERATOR) == before
    return [refusal.sentence for refusal in refused.value.refusals]


async def order_contacts(database: Database) -> list[tuple[str, str, str]]:
    rows = await run(
        database,
        "SELECT distributors.name, contacts.name, email FROM contacts "
        "JOIN contact_roles ON contact_id = contacts.id AND role = 'order' "
        "JOIN distributors ON distributors.id = distributor_id ORDER BY email",
    )
    return [tuple(row) for row in rows]


async def test_a_catalogue_is_taken_over(database: Database) -> None:
    desks = await world(database, packs=())
    report = await desks.catalogue.import_catalogue(
        OPERATOR,
        as_csv(
            item("Pack", section="sim cards"),
            item("Pack", item="A phone", section="Devices", provider="", esim="no"),
            item("Old", available="no", distributor="Mobilis", order_contact_email="m@mobilis.example"),
        ),
    )
    assert report.created == {"distributors": 1, "packs": 2, "contacts": 2}
    assert tuple(warning.sentence for warning in report.warnings) == ()
    found = [(p.account, p.name, p.section, p.item, p.esim, p.provider, p.available, p.distributor)
             for p in await desks.catalogue.catalogue(OPERATOR)]  # fmt: skip
    assert found == [
        ("Acme", "Old", "SIM Cards", "An eSIM", True, "Orange", False, "Mobilis"),
        ("Acme", "Pack", "Devices", "A phone", False, None, True, "Telvia"),
        ("Acme", "Pack", "SIM Cards", "An eSIM", True, "Orange", True, "Telvia"),
    ]
    assert await order_contacts(database) == [
        ("Mobilis", "Orders", "m@mobilis.example"),
        ("Telvia", "Orders", "orders@telvia.example"),
    ]


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    desks = await world(database)
    again = await desks.catalogue.import_catalogue(
        OPERATOR, as_csv(item(distributor="TELVIA", provider="orange"))
    )
    assert (again.rows, again.changes) == (1, 0)


async def test_a_dry_run_keeps_nothing(database: Database) -> None:
    desks = await world(database, packs=())
    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(item()), dry_run=True)
    assert report.created == {"packs": 1, "contacts": 1}
    assert await desks.catalogue.catalogue(OPERATOR) == []


async def test_a_later_file_describes_its_packs_completely(database: Database) -> None:
    desks = await world(database, packs=(item(), item(item="Gone", esim="no"), item("Untouched")))
    report = await desks.catalogue.import_catalogue(
        OPERATOR, as_csv(item(provider="SFR", available="no", order_contact_name="New desk"))
    )
    assert report.changed == {"packs": 1, "contacts": 1}
    assert tuple(warning.sentence for warning in report.warnings) == (
        "Line 2: provider: no line of the account has this provider.",
    )
    found = [
        (pack.name, pack.item, pack.provider, pack.available)
        for pack in await desks.catalogue.catalogue(OPERATOR)
    ]
    assert found == [("Orange pack", "An eSIM", "SFR", False), ("Untouched", "An eSIM", "Orange", True)]
    assert await order_contacts(database) == [("Telvia", "New desk", "orders@telvia.example")]


async def test_a_later_file_describes_a_distributors_order_contacts_completely(database: Database) -> None:
    others = item("Mobile", distributor="Mobilis", order_contact_email="m@mobilis.example")
    mistyped, second = (
        item(order_contact_email="odres@telvia.example"),
        item(
            item="Cable",
            section="Devices",
            provider="",
            esim="no",
            order_contact_email="second@telvia.example",
        ),
    )
    desks = await world(database, packs=(mistyped, second, others))
    right = as_csv(item(), second, others | {"order_contact_name": "", "order_contact_email": ""})
    report = await desks.catalogue.import_catalogue(OPERATOR, right)
    assert (report.created, report.changed) == ({"contacts": 1}, {"contacts": 1})
    assert await order_contacts(database) == [
        ("Mobilis", "Orders", "m@mobilis.example"),
        ("Telvia", "Orders", "orders@telvia.example"),
        ("Telvia", "Orders", "second@telvia.example"),
    ]
    assert (await desks.catalogue.import_catalogue(OPERATOR, right)).changes == 0
    kept = await run(database, "SELECT name FROM contacts WHERE email = 'odres@telvia.example'")
    assert len(kept) == 1, "the contact stays, and may have another role"


async def test_a_contact_keeps_its_other_roles(database: Database) -> None:
    desks = await world(database)
    await run(database, "INSERT INTO contact_roles SELECT id, 'esim_qr_code' FROM contacts")
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(order_contact_email="new@telvia.example")))
    roles = await run(database, "SELECT email, role FROM contact_roles JOIN contacts ON id = contact_id")
    assert set(map(tuple, roles)) == {
        ("orders@telvia.example", "esim_qr_code"),
        ("new@telvia.example", "order"),
    }


async def test_optional_columns(database: Database) -> None:
    desks = await world(database, packs=())
    columns = ("account", "pack", "section", "item", "provider", "esim", "distributor")
    await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(), columns=columns))
    assert [pack.available for pack in await desks.catalogue.catalogue(OPERATOR)] == [True]
    assert await order_contacts(database) == []


WRONG = [
    ([item(pack="")], "pack: it is empty."),
    ([item(esim="maybe")], "esim: it must be yes or no."),
    ([item(esim="")], "esim: it must be yes or no."),
    ([item(available="later")], "available: it must be yes or no."),
    ([item(provider="")], "provider: an eSIM has one."),
    ([item(order_contact_name="")], "order_contact_email: a contact has a name and an address."),
    ([item(order_contact_email="nobody")], "order_contact_email: This is not an e-mail address."),
    ([item(account="Acmee")], "account: there is no such account; import its fleet first."),
    ([item("A"), item("A")], "item: line 2 has the same item already."),
    ([item("A"), item("A", item="B")], "provider: line 2 has an eSIM of this provider in the pack already."),
    ([item("A"), item("A", item="B", provider="SFR", distributor="X")], "distributor: line 2 says something"),
    ([item("A"), item("A", item="B", provider="SFR", available="no")], "available: line 2 says something"),
    ([item("A"), item("B", order_contact_name="X")], "order_contact_name: line 2 has another name"),
]


async def test_wrong_rows(database: Database) -> None:
    desks = await world(database)
    for rows, sentence in WRONG:
        (said,) = await refusals(desks, as_csv(*rows))
        assert said.startswith(f"Line {len(rows) + 1}: ")
        assert sentence in said


async def test_a_pack_in_open_orders_keeps_its_distributor(database: Database) -> None:
    desks = await world(database)
    await place(database)
    (said,) = await refusals(desks, as_csv(item(distributor="Mobilis")))
    assert "distributor: the pack is in open orders" in said


async def test_an_esim_outside_the_shops_section_is_warned_of(database: Database) -> None:
    desks = await world(database, packs=())
    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(section="Devices")))
    assert tuple(warning.sentence for warning in report.warnings) == (
        "Line 2: section: the shop shows eSIMs of the section SIM Cards only.",
    )


async def test_a_distributor_without_an_order_contact_is_warned_of_once(database: Database) -> None:
    desks = await world(database, packs=())
    packs = [
        item(name, distributor=distributor, order_contact_name="", order_contact_email="")
        for name, distributor in (("A", "Telvia"), ("B", "Mobilis"), ("C", "mobilis"))
    ]
    said = "distributor: no contact of this distributor has the role 'order'; its orders are held until"
    for dry_run in (True, False):
        report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(*packs), dry_run)
        said_of = [warning.sentence.partition(" one has")[0] for warning in report.warnings]
        assert said_of == [f"Line {n}: {said}" for n in (2, 3)]
    await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Mobilis", "Bill", "m@mobilis.example", ["order"])
    with_contact = item("A", order_contact_email="orders@telvia.example")
    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(with_contact, *packs[1:]))
    assert report.warnings == ()


async def test_a_pack_is_the_accounts_own(database: Database) -> None:
    desks = await world(database, line(1), line(2, account="Other"), packs=(item(), item(account="Other")))
    assert [pack.account for pack in await desks.catalogue.catalogue(OPERATOR)] == ["Acme", "Other"]
    assert [pack.account for pack in await desks.catalogue.catalogue(OPERATOR, "Other")] == ["Other"]
