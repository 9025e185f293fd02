"""`esim-orders licence ...`, as a shell runs it."""

import csv
import io
import re
from decimal import Decimal

import pytest

from models.csv_text import csv_text
from models.licences.charges_file import COLUMNS
from store.session import Database
from tests.builders import ANA, OPERATOR
from tests.licences_world import ADAM, OLGA
from tests.starter.licences.shop import DATA, PRO, SMS, shop
from tests.starter.shell import Shell


@pytest.mark.covers("L2", "L3", "L32")
async def test_licences_are_bought_listed_and_given_back(database: Database, shell: Shell) -> None:
    acme = await shop(database, "2026-12-16", cycle_day=1)
    buy = ("--user", OLGA, "licence", "buy", DATA, "3", "--key", "cart-1")
    said = shell.run(*buy).out
    assert "LP-1: 3 x Voice+SMS+Data for €15.48 until the end of the billing cycle" in said
    assert "LI-1, LI-2, LI-3" in said
    assert shell.run(*buy).out == said, "the same purchase"
    assert shell.json(*buy)["amount"] == "15.48"
    await acme.use("LI-1")
    given = shell.json("--user", OLGA, "licence", "give-back", "LI-2")
    assert [(one["id"], one["status"], one["usable_until"]) for one in given] == [
        (2, "given_back", "2026-12-31")
    ]
    for columns in (80, 120):
        listed = shell.process("licence", "list", columns=columns).out
        assert max(map(len, listed.splitlines())) <= columns
        for words in ("LI-1", "+33612000001", "In use", "until 2026-12-31", "Given back", "Free"):
            assert words in " ".join(listed.split()) or columns == 80
    assert "Utilisée" in shell.run("--language", "fr", "licence", "list").out
    listed = shell.json("licence", "list", "--status", "in-use")
    assert [one["id"] for one in listed["licences"]] == [1]
    assert listed["counts"] == [
        {"account": "Acme", "add_on": DATA, "bought": 3, "in_use": 1, "free": 1, "given_back": 1}
    ]
    assert "There are no such licences." in shell.run("licence", "list", "--add-on", SMS).out
    assert "LI-3" in shell.run("licence", "give-back", "--add-on", DATA, "--quantity", "1").out


@pytest.mark.covers("L35", "L36")
async def test_a_licence_is_changed_and_a_price_set(database: Database, shell: Shell) -> None:
    acme = await shop(database, "2026-12-01", cycle_day=1)
    await acme.buy()
    await acme.on("2026-12-20")
    said = shell.run("licence", "change", "LI-1", PRO).out
    assert "The upgrade applies from 2026-12-20 and is charged with €2.32." in said
    said = shell.run("licence", "change", "LI-1", "Voice+SMS").out
    assert "2027-01-01: Voice+SMS" in said
    assert "The downgrade applies from 2027-01-01 and is charged with €0.00." in said
    assert "Nothing is changed" in shell.run("licence", "change", "LI-1", SMS).out
    made = shell.json("licence", "price", DATA, "12.5", "--from", "2027-01-15", "--yes")
    assert (made["amount"], made["applies_from"], made["currency"]) == ("12.50", "2027-02-01", "EUR")
    listed = shell.run("licence", "price").out
    assert "€12.50" in listed
    assert "2027-02-01" in listed
    assert [one["amount"] for one in shell.json("licence", "price", DATA)] == ["10.00", "12.50"]


@pytest.mark.covers("L40")
async def test_the_charges_of_a_month_add_up_in_the_table_the_json_and_the_csv(
    database: Database, shell: Shell
) -> None:
    acme = await shop(database, "2026-12-16", cycle_day=1)
    await acme.buy(3)
    await acme.buy(1, PRO)
    await acme.on("2026-12-20")
    await acme.licences.change(acme.olga, "LI-1", PRO)
    await acme.licences.give_back(acme.olga, "LI-2")
    await acme.licences.buy(acme.olga, None, DATA, 1)
    await acme.on("2027-02-01")
    for month, total in (("2026-12", "26.06"), ("2027-01", "52.00"), ("2027-03", "0.00")):
        asked = ("licence", "charges", "--month", month)
        table = shell.run(*asked).out
        assert f"Sum of {month}: €{total}\n" in table
        whole = shell.json(*asked)
        assert whole["total"] == total
        written = shell.process(*asked, "--csv").out
        rows = list(csv.DictReader(io.StringIO(written, newline="")))
        assert sum((Decimal(row["amount"]) for row in rows), Decimal()) == Decimal(total)
        assert [row["amount"] for row in rows] == [one["amount"] for one in whole["charges"]]
        assert {row["currency"] for row in rows} <= {"EUR"}
        shown = [Decimal(cell) for cell in re.findall(r"LI-.*€([0-9.]+)", table)]
        assert (len(shown), sum(shown, Decimal())) == (len(rows), Decimal(total)), table
    assert "Sum of 2027-02: " in shell.run("licence", "charges").out, "the present month"
    (only,) = shell.json("licence", "charges", "--licence", "LI-4", "--month", "2027-01")["charges"]
    assert only["add_on"] == PRO
    french = shell.run("--language", "fr", "licence", "charges", "--month", "2026-12").out
    assert "26,06\N{NO-BREAK SPACE}€" in french
    assert "Achat" in french


