"""A mapping that is kept for an account is used for its later files by itself, and that is said (R12)."""

from datetime import UTC, datetime

import pytest

from models.errors import Refused
from models.files.columns import Columns
from models.files.read import How
from models.files.saved import MAX_ENTRY, NOT_KEPT, SavedMapping, kept
from models.files.text import read_text
from models.fleet.file import FLEET, FleetFile, parse_fleet
from models.travel.stock_file import STOCK
from tests.builders import iccid
from tests.files.test_headings import GLPI, INTUNE, KINDS, MAPPING, ODD, fleet, said

pytestmark = pytest.mark.covers("R12")
WHOLE = ("Konto=account", "Gerät=device", "Platz=slot", "Nummer=msisdn", "Netz=provider", "Art=sim_type")
_VALUES_KEPT = {
    *("account", "device", "slot", "provider", "server", "sim_type", "distributor", "management_groups"),
    *("employee_language", "pack", "section", "item", "esim", "order_contact_language", "available"),
    *(
        "line_type",
        "agent_language",
        "phone_supports_esim",
        "order",
        "action",
        "reason",
        "kind",
        "number",
        "status",
        "countries",
        "data",
    ),
    *("price", "currency", "shelf_life_months", "complimentary", "country", "network", "imsi", "vpmn"),
    *("profile", "server", "ends_on", "plan", "bundles", "language"),
}
"""Columns whose values tell of no person and are no secret."""


def _saved(*entries: str) -> SavedMapping:
    return SavedMapping(kind="import_fleet", entries=entries, saved_at=datetime(2026, 3, 3, tzinfo=UTC))


def _read(text: str, *saved: str, sent: tuple[str, ...] = (), own: str | None = None) -> FleetFile:
    table = read_text(text.encode())
    table.mapping, table.saved = sent, _saved(*saved)
    return parse_fleet(table, own=own)


def test_it_is_used_and_said_with_its_day() -> None:
    file = _read(ODD, *WHOLE, "Karte=iccid", '"Sales"=management_groups')
    assert (file.rows[0].iccid, file.rows[0].groups) == (iccid(1), ("Sales",))
    assert "the mapping saved on 2026-03-03 was used: Konto = account, Gerät = device" in said(file)
    assert '"Sales" = management_groups' in said(file)


def test_a_column_says_that_it_was_read_by_the_saved_mapping() -> None:
    table = read_text(ODD.encode())
    table.mapping, table.saved = MAPPING, _saved("Karte=iccid")
    parse_fleet(table)
    how = {one.heading: one.how for one in table.read.columns}
    assert (how["Karte"], how["Konto"]) == (How.SAVED, How.MAPPED)


def test_a_heading_that_the_file_does_not_have_is_no_error_but_said() -> None:
    file = _read(ODD, *WHOLE, "Karte=iccid", "Chef=employee_name", "Rest=")
    assert file.rows[0].iccid == iccid(1)
    assert "The saved mapping names headings that the file does not have: Chef, Rest." in said(file)
    with pytest.raises(Refused, match="names a heading that the file does not have: Chef"):
        fleet(ODD, *WHOLE, "Karte=iccid", "Chef=employee_name")


def test_a_mapping_that_is_sent_wins_by_heading_and_by_column() -> None:
    text = ODD.replace("Karte", "Karte,Karte 2", 1).replace(iccid(1), f"{iccid(1)},{iccid(2)}")
    assert _read(text, *WHOLE, "Karte=iccid").rows[0].iccid == iccid(1)
    assert _read(text, *WHOLE, "Karte=iccid", sent=("Karte 2=iccid",)).rows[0].iccid == iccid(2)
    left = _read(text, *WHOLE, "Karte=iccid", sent=("Karte=", "Karte 2=iccid"))
    assert left.rows[0].iccid == iccid(2)
    value = _read(ODD, *WHOLE, "Karte=iccid", '"Sales"=management_groups', sent=('"Lyon"=management_groups',))
    assert value.rows[0].groups == ("Lyon",)


