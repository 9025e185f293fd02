"""What can happen to one licence, what it is on a day, and what cannot follow what."""

import pytest
from pydantic import TypeAdapter

from models.licences.history import Entry, Terms, terms_on
from models.licences.periods import period_of
from tests.models.licences.examples import (
    DATA,
    PRICES,
    PRO,
    SMS,
    bought,
    bought_again,
    changed,
    charged,
    day,
    given_back,
)


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ([given_back("2027-01-01")], "On 2027-01-01 the licence is not bought yet."),
        ([bought("2027-01-01"), bought("2027-01-02")], "On 2027-01-02 the licence is bought already."),
        ([bought("2027-01-01"), bought_again("2027-01-02")], "On 2027-01-02 the licence is not given back."),
        (
            [bought("2027-01-01"), given_back("2027-01-02"), given_back("2027-01-03")],
            "On 2027-01-03 the licence is given back already.",
        ),
        (
            [bought("2027-01-01"), given_back("2027-01-02"), changed("2027-01-03", PRO)],
            "On 2027-01-03 the licence is given back already.",
        ),
        (
            [bought("2027-01-01"), given_back("2027-01-02"), bought_again("2027-02-01")],
            "On 2027-02-01 the licence is gone: it ended on 2027-01-31.",
        ),
        (
            [bought("2027-01-01"), changed("2027-01-02", SMS)],
            "On 2027-01-02 the licence is, or is to become, voice_sms already.",
        ),
        (
            [bought("2027-01-01", PRO), changed("2027-01-02", SMS), changed("2027-01-03", SMS)],
            "On 2027-01-03 the licence is, or is to become, voice_sms already.",
        ),
        (
            [bought("2027-01-02"), given_back("2027-01-01")],
            "An entry of 2027-01-01 follows one of 2027-01-02.",
        ),
    ],
)
def test_what_cannot_happen_to_a_licence(history: list[Entry], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        charged(history, "2027-12-31")


def test_an_entry_keeps_its_kind_as_json() -> None:
    """The store and the contract read entries back as what they were."""
    entries: TypeAdapter[list[Entry]] = TypeAdapter(list[Entry])
    history = [bought("2027-01-01"), changed("2027-01-02", DATA), given_back("2027-01-03")]
    history.append(bought_again("2027-01-04"))
    assert entries.validate_json(entries.dump_json(history)) == history


def test_what_a_licence_is_follows_its_entries_day_by_day() -> None:
    history = [bought("2027-01-10", PRO), changed("2027-01-15", SMS), given_back("2027-02-20")]
    january, february = period_of(day("2027-01-10"), 1), period_of(day("2027-02-01"), 1)
    for on, terms in [
        ("2027-01-09", None),
        ("2027-01-10", Terms(PRO, january)),
        ("2027-01-15", Terms(PRO, january, planned=SMS)),
        ("2027-02-01", Terms(SMS, february)),
        ("2027-02-28", Terms(SMS, february, given_back=True)),
        ("2027-03-01", None),
    ]:
        assert terms_on(history, PRICES, 1, day(on)) == terms, on


def test_nothing_is_charged_before_the_purchase() -> None:
    assert charged([bought("2027-01-10")], "2027-01-09") == charged([], "2027-01-09") == []
