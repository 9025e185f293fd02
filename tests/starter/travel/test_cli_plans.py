"""`esim-orders travel plans | subscriber | find`, as a shell runs them."""

from pathlib import Path

import pytest

from store.session import Database
from tests.starter.shell import Shell
from tests.travel_world import ADAM, SUE, add_esim_line, add_stock, add_travel_plan, assign_plan, travel_world

LIST = Path(__file__).parent / "price_list.csv"
PLANS = (
    "name,countries,data,price,currency,complimentary\n"
    "France 1,France,1 GB,4.50,USD,yes\n"
    "Korea and France,France;South Korea,1 GB,9.90,USD,no\n"
    "Asia,Japan,1 GB,9.90,USD,no\n"
)
SUBSCRIBERS = "name,phone,plan,email,bundles\nRosa Diaz,+12125550001,Unlimited All,rosa@home.example,\n"


def written(shell: Shell, name: str, text: str) -> str:
    file = shell.folder / name
    file.write_text(text)
    return str(file)


@pytest.mark.covers("T15", "T27", "T38")
async def test_plans_are_imported_and_rates_choose_and_explain_their_profiles(
    database: Database, shell: Shell
) -> None:
    await travel_world(database)
    plans = ("--user", ADAM, "travel", "plans")
    said = shell.run(*plans, "import", written(shell, "plans.csv", PLANS)).out
    assert "3 rows read; new: 3 travel plans." in said
    assert shell.run(*plans, "rates", str(LIST)).out.splitlines() == [
        "15 rows read; new: 15 rates.",
        "TP-1 moves from no profile to profile 7.",
        "TP-2 moves from no profile to profile 7.",
    ]
    shown = " ".join(shell.run("travel", "plans", "show", "france 1").out.split())
    for words in (
        "7: the cheapest of the 3 with a rate in each of its countries.",
        "France: France Test Telco (FRATT), 0.004 USD",
        "30 days from its activation",
        "12 months",
    ):
        assert words in shown
    said = shell.run("travel", "plans", "show", "Asia").out
    assert "no profile has a rate in each of its countries, so it cannot be sold." in " ".join(said.split())
    assert "pinned by hand; the cheapest one is 7." in shell.run(*plans, "pin", "TP-1", "2").out
    listed = shell.run("--language", "fr", "travel", "plans", "list").out
    assert "2 (fixé)" in listed
    assert "Corée du Sud" in " ".join(listed.split())
    assert shell.json(*plans, "pin", "TP-1", "--none")["profile"] == 7
    assert "A profile is needed, or --none" in shell.run(*plans, "pin", "TP-1", code=2).err
    assert shell.json(*plans, "withdraw", "TP-1")["withdrawn_at"]
    assert "France 1 (withdrawn)" in shell.run("travel", "plans", "list").out
    assert [plan["id"] for plan in shell.json("travel", "plans", "list", "--on-sale")] == [3, 2]
    assert shell.json(*plans, "withdraw", "TP-1", "--again")["withdrawn_at"] is None


@pytest.mark.covers("T38")
async def test_a_row_with_a_name_that_is_no_country_is_refused_and_nothing_is_imported(
    database: Database, shell: Shell
) -> None:
    await travel_world(database)
    file = written(shell, "plans.csv", PLANS.replace("Japan", "Narnia;Congo"))
    said = shell.run("--user", ADAM, "travel", "plans", "import", file, code=2).err
    assert "Line 4: countries: No country has this name in English or French: Narnia." in said
    assert "Several countries have the name Congo: CD, CG." in said
    assert shell.json("travel", "plans", "list") == []
    file = written(shell, "rates.csv", "Country,Network,IMSI,Data\nNarnia,Telco,7,$1\n")
    said = shell.run("--user", ADAM, "--language", "fr", "travel", "plans", "rates", file, code=2).err
    assert "Aucun pays n’a ce nom en anglais ou en français" in said  # noqa: RUF001
    assert "Narnia" in said


async def test_a_plan_is_created_and_edited(database: Database, shell: Shell) -> None:
    await travel_world(database)
    plans = ("--user", ADAM, "travel", "plans")
    terms = ("--country", "France", "--country", "Espagne", "--data", "500 MB", "--price", "9.90")
    made = shell.json(*plans, "create", "Euro 1", *terms, "--currency", "EUR", "--shelf-life", "6")
    assert (made["countries"], made["data_mb"], made["shelf_life_months"]) == (["ES", "FR"], 500, 6)
    said = shell.run(*plans, "edit", "Euro 1", "--data", "1.5 GB", "--price", "8", "--complimentary").out
    for words in ("1.5 GB", "€8.00", "may be given free of charge", "6 months", "France, Spain"):
        assert words in said
    assert "already" in shell.run(*plans, "create", "euro 1", *terms, "--currency", "EUR", code=2).err


@pytest.mark.covers("T13", "T41", "T42", "T39")
async def test_a_subscriber_is_imported_found_and_shown_with_what_suits_their_journey(
    database: Database, shell: Shell
) -> None:
    await travel_world(database)
    file = written(shell, "subscribers.csv", SUBSCRIBERS)
    subscriber = ("--user", ADAM, "travel", "subscriber")
    assert "new: 1 subscriber." in shell.run(*subscriber, "import", file).out
    assert "nothing is new or different" in shell.run(*subscriber, "import", file).out
    sue = ("--user", SUE, "travel")
    euro = await add_travel_plan(database)
    await add_travel_plan(database, "World", countries=("FR", "JP"), profile=10)
    line = await add_esim_line(database, 1)
    plan = await assign_plan(database, line, euro)
    await add_stock(database, 9, profile=10)
    for known in ("+12125550001", "rosa@home.example", "Rosa Diaz", "SB-1"):
        said = " ".join(shell.run(*sue, "subscriber", "show", known).out.split())
        for words in ("0 given, any number left", f"EL-{line}", f"PA-{plan} Euro 1: queued, 0 MB of 1 GB"):
            assert words in said
    french = shell.run("--language", "fr", *sue, "subscriber", "show", "SB-1").out
    assert "Euro 1: en attente" in " ".join(french.split())
    assert "+12125550001" in shell.run(*sue, "subscriber", "list", "diaz").out
    assert "no such subscribers" in shell.run(*sue, "subscriber", "list", "nobody").out
    said = shell.run(*sue, "find", "--country", "France", "--subscriber", "Rosa Diaz", columns=160).out
    assert f"on EL-{line}" in said
    assert "a new one: 1 of profile 10 in stock" in said
    assert "30" in said
    found = shell.json(*sue, "find", "--country", "France", "--country", "Japon")
    assert [(offer["name"], offer["in_stock"], offer["esim_line_id"]) for offer in found] == [
        ("World", 1, None)
    ]
    assert "No plan on sale covers" in shell.run(*sue, "find", "--country", "Brazil").out
    assert shell.run(*sue, "find", "--country", "Narnia", code=2).out == ""