def test_a_heading_that_is_a_columns_own_name_counts_before_a_saved_one() -> None:
    text = f"{','.join(FLEET.needed)},Karte\nAcme,P,2,+33639980001,Orange,esim,{iccid(1)},{iccid(2)}\n"
    (row,) = _read(text, "Karte=iccid", '"1"=slot').rows
    assert (row.iccid, row.slot) == (iccid(1), 2)


@pytest.mark.parametrize("export", [GLPI, INTUNE], ids=["glpi", "intune"])
def test_an_export_without_slot_and_type_needs_no_mapping_a_second_time(export: str) -> None:
    entries = ('"1"=slot', '"eSIM"=sim_type', "Entité=" if "Entité" in export else "id=")
    first = fleet(export, *entries, own="Acme")
    again = _read(export, *kept(entries, None, FLEET), own="Acme")
    assert first.rows == again.rows


def test_an_entry_of_a_column_that_is_gone_is_not_used() -> None:
    assert _read(ODD, *WHOLE, "Karte=iccid", "Netz 2=gone").rows[0].provider == "Orange"


def test_what_is_saved_later_is_added_and_replaces_what_it_contradicts() -> None:
    before = _saved("Konto=account", "Karte=iccid", '"1"=slot', "Rest=")
    assert kept(("n° de carte=iccid", '"2"=slot', "Gerät=device"), before, FLEET) == (
        *("n° de carte=iccid", "Gerät=device", "Konto=account", "Rest="),
        '"2"=slot',
    )
    assert kept(("Platz=slot",), before, FLEET) == ("Platz=slot", "Konto=account", "Karte=iccid", "Rest=")
    assert kept(("KARTE=",), before, FLEET) == ("KARTE=", "Konto=account", "Rest=", '"1"=slot')


@pytest.mark.parametrize(
    ("columns", "entry"),
    [
        (FLEET, '"ana@acme.example"=employee_email'),
        (STOCK, '"4711"=confirmation_code'),
        (FLEET, '"Ana"=Employee Name'),
    ],
)
def test_no_value_is_kept_that_tells_of_a_person_or_is_secret(columns: Columns, entry: str) -> None:
    with pytest.raises(Refused) as refused:
        kept(("Karte=iccid", entry), None, columns)
    (refusal,) = refused.value.refusals
    assert refusal.code == "map_value_not_kept"
    assert entry.split('"')[1] not in refusal.sentence


def test_of_every_column_it_is_decided_whether_its_values_are_kept() -> None:
    columns = {name for kind in KINDS for name in kind.all}
    assert columns - NOT_KEPT - _VALUES_KEPT == set()
    assert set() == NOT_KEPT & _VALUES_KEPT


def test_an_endless_mapping_is_not_kept() -> None:
    for entries in ([f"H{n}=" for n in range(201)], ["H" * MAX_ENTRY + "=iccid"]):
        with pytest.raises(Refused, match="at most 200 entries of at most 1,000 characters"):
            kept(entries, None, FLEET)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (GLPI, ['"1"=slot', '"physical"=sim_type']),
        (
            "Compte,Appareil,Emplacement,N° de ligne,Opérateur,Type de SIM,N° de la carte SIM\n",
            ["N° de la carte SIM=iccid"],
        ),
        ("Konto,Gerät,slot,msisdn,provider,sim_type,iccid\n", ['"ACCOUNT"=account', "HEADING=device"]),
        ("account,Apparat,slot,msisdn,provider,sim_type,iccid\n", ["Apparat=device"]),
        ("account,device,slot,provider,sim_type,iccid,PIN,PUK\n", ["HEADING=msisdn"]),
    ],
    ids=["values", "alike", "unknown", "the only one", "nothing alike"],
)
def test_a_refusal_says_which_entries_would_give_the_columns(text: str, entries: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        fleet(text)
    (refusal,) = refused.value.refusals
    assert str(refusal.parameters["entries"]).split(" | ") == entries


def test_what_a_refusal_says_is_a_mapping_that_is_understood() -> None:
    with pytest.raises(Refused) as refused:
        fleet(GLPI)
    entries = str(refused.value.refusals[0].parameters["entries"]).split(" | ")
    assert fleet(GLPI, *entries).rows[0].slot == 1
