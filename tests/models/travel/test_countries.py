"""Countries are found by their names in English and French, by their codes and by common aliases."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.language import Language
from models.travel.countries import (
    all_countries,
    country_name,
    country_names,
    parse_countries,
    parse_country,
)


@pytest.mark.covers("T38")
def test_every_name_in_english_and_french_and_every_code_names_its_country() -> None:
    assert len(all_countries()) == 250  # 249 of ISO 3166-1, and Kosovo
    for code in all_countries():
        assert parse_country(code) == parse_country(code.lower()) == code
        for language in Language:
            name = country_name(code, language)
            for written in (name, name.upper(), f" {name} ", name.replace("-", " ").replace("\u2019", "'")):
                assert parse_country(written) == code


@pytest.mark.covers("T38")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("usa", "US"),
        ("UK", "GB"),
        ("FRA", "FR"),
        ("Côte d'Ivoire", "CI"),
        ("cote d ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Kosovo", "XK"),
        ("Korea, South", "KR"),
        ("Korea, Republic of", "KR"),
        ("Corée du Sud", "KR"),
        ("Congo, The Democratic Republic of the", "CD"),
        ("Netherlands, The", "NL"),
        ("la Réunion", "RE"),
        ("The Gambia", "GM"),
        ("Saint Martin", "MF"),
        ("Antigua and Barbuda", "AG"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("ET", "ET"),
        ("Hong Kong", "HK"),
        ("Viet Nam", "VN"),
    ],
)
def test_names_as_they_are_written_in_price_lists_are_understood(name: str, code: str) -> None:
    assert parse_country(name) == code


@pytest.mark.covers("T38")
@pytest.mark.parametrize("name", ["Narnia", "Europe", "EU", "ZZ", "001", "Francé e", "USSR", ",", "", "🇫🇷"])
def test_a_name_that_is_no_country_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_country(name)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.parameters) == ("country_unknown", {"country": name})


@pytest.mark.covers("T38")
def test_a_name_of_several_countries_is_refused_with_all_of_them() -> None:
    with pytest.raises(Refused) as refused:
        parse_countries(["France", "Congo", "Korea", "Nowhere"])
    assert [(one.code, one.parameters) for one in refused.value.refusals] == [
        ("country_ambiguous", {"country": "Congo", "codes": "CD, CG"}),
        ("country_ambiguous", {"country": "Korea", "codes": "KP, KR"}),
        ("country_unknown", {"country": "Nowhere"}),
    ]


def test_several_countries_are_each_once_and_sorted() -> None:
    assert parse_countries(["Spain", "France", "ES", "Espagne"]) == ("ES", "FR")
    assert country_names(["ES", "FR", "DE"], Language.FR) == ["Allemagne", "Espagne", "France"]


@given(st.text(max_size=40))
def test_any_text_is_a_country_or_is_refused(text: str) -> None:
    with suppress(Refused):
        assert parse_country(text) in all_countries()
