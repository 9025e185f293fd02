"""Forms of pages: one pydantic model each, errors beside their fields, and what was typed stays.

sent = await read_form(request, OrderForm, who.language)
with Asking(sent, who.language, {"note_invalid": "comment"}) as asking:
    if sent.model is not None:
        order = await who.desks.orders.place(who.caller, sent.model.draft())
        return who.done(f"/orders/{order.order_id}")
return who.page(request, "orders/new", asking.status, form=asking.form)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from starlette.requests import Request

from models.errors import NotFound, Refused, Unavailable
from models.language import Language
from portal.http.answers import logged, problem_of
from portal.http.forms import read_fields
from wording.pages import page_texts
from wording.refusals import sentence

_TOO_OFTEN = 429


class FormModel(BaseModel):
    """The base of all forms: a field that a form does not have is refused, and so is a text with NUL, which
    can neither be typed nor stored. A field of several values is a tuple.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        if "\0" in (value if isinstance(value, str) else "".join(value or ())):
            raise ValueError
        return value


Model = TypeVar("Model", bound=FormModel)


@dataclass(frozen=True)
class Sent(Generic[Model]):
    """A form as it was sent, or as it is shown first."""

    values: Mapping[str, Any]
    """What was typed, by field. A secret is left out by the template."""
    model: Model | None = None
    """The form, where it is valid."""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The sentences by field; those of no field under an empty name."""
    wait: int | None = None
    """Seconds until it may be tried again, after too many tries."""

    def refused(
        self, refused: Refused, language: Language, fields: Mapping[str, str] | None = None
    ) -> "Sent[Model]":
        """The form with what a desk refused; `fields`: which field a code is about."""
        errors: dict[str, list[str]] = {name: list(said) for name, said in self.errors.items()}
        for refusal in refused.refusals:
            about = (fields or {}).get(refusal.code, "")
            errors.setdefault(about, []).append(sentence(refusal, language))
        seconds = refused.refusals[0].parameters.get("seconds")
        return replace(self, errors=errors, wait=seconds if isinstance(seconds, int) else None)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """All errors with their fields, for the summary above the form."""
        return [(name, said) for name, all_said in self.errors.items() for said in all_said]


class Asking(Generic[Model]):
    """Has a desk do what a form asks for. What it refuses is said beside the fields: the block is left, and
    `form` and `status` are what to answer with.

    `fields`: which field a code is about; `others`: which one all other codes are about, none if empty. What
    is not found is a page of its own, unless its code is about a field.
    """

    def __init__(
        self,
        form: Sent[Model],
        language: Language,
        fields: Mapping[str, str] | None = None,
        others: str = "",
    ) -> None:
        self.form = form
        self.status = 422
        self.refused: Refused | None = None
        """What the desk refused; None if the form itself is invalid, or a component is unavailable."""
        self._language = language
        self._fields = fields or {}
        self._others = others

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, at: TracebackType | None
    ) -> bool:
        if isinstance(failure, Unavailable):
            problem = problem_of(failure, self._language, "page_problems")
            logged(problem, failure)
            said = [reason.sentence for reason in problem.reasons]
            self.form, self.status = replace(self.form, errors={"": said}), 503
            return True
        if not isinstance(failure, Refused):
            return False
        codes = {refusal.code for refusal in failure.refusals}
        if isinstance(failure, NotFound) and codes.isdisjoint(self._fields):
            return False
        about = {**dict.fromkeys(codes, self._others), **self._fields}
        self.form, self.refused = self.form.refused(failure, self._language, about), failure
        if failure.refusals[0].status == _TOO_OFTEN:
            self.status = _TOO_OFTEN
        return True


def unsent(**values: Any) -> Sent[Any]:
    """A form as it is shown first."""
    return Sent(values)


async def read_form(
    request: Request,
    model: type[Model],
    language: Language,
    given: Mapping[str, Sequence[str]] | None = None,
) -> Sent[Model]:
    """Read and check the form of a request. `given`: its fields, where the address has them."""
    fields = await read_fields(request) if given is None else given
    several = {name for name, one in model.model_fields.items() if "tuple" in str(one.annotation)}
    values: dict[str, Any] = {
        name: tuple(sent) if name in several else sent[0] for name, sent in fields.items()
    }
    doubled = {name: tuple(sent) for name, sent in fields.items() if len(sent) > 1}
    try:
        return Sent(values, model.model_validate(values | doubled))
    except ValidationError as invalid:
        texts = page_texts(language)["form_errors"]
        errors: dict[str, list[str]] = {}
        for error in invalid.errors(include_input=False, include_url=False, include_context=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            known = name in model.model_fields
            said = texts.get(error["type"], texts["invalid"]) if known else texts["unknown_field"]
            errors.setdefault(name if known else "", []).append(said)
        return Sent(values, None, errors)
