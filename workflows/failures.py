"""Refusals as Temporal carries them: an `ApplicationError` with the English sentences as its message.

Its type is the first reason's code, and its details are all reasons, each as `{"code", "parameters"}`, so
that each surface can write them in the caller's language.
"""

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from models.errors import Refusal


def refused(*refusals: Refusal, as_type: str | None = None) -> ApplicationError:
    """The failure of a call that was refused for these reasons; of a step, with `as_type` as its type."""
    return ApplicationError(
        " ".join(refusal.sentence for refusal in refusals),
        *(refusal.model_dump(mode="json", include={"code", "parameters"}) for refusal in refusals),
        type=as_type or refusals[0].code,
        non_retryable=True,
    )


def refusals_of(failure: ApplicationError) -> tuple[Refusal, ...]:
    """The reasons in a failure. One without reasons, such as an unreadable message, becomes a refusal whose
    code is the failure's type.
    """
    try:
        reasons = tuple(Refusal.model_validate(detail) for detail in failure.details)
    except ValidationError:
        reasons = ()
    return reasons or (Refusal(code=failure.type or "not_taken"),)