@pytest.mark.covers("L40")
@pytest.mark.parametrize("month", ["0001-01", "9999-11", "9999-12"])
async def test_a_month_far_away_has_no_charges(database: Database, shell: Shell, month: str) -> None:
    acme = await shop(database, "2026-12-16", cycle_day=31)
    await acme.buy()
    assert shell.run("licence", "charges", "--month", month).out == f"Sum of {month}: €0.00\n"


@pytest.mark.covers("L40")
async def test_the_csv_is_that_of_rfc_4180(database: Database, shell: Shell) -> None:
    acme = await shop(database, "2026-12-16", cycle_day=1)
    await acme.buy()
    written = shell.run("licence", "charges", "--csv").out
    assert written == (
        f"{','.join(COLUMNS)}\r\n2026-12-16,LI-1,voice_sms_data,first,2026-12-01,2026-12-31,5.16,EUR\r\n"
    )
    said = shell.run("licence", "charges", "--csv", "--json", code=2)
    assert said.out == ""


@pytest.mark.covers("L40")
def test_no_cell_of_a_csv_is_calculated_by_a_spreadsheet() -> None:
    cells = ["=1+1", "+33", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", 'a"b', "a,b", "plain", "", "a;b"]
    (_, row) = csv.reader(io.StringIO(csv_text(["x"] * len(cells), [cells]), newline=""))
    assert row == [f"'{cell}" for cell in cells[:7]] + cells[7:]
    # where semicolons separate cells, as in French
    assert csv_text(["x"], [["a;=1+1;b"]]).endswith("a;'=1+1;b\r\n")


@pytest.mark.covers("L34")
async def test_the_billing_is_shown_and_set_before_the_first_purchase(
    database: Database, shell: Shell
) -> None:
    acme = await shop(database)
    assert "the day of the first purchase" in shell.run("licence", "billing").out
    set_to = ("--cycle-day", "31", "--time-zone", "Indian/Reunion", "--currency", "USD")
    assert shell.json("licence", "billing", *set_to) == {
        "account": "Acme",
        "cycle_day": 31,
        "time_zone": "Indian/Reunion",
        "currency": "USD",
        "fixed": False,
    }
    await acme.buy()
    assert "yes, by the first purchase" in shell.run("--user", ANA, "licence", "billing").out
    refused = shell.run("licence", "billing", "--cycle-day", "1", code=2)
    assert "cannot be changed after the first purchase" in refused.err
    assert "$" in shell.run("licence", "charges").out


@pytest.mark.covers("L2", "L32", "L35")
async def test_what_is_refused_is_one_sentence_in_both_languages(database: Database, shell: Shell) -> None:
    acme = await shop(database)
    await acme.buy(1)
    number = await acme.use("LI-1")
    assert number == 1
    for arguments, english, french in (
        (("buy", "gold", "1"), "An add-on is one of: voice_sms,", "Une option est"),
        (("buy", DATA, "0"), "The number of licences is 1 to 1000.", "de licences va de 1"),
        (("give-back", "LI-1"), "The licence is in use for N-1.", "utilisée pour N-1"),
        (("give-back", "LI-7"), "There is no such licence", "existe pas"),
        (
            ("give-back", "--add-on", DATA, "--quantity", "2"),
            "Free licences of Voice+SMS+Data that can be given back: 0, fewer than the 2",
            "Licences Voice+SMS+Data libres",
        ),
        (("give-back",), "Name one licence, or an add-on", "Nommez une licence"),
        (("change", "LI-1", "x"), "An add-on is one of", "Une option est"),
        (("price", DATA, "1,50"), "A price is an amount", "Un prix est un montant"),
        (("price", DATA, "1", "--from", "soon"), "A day is written as", "Un jour s"),
        (("price", DATA, "1", "--from", "2026-12-01"), "from a later day than today", "postérieur"),
        (("buy", DATA, "-1"), "The number of licences is 1 to 1000.", "de licences va de 1"),
        (("price", DATA, "-1"), "A price is an amount", "Un prix est un montant"),
        *(
            (("charges", "--month", month), "A month is written as 2026-12; there are", "Un mois s")
            for month in ("12/2026", "0000-01", "2026-13", "2026-00", "2026-1", "99999-12", "-1")
        ),
        (("charges", "--licence", "LI-7"), "There is no such licence", "existe pas"),
        (("billing", "--cycle-day", "40"), "A cycle day is 1 to 31.", "va de 1 à 31"),
        (("list", "--status", "lost"), "There is no such status", "Ce statut"),
        (("list", "--account", "Nord"), "There is no such account", "compte"),
    ):
        said = shell.run("licence", *arguments, code=2)
        assert said.out == ""
        assert english in said.err, arguments
        assert french in shell.run("--language", "fr", "licence", *arguments, code=2).err, arguments
    refused = shell.run("--user", ADAM, "licence", "buy", DATA, "1", code=2)
    assert ": buy, change and give back licences." in refused.err
    (before,) = await acme.licences.counts(OPERATOR)
    assert before.bought == 1
