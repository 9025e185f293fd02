"""Refusals as Temporal carries them: an `ApplicationError` with the English sentences as its message.

Its type is the first reason's code, and its details are all reasons, each as `{"code", "parameters"}`, so
that each surface can write them in the caller's language.
"""

from pydantic import ValidationError
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from models.errors import Refusal
from models.identifiers import iccid_lost, parse_iccid
from models.orders.lifecycle import HoldReason


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


def checked_iccid(text: str | None) -> str | None:
    """The ICCID that a caller enters, if any. Raises the failure of a refused call (`iccid_invalid`, or
    `iccid_scientific` for what a spreadsheet has made of it).
    """
    try:
        return None if text is None else parse_iccid(text)
    except ValueError:
        lost = None if text is None else iccid_lost(text)
        raise refused(Refusal.of(lost or "iccid_invalid")) from None


def is_final(failure: FailureError) -> bool:
    """Whether a step failed in a way that no retry helps against."""
    cause = _cause(failure)
    return isinstance(cause, ApplicationError) and cause.non_retryable


def hold_reason(failure: FailureError) -> HoldReason:
    """Why a step that failed holds its workflow: the type of the failure, if it is such a reason."""
    cause = _cause(failure)
    if isinstance(cause, ApplicationError) and cause.type in set(HoldReason):
        return HoldReason(cause.type)
    return HoldReason.STEP_FAILED


def _cause(failure: FailureError) -> BaseException | None:
    """The exception that the step raised, which Temporal wraps in `ActivityError`."""
    return failure.cause if isinstance(failure, ActivityError) else failure
