"""Usual headings of exports are recognised, others are mapped, and what is not read is said (R12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.file import CATALOGUE
from models.codes.file import CODES
from models.errors import Refused
from models.files.columns import Columns, parse_mapping, understood
from models.files.plain import plain
from models.files.read import How
from models.files.text import read_text
from models.fleet.file import FLEET, FleetFile, parse_fleet
from models.licences.file import NUMBERS
from models.orders.steps_file import ORDER_STEPS, parse_steps
from models.travel.plan_file import PLANS
from models.travel.rate_file import RATES
from models.travel.stock_file import STOCK, parse_stock
from models.travel.subscriber_file import SUBSCRIBERS, parse_subscribers
from tests.builders import iccid

pytestmark = pytest.mark.covers("R12")
KINDS = [CODES, FLEET, CATALOGUE, NUMBERS, ORDER_STEPS, PLANS, RATES, STOCK, SUBSCRIBERS]
INTUNE = (
    "id;deviceName;operatingSystem;phoneNumber;subscriberCarrier;userPrincipalName;emailAddress;"
    "userDisplayName;serialNumber;imei;iccid;eid\n"
    "0-1;Téléphone 1;iOS;+33639980001;Orange F;a1@acme.example;ana@acme.example;Éloïse;X1;0044;"
    f"{iccid(1)};8903\n"
)
GLPI = (
    '"Nom";"Entité";"Numéro de série";"MSIN";"Opérateur";"Ligne";"Utilisateur";"Groupe";\r\n'
    f'"SIM 1";"Acme";"{iccid(1)[:18]}FF";"000";"Orange";"+33639980001";"Éloïse";"Entrepôt\nNord";\r\n'
)
JAMF = (
    "Display Name,Asset Tag,Phone Number,Home Carrier Network,ICCID,Full Name,Email Address,Department,"
    "Company\n"
    f"iPad 1,P1,+33639980001,Orange,{iccid(1)},Ana,ana@acme.example,Sales,Acme\n"
)
WORKERS = f"Nom;N° SIM;Matériel;Carrier;N° de téléphone\nZoë;{iccid(1)};Combiné 1;Orange;+33639980001\n"


def fleet(text: str, *mapping: str, own: str | None = None) -> FleetFile:
    """The fleet in a file that has been sent with this mapping."""
    table = read_text(text.encode())
    table.mapping = mapping
    return parse_fleet(table, own=own)


def said(file: FleetFile) -> str:
    """All warnings."""
    return " ".join(note.sentence for note in file.warnings.warnings())


def completed(text: str) -> str:
    """The file with a slot and a type of SIM at the beginning of each row."""
    head, _, rest = text.partition("\n")
    separator = ";" if ";" in head else ","
    return separator.join(("Emplacement", "Type de SIM", head)) + "\n" + separator.join(("1", "eSIM", rest))


@pytest.mark.parametrize("export", [INTUNE, GLPI, JAMF, WORKERS], ids=["intune", "glpi", "jamf", "excel"])
def test_an_export_is_understood_once_it_has_slot_and_type(export: str) -> None:
    with pytest.raises(Refused, match="missing: slot, sim_type"):
        fleet(export, own="Acme")
    file = fleet(completed(export), own="Acme")
    (row,) = file.rows
    assert (row.account, row.msisdn, row.slot, row.kind) == ("Acme", "+33639980001", 1, "esim")
    assert row.iccid is not None
    assert row.iccid in iccid(1)
    assert row.provider.startswith("Orange")
    assert row.employee_name in {"Éloïse", "Ana", "Zoë"}
    assert "headings were recognised: Emplacement = slot" in said(file)


def test_of_several_headings_the_best_one_counts_and_the_others_are_named() -> None:
    file = fleet(completed(INTUNE), own="Acme")
    assert file.rows[0].employee_email == "ana@acme.example"
    assert (
        "not known: id (3), operatingSystem (5), userPrincipalName (8), serialNumber (11), imei (12), …"
        in said(file)
    )
    glpi = fleet(completed(GLPI), own="Acme")
    assert (glpi.rows[0].employee_name, glpi.rows[0].groups) == ("Éloïse", ("Entrepôt", "Nord"))


def test_an_account_is_needed_only_where_a_file_may_name_several() -> None:
    with pytest.raises(Refused, match="missing: account"):
        fleet(completed(INTUNE))
    with pytest.raises(
        Refused,
        match="account: it is not the account that the file is imported for; the mapping Entité= leaves",
    ):
        fleet(completed(GLPI), own="Other")


ODD = f"Konto,Gerät,Platz,Nummer,Netz,Art,Karte\nAcme,Phone 1,1,+33639980001,Orange,eSIM,{iccid(1)}\n"
MAPPING = ("Konto=account", "gerat=device", "Platz = slot", "NUMMER=msisdn", "Netz=provider", "Art=sim-type")


def test_other_headings_are_mapped() -> None:
    with pytest.raises(Refused, match="must name the columns"):
        fleet(ODD)
    file = fleet(ODD, *MAPPING, "Karte=iccid")
    assert (file.rows[0].device, file.rows[0].iccid) == ("Phone 1", iccid(1))
    assert said(file) == ""
    with pytest.raises(Refused, match=r"missing: iccid; not known: Karte \(7\)"):
        fleet(ODD, *MAPPING)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("Karte", "written THEIRS=ours"),
        ("=iccid", "written THEIRS=ours"),
        ("Karte=card", "names no column of this file; its columns are: account"),
        ("Charte=iccid", "names a heading that the file does not have: Charte"),
        ("Karte=slot", "The column slot is there twice"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(entry: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        fleet(ODD, *MAPPING, entry)


def test_a_mapping_comes_before_what_is_recognised_and_can_leave_a_column_out() -> None:
    text = f"iccid,SIM,{','.join(FLEET.needed[:-1])}\n1,{iccid(1)},Acme,P,1,+33639980001,Orange,esim\n"
    assert fleet(text, "SIM=iccid").rows[0].iccid == iccid(1)
    left_out = text.replace("iccid,SIM", "SIM,Carte SIM", 1)
    assert fleet(left_out, "SIM=").rows[0].iccid == iccid(1)


@pytest.mark.parametrize("export", [INTUNE, GLPI, JAMF], ids=["intune", "glpi", "jamf"])
def test_what_an_export_does_not_say_is_a_value_of_all_rows(export: str) -> None:
    file = fleet(export, '"1"=slot', '"eSIM" = sim type', '"Acme\u200b"=account')
    (row,) = file.rows
    assert (row.slot, row.kind, row.account) == (1, "esim", "Acme")
    assert {"slot", "sim_type", "account"} <= file.given
    with pytest.raises(Refused, match="The column slot is there twice"):
        fleet(export, '"1"=slot', '"2"=slot')
    with pytest.raises(Refused, match="written THEIRS=ours"):
        fleet(export, '"1"=')


def test_a_value_of_all_rows_comes_before_what_the_file_says_and_that_is_said() -> None:
    text = f"{','.join(FLEET.needed)}\nAcme,P,3,+33639980001,Orange,esim,{iccid(1)}\n"
    file = fleet(text, '"1"=slot')
    assert file.rows[0].slot == 1
    assert "not known: slot (3)" in said(file)


def test_other_kinds_of_files_have_their_headings_too() -> None:
    code = "LPA:1$smdp.example.com$ABC-1"
    stock = parse_stock(f"ICC;Profil;Code d'activation\n{iccid(1)};7;{code}\n".encode())
    assert [row.iccid for row in stock] == [iccid(1)]
    parts = (
        f'"ICCID","Matching ID","RSP URL","Profile"\n"{iccid(1)}","ABC-1","https://smdp.example.com/","7"\n'
    )
    (row,) = parse_stock(parts.encode())
    assert str(row.code) == code
    people = parse_subscribers(
        "Nom;Téléphone;Forfait;Courriel\nZoë;+33639980001;Basic;z@x.example\n".encode()
    )
    assert (people.rows[0].name, people.rows[0].email) == ("Zoë", "z@x.example")
    assert people.given == {"email"}
    steps = parse_steps(f"Numéro de commande,N° SIM\norder-{'a' * 16},{iccid(1)}\n".encode())
    assert (steps[0].order, steps[0].iccid) == (f"order-{'a' * 16}", iccid(1))


@pytest.mark.parametrize("columns", KINDS)
def test_each_column_is_known_by_its_name_and_each_usual_heading_alone(columns: Columns) -> None:
    assert not columns.also.keys() - set(columns.all)
    everything = understood(columns.all, columns, {})
    assert {one.how for one in everything} == {How.NAMED}
    for column, usual in columns.also.items():
        others = [name for name in columns.all if name != column]
        for heading in usual:
            if plain(heading) not in map(plain, columns.all):
                *_, last = understood([*others, heading.upper()], columns, {})
                assert (last.column, last.how) == (column, How.RECOGNISED), heading


@given(st.lists(st.text(max_size=12), max_size=8), st.lists(st.text(max_size=12), max_size=3))
def test_any_headings_are_understood_or_refused(headings: list[str], mapping: list[str]) -> None:
    try:
        read = understood(headings, RATES, parse_mapping(mapping, RATES))
    except Refused as why:
        told = [refusal.sentence for refusal in why.refusals]
    else:
        told = [one.heading for one in read]
        assert {one.column for one in read} >= set(RATES.needed)
    assert len(told) in {1, len(headings)}
