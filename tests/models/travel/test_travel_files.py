"""The files of rates, plans and subscribers: what their cells mean, and that each wrong one is named."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Refused
from models.imports import RowNote
from models.travel.entered import data_volume, parse_data
from models.travel.plan_file import parse_plans
from models.travel.rate_file import parse_price, parse_rates
from models.travel.subscriber_file import parse_subscribers
from models.travel.volumes import MB, parse_volume

PRICES = "Country,Network,VPMN,IMSI,SMS MO,Data,2G,APN\n"


def wrong(parse: Callable[[bytes], Any], text: str) -> list[tuple[str | None, str]]:
    """Column and code of each problem of all rows."""
    with pytest.raises(Refused) as refused:
        parse(text.encode())
    notes = [note for note in refused.value.refusals if isinstance(note, RowNote)]
    assert len(notes) == len(refused.value.refusals), refused.value
    return [(problem.column, problem.reason.code) for note in notes for problem in note.problems]


@pytest.mark.covers("T15", "T38")
def test_a_price_list_with_further_columns_is_read() -> None:
    rows = (
        'usa,Telco,USATT,7,$0.2,$0.004,2G,"Manual entry\nrequired"\n'
        '"Korea, South",Telco,,10,$0.2,"$1,2",,\n'
        "France,No data,,2,$0.2,,2G,\n"
    )
    found = parse_rates((PRICES + rows).encode())
    assert [(one.country, one.network, one.profile, one.per_mb, one.currency) for one in found] == [
        ("US", "Telco (USATT)", 7, Decimal("0.004"), "USD"),
        ("KR", "Telco", 10, Decimal("1.2"), "USD"),
    ]


@pytest.mark.covers("T38")
def test_every_wrong_rate_is_named() -> None:
    rows = (
        "Narnia,Telco,,0,,$1,,\nFrance,,,7,,free,,\nFrance,Telco,,7,,$0.1,,\nFrance,Telco,,7,,$0.2,,\n"
        'France,Telco,,7,,$0.1,,\nSpain,Telco,,7,,0.1 EUR,,\nCongo,Telco,,100,,"$1,234",,\n'
    )
    assert wrong(parse_rates, PRICES + rows) == [
        ("country", "country_unknown"),
        ("imsi", "profile_invalid"),
        ("network", "cell_empty"),
        ("data", "cell_no_rate"),
        ("data", "other_rate_before"),
        ("data", "other_currency_before"),
        ("country", "country_ambiguous"),
        ("imsi", "profile_invalid"),
        ("data", "cell_rate_ambiguous"),
    ]
    with pytest.raises(Refused) as refused:
        parse_rates(b"Country,Network,Data\nFrance,Telco,$1\n")
    assert [refusal.code for refusal in refused.value.refusals] == ["columns_left_out"]
    with pytest.raises(Refused) as refused:
        parse_rates(b"Country,Network,IMSI,Data,data\nFrance,Telco,7,$1,$2\n")
    assert [refusal.code for refusal in refused.value.refusals] == ["column_twice"]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("$0.004", ("0.004", "USD")),
        ("$1,2", ("1.2", "USD")),
        ("0,004 €", ("0.004", "EUR")),
        ("EUR 12", ("12", "EUR")),
        ("£0,125", ("0.125", "GBP")),
        ("$1.234", ("1.234", "USD")),
        ("1", None),
        ("$", None),
        ("$-1", None),
        ("$1 EUR", None),
        ("$0.0000001", None),
        ("1 JPY", None),
        ("$1.2.3", None),
        ("$٣", None),
    ],
)
def test_a_price_has_a_currency_and_may_have_a_decimal_comma(
    text: str, price: tuple[str, str] | None
) -> None:
    if price is None:
        with pytest.raises(Refused, match="price of a megabyte"):
            parse_price(text)
    else:
        assert parse_price(text) == (Decimal(price[0]), price[1])


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [
        ("1 GB", 1000),
        ("1,5 Go", 1500),
        ("500MB", 500),
        ("0.001 GB", 1),
        ("10000 gb", 10_000_000),
        ("0 MB", None),
        ("0.5 MB", None),
        ("10001 GB", None),
        ("1", None),
        ("1 TB", None),
        ("-1 GB", None),
    ],
)
def test_a_data_volume_is_in_whole_megabytes_of_a_million_bytes(text: str, megabytes: int | None) -> None:
    if megabytes is None:
        with pytest.raises(Refused, match="data volume"):
            parse_data(text)
    else:
        assert parse_data(text) == megabytes
        assert parse_data(data_volume(megabytes)) == megabytes


@pytest.mark.parametrize("text", ["1 GB", "1,5 Go", "500MB", "2 mo", "1000 kB", "1\u00a0GB"])
def test_the_volume_of_a_plan_and_of_its_use_are_written_alike(text: str) -> None:
    assert parse_volume(text) == parse_data(text) * MB


@pytest.mark.parametrize("text", ["1", "1 TB", "-1 GB", "GB", "\u0661 GB", "1 GB x"])
def test_what_is_no_volume_is_none_of_a_plan_either(text: str) -> None:
    with pytest.raises(ValueError, match="number and a unit"):
        parse_volume(text)
    with pytest.raises(Refused):
        parse_data(text)


@pytest.mark.covers("T38")
def test_plans_are_read_and_every_wrong_cell_is_named() -> None:
    head = "name,countries,data,price,currency,shelf_life_months,complimentary\n"
    first, second = parse_plans(
        (head + "Euro 1,France; Espagne;ES,1 GB,9.90,usd,,\nAsia,Japan,500 MB,12,EUR,6,yes\n").encode()
    )
    assert (first.countries, first.data_mb, first.price) == (("ES", "FR"), 1000, Decimal("9.90"))
    assert (first.currency, first.shelf_life_months, first.complimentary) == ("USD", None, None)
    assert (second.shelf_life_months, second.complimentary) == (6, True)
    rows = ",Narnia;Congo,1,9.999,JPY,0,perhaps\nA,;,1 GB,1,USD,121,\nB,FR,1 GB,1,USD,,\nb,FR,1 GB,1,USD,,\n"
    assert wrong(parse_plans, head + rows) == [
        ("name", "cell_empty"),
        ("countries", "country_unknown"),
        ("countries", "country_ambiguous"),
        ("data", "data_invalid"),
        ("price", "price_invalid"),
        ("currency", "currency_invalid"),
        ("shelf_life_months", "shelf_life_invalid"),
        ("complimentary", "cell_not_yes_or_no"),
        ("countries", "no_countries"),
        ("shelf_life_months", "shelf_life_invalid"),
        ("name", "same_plan_before"),
    ]


@pytest.mark.covers("T41")
def test_subscribers_are_read_and_every_wrong_cell_is_named() -> None:
    file = parse_subscribers(
        b"name,phone,plan,email,bundles\nRosa,+1 212 555 0001,Unlimited All,rosa@home.example,2\n"
    )
    (rosa,) = file.rows
    assert (rosa.msisdn, rosa.plan, rosa.email, rosa.bundles) == (
        "+12125550001",
        "unlimited_all",
        "rosa@home.example",
        2,
    )
    assert file.given == {"email", "bundles"}
    rows = (
        ",0612,$,rosa,1001,de\nA,+12125550001,basic,,,\nB,+1 (212) 555-0001,basic,,-1,\n"
        "C,+12125550001,basic,,0,fr\n"
    )
    assert wrong(parse_subscribers, "name,phone,plan,email,bundles,language\n" + rows) == [
        ("name", "cell_empty"),
        ("phone", "msisdn_invalid"),
        ("plan", "cell_no_subscriber_plan"),
        ("email", "email_invalid"),
        ("bundles", "cell_no_bundles"),
        ("language", "cell_no_language"),
        ("bundles", "cell_no_bundles"),
        ("phone", "same_number_before"),
    ]
