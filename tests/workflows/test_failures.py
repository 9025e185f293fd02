"""Refusals travel through Temporal with their codes and parameters, all of them."""

from temporalio.exceptions import ApplicationError

from models.errors import Refusal
from workflows.failures import refusals_of, refused


def test_every_reason_survives_with_its_parameters() -> None:
    reasons = (Refusal.of("iccid_in_use", iccid="8933010000000000009"), Refusal.of("unknown_note"))
    failure = refused(*reasons)
    assert failure.type == "iccid_in_use"
    assert failure.non_retryable
    assert failure.message == (
        "The ICCID 8933010000000000009 belongs to another SIM. There is no such note of this order."
    )
    assert failure.details[0] == {"code": "iccid_in_use", "parameters": {"iccid": "8933010000000000009"}}
    assert refusals_of(failure) == reasons


def test_a_failure_that_is_no_refusal_is_one_by_its_type() -> None:
    (reason,) = refusals_of(ApplicationError("Wrong.", {"loc": "order"}, type="ValidationError"))
    assert reason == Refusal(code="ValidationError")
    assert "ValidationError" in reason.sentence
