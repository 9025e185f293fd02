"""Every wrong row of a fleet file is told at once with its line, and then nothing at all is taken over."""

import pytest

from models.imports import MAX_LISTED
from starter.fleet.desk import FleetDesk
from store.session import Database
from tests.builders import as_csv, empty_slot, iccid, line, refused_fleet, world

ROW_REFUSALS = [
    (line(account=""), "account: it is empty."),
    (line(device=" "), "device: it is empty."),
    (line(provider=""), "provider: it is empty."),
    (line(slot="4"), "slot: it must be 1, 2 or 3."),
    (line(slot="one"), "slot: it must be 1, 2 or 3."),
    (line(msisdn="0639980001"), "msisdn: A phone number is written with +"),
    (line(msisdn=""), "msisdn: A phone number is written with +"),
    (line(sim_type="nano"), "sim_type: it must be physical or esim"),
    (line(sim_type=""), "sim_type: it must be physical or esim"),
    (line(iccid=""), "iccid: An ICCID has 18 to 20 digits."),
    (line(iccid="89330123"), "iccid: An ICCID has 18 to 20 digits."),
    (line(iccid="8,93301E+18"), "iccid: a spreadsheet has written the ICCID as a number"),
    (line(iccid="8933010000000050000"), "iccid: a spreadsheet has rounded the ICCID to 15 digits"),
    (line(employee_email="ana"), "employee_email: This is not an e-mail address."),
    (line(employee_email="a@b.example\r\nBcc: x@y.example"), "employee_email: This is not an e-mail"),
    (line(employee_name=""), "employee_name: an address needs a name."),
    (line(device="Phone\x1b[31m"), "device: there is a line break or another control character"),
    (line(device="x" * 201), "device: it is longer than 200 characters."),
]


async def test_a_wrong_row(database: Database) -> None:
    for row, sentence in ROW_REFUSALS:
        (said,) = await refused_fleet(FleetDesk(database), as_csv(line(8), row, line(9)))
        assert said.startswith("Line 3: ")
        assert sentence in said


async def test_every_wrong_row_is_told_with_its_line(database: Database) -> None:
    rows = [line(1), line(2, slot=9, msisdn="x"), line(3), line(4, provider="")]
    said = await refused_fleet(FleetDesk(database), as_csv(*rows) + b"\r\nonly,three,cells\r\n")
    assert [sentence[:7] for sentence in said] == ["Line 3:", "Line 5:", "Line 7:"]
    assert "slot:" in said[0]
    assert "msisdn:" in said[0]
    assert "3 columns instead of 11" in said[2]


async def test_of_very_many_wrong_rows_the_rest_is_counted(database: Database) -> None:
    said = await refused_fleet(FleetDesk(database), as_csv(*(line(n, slot=0) for n in range(MAX_LISTED + 7))))
    assert len(said) == MAX_LISTED + 1
    assert said[-1] == "And in further lines of the file: 7."


TWINS = [
    (line(2, msisdn=line(1)["msisdn"]), "msisdn: line 2 has the same phone number."),
    (line(2, iccid=iccid(1)), "iccid: line 2 has the same ICCID."),
    (line(2, device="Phone 1"), "slot: line 2 has the same slot."),
    (line(2, employee_email="EMPLOYEE1@acme.example"), "employee_name: line 2 has another name"),
]


async def test_rows_that_contradict_each_other(database: Database) -> None:
    for second, sentence in TWINS:
        (said,) = await refused_fleet(FleetDesk(database), as_csv(line(1), second))
        assert said.startswith("Line 3: ")
        assert sentence in said


CONTRADICTIONS = [
    (line(3, msisdn=line(1)["msisdn"]), "msisdn: this phone number is in another slot already."),
    (line(3, msisdn=line(2)["msisdn"]), "msisdn: this phone number is in another slot already."),
    (line(3, device="Phone 1"), "slot: another phone number is in this slot already."),
    (line(3, iccid=iccid(1)), "iccid: this SIM is in use elsewhere already."),
    (line(3, iccid=iccid(2)), "iccid: this SIM is in use elsewhere already."),
    (line(1, sim_type="esim"), "sim_type: the SIM with this ICCID is known with the other type."),
    (line(1, iccid=iccid(3)), "iccid: another SIM is in this slot; place an order to replace it."),
    (empty_slot(1), "iccid: there is a SIM in this slot; an import does not remove it."),
]


@pytest.mark.covers("F49")
async def test_rows_that_contradict_the_inventory(database: Database) -> None:
    desks = await world(database, line(1), line(2, account="Other"))
    for row, sentence in CONTRADICTIONS:
        (said,) = await refused_fleet(desks.fleet, as_csv(line(8), row))
        assert said.startswith("Line 3: ")
        assert sentence in said
        assert "Other" not in said
        assert "+33" not in said


FILES = {
    "nothing": (b"", "The first line must name the columns"),
    "header only": (as_csv(), "The file has no rows."),
    "no header": (as_csv(line()).split(b"\r\n", 1)[1], "The first line must name the columns"),
    "a column missing": (
        as_csv(line(), columns=tuple(line())[1:]),
        "The first line must name the columns; missing: account.",
    ),
    "a column misspelt": (
        as_csv(line()).replace(b"device", b"devize", 1),
        "missing: device; not known: devize (2).",
    ),
    "a column twice": (
        as_csv(line()).replace(b"device", b"slot", 1).replace(b"slot", b"device,slot", 1),
        "twice",
    ),
    "neither encoding": (
        as_csv(line(device="Zo\u00eb")).decode().encode("latin-1") + b"\x81",
        "Line 2: the file is neither UTF-8 nor Windows-1252",
    ),
    "zeros": (as_csv(line(device="a\0b")), "The file holds no table"),
    "no spreadsheet": (b"PK\x03\x04\x14\x00\x08\x08" * 100, "The file is no Excel workbook"),
    "an open quote": (as_csv(line()) + b'"' + as_csv(line(2)), "Line 3: this is not CSV"),
    "a huge field": (as_csv(line(device="x" * 200_000)), "Line 2: this is not CSV"),
}


async def test_a_file_that_is_no_fleet(database: Database) -> None:
    for what, (content, sentence) in FILES.items():
        (said,) = await refused_fleet(FleetDesk(database), content)
        assert sentence in said, what
        assert len(said) < 250
