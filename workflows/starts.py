"""How a workflow validates the input that it is started with, and how it answers where that is not valid.

Any SDK may start a workflow with any input. The reason has to be in the answer to the update that comes with
the start: a workflow that fails before it answers leaves its caller with "aborted by closing workflow".
"""

from operator import attrgetter
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from models.errors import Refusal
from models.invalid_input import input_invalid
from workflows.failures import refused

Start = TypeVar("Start", bound=BaseModel)


def read_start(message: type[Start], sent: Any, what: str, field: str) -> Start:
    """Validate the input of a workflow whose id must equal this field of the message.

    Raises `ApplicationError`: `input_invalid` names the fields that are not valid, `not_an_order` (say) the
    id that the workflow must be started under.
    """
    if sent is None:
        raise _wrong(what, field, None)
    try:
        start = decoded(message, sent)
    except ValidationError as invalid:
        raise refused(input_invalid(invalid)) from None
    named = attrgetter(field)(start)
    if named != workflow.info().workflow_id:
        raise _wrong(what, field, named)
    return start


def decoded(message: type[Start], sent: Any) -> Start:
    """Validate an input as this message. A payload that the converter could not read comes as a `RawValue`.
    Raises `ValidationError`.
    """
    if isinstance(sent, RawValue):
        return workflow.payload_converter().from_payload(sent.payload, message)
    return message.model_validate(sent)


def received(message: type[Start], sent: Any, *more: Any) -> Start:
    """Validate the input of an update, for its validator and its handler. No input stands for all defaults.

    Raises `ApplicationError` (`input_invalid`), which in a validator refuses the update.
    """
    no_more(*more)
    try:
        return decoded(message, {} if sent is None else sent)
    except ValidationError as invalid:
        raise refused(input_invalid(invalid)) from None


def no_more(*sent: Any) -> None:
    """Refuse an update that comes with more inputs than it takes."""
    if sent:
        raise refused(Refusal.of("input_invalid", fields="input (unexpected_positional_argument)"))


def answer_all(of: type, wrong: ApplicationError) -> ApplicationError:
    """Answer every update and query of this workflow with the reason why it could not start."""

    def say(*_: Any) -> NoReturn:
        raise wrong

    async def refuse(*_: Any) -> NoReturn:
        raise wrong

    def ignore(*_: Any) -> None:
        pass

    known = of.__temporal_workflow_definition  # type: ignore[attr-defined]
    for name in known.updates:
        workflow.set_update_handler(name, refuse)
    for name in known.queries:
        workflow.set_query_handler(name, say)
    for name in known.signals:
        workflow.set_signal_handler(name, ignore)
    return wrong


async def all_answered(wrong: ApplicationError) -> ApplicationError:
    """Wait until every caller has been answered; returns what the workflow then fails with."""
    await workflow.wait_condition(workflow.all_handlers_finished)
    return wrong


def _wrong(what: str, field: str, wanted: str | None) -> ApplicationError:
    """The failure of a workflow that has another id than its order or request, or no input. Calls are sent to
    the workflow with the id of the order or request, so they would not reach it.
    """
    article = "An" if what[0] in "aeiou" else "A"
    return ApplicationError(
        f"{article} {what} is started with its content, under the workflow id {field}: "
        + (wanted or "there is none."),
        type=f"not_{article.lower()}_{what}",
        non_retryable=True,
    )
