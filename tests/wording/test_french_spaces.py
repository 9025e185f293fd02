"""French texts have no-break spaces at their punctuation, so that no line begins or ends with it."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from models.codes.requests import Caution, RequestStatus
from models.fleet.inventory import SimState
from models.identifiers import CHECK_DIGIT_WRONG
from models.language import Language
from models.licences.charges import ChargeReason
from models.licences.licence_views import LicenceStatus
from models.operations.not_sent import MAIL, STEPS, NotSentReason
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from models.orders.rules import DISCARD_WARNING, Action
from models.people.callers import Permission
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from tests.outbox.approved import emails
from wording import labels, refusals
from wording.emails import SUBJECTS, frame, texts
from wording.french.spaces import spaced
from wording.pages import page_texts
from wording.warnings import warning

PLAIN = re.compile(r" [:;!?»]|« ")
LABELLED: dict[str, Any] = {
    "action_label": Action,
    "permission_label": Permission,
    "kind_label": OrderKind,
    "order_status": OrderStatus,
    "request_status": RequestStatus,
    "licence_status": LicenceStatus,
    "charge_reason": ChargeReason,
    "plan_state": PlanState,
    "sim_state": SimState,
    "stock_state": StockState,
    "reported": Reported,
    "outcome": Outcome,
    "hold_sentence": HoldReason,
    "not_sent_step": (MAIL, *STEPS),
    "not_sent_words": (),
    "not_sent_tries": (0, 1, 2),
    "not_sent_reason": NotSentReason,
}
"""The functions that label something, and all values that they label."""
SHOWN: dict[str, Any] = {
    "refusals": (refusals.FRENCH, refusals.FRENCH_UNKNOWN, refusals.FRENCH_WORDS),
    "warnings": [warning(text, Language.FR) for text in (CHECK_DIGIT_WRONG, DISCARD_WARNING, *Caution)],
    "pages": page_texts(Language.FR),
    "all e-mails": frame(Language.FR),
    **{subject: texts(subject, Language.FR) for subject in SUBJECTS},
}


def strings(value: Any) -> Iterator[str]:
    """All texts within a value."""
    match value:
        case str():
            yield value
        case BaseModel():
            yield from strings(dict(value))
        case dict():
            for key, part in value.items():
                if not str(key).startswith("__"):
                    yield from strings(part)
        case list() | tuple():
            for part in value:
                yield from strings(part)


@pytest.mark.covers("F66")
@pytest.mark.parametrize("where", SHOWN)
def test_no_french_text_has_a_plain_blank_at_its_punctuation(where: str) -> None:
    found = list(strings(SHOWN[where]))
    assert found
    assert [text for text in found if PLAIN.search(text)] == []


@pytest.mark.covers("F66")
def test_no_french_label_has_a_plain_blank_at_its_punctuation() -> None:
    functions = {name: found for name, found in vars(labels).items() if inspect.isfunction(found)}
    own = {name: found for name, found in functions.items() if found.__module__ == labels.__name__}
    assert own.keys() == LABELLED.keys()
    for name, label in own.items():
        found = [label(value, Language.FR) for value in LABELLED[name]] or list(label(Language.FR).values())
        assert [text for text in found if PLAIN.search(text)] == [], name


@pytest.mark.covers("F66")
def test_no_french_email_has_a_plain_blank_at_its_punctuation() -> None:
    for name, content, _ in emails():
        if name.endswith(".fr") and not name.endswith(".edited.fr"):
            assert PLAIN.findall(content.text) == [], name


def test_the_space_is_narrow_before_a_high_point_and_wide_before_a_colon_and_in_quotation_marks() -> None:
    before = {"a": ["Oui ! Non ? « Ici » ; là :", ("10:30, {n:,}, a:b",)]}
    after = {"a": ["Oui\u202f! Non\u202f? «\u00a0Ici\u00a0»\u202f; là\u00a0:", ("10:30, {n:,}, a:b",)]}
    assert spaced(before) == spaced(after) == after
