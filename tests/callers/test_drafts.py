"""What callers hand to desks as drafts: one that does not fit is refused like everything else."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

import starter
from models.errors import Refused
from starter.orders.drafts import Draft, OrderDraft, Placed

MARK = "MARK-Ana-Lopes"
ANSWERS = {Placed}
"""What desks answer with, which callers do not make."""


def models_of_desks() -> Iterator[type[BaseModel]]:
    """Every pydantic model that is defined beside a desk."""
    for found in pkgutil.walk_packages(starter.__path__, "starter."):
        if found.ispkg or found.name.startswith("starter.cli"):
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, BaseModel)
                and value.__module__ == module.__name__
            ):
                yield value


DRAFTS = [model for model in models_of_desks() if model is not Draft and model not in ANSWERS]


def test_every_input_of_a_desk_is_a_draft() -> None:
    assert len(DRAFTS) >= 2
    assert all(issubclass(model, Draft) for model in DRAFTS)


@pytest.mark.covers("S9", "W4")
@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.__name__)
def test_a_draft_that_does_not_fit_is_refused_by_its_fields(draft: type[Draft]) -> None:
    for field in draft.model_fields:
        with pytest.raises(Refused) as refused:
            draft(**{field: {MARK: [MARK]}})
        (reason,) = refused.value.refusals
        assert reason.code == "input_invalid"
        assert f"{field} (" in str(reason.parameters["fields"])
        assert MARK not in f"{refused.value!r} {reason!r} {refused.value.__cause__!r}"
    with pytest.raises(Refused):
        draft.model_validate(MARK)


@pytest.mark.covers("S9", "W4")
def test_an_action_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        OrderDraft(kind="switch", line="L-1")
    assert str(refused.value) == "The input is not valid: kind (enum)."
