"""Problem details (RFC 9457) of the API: every refusal with its code and sentence, the invalid fields by JSON
pointer, and the request id (A5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from models.errors import Refusal, Unavailable
from models.language import Language
from models.orders.lifecycle import OrderKind
from models.refusals.declared import CONFLICT, UNPROCESSABLE
from portal.http.answers import TRY_AGAIN_SECONDS, Problem, Reason, logged, problem_of
from portal.http.request_ids import request_id
from portal.links.pages import spoken
from wording.invalid_fields import invalid_field
from wording.refusals import sentence

MEDIA_TYPE = "application/problem+json"
JSON_INVALID = "json_invalid"
"""The refusal, and the rule of its one error, whose pointer is the whole body."""
_MOST_FIELDS = 20
_LONGEST_NAME = 100
_OF_BODY = "body"
_SPELT = {
    "api": "API",
    "csv": "CSV",
    "eid": "EID",
    "esim": "eSIM",
    "iccid": "ICCID",
    "json": "JSON",
    "qr": "QR",
    "sim": "SIM",
}
_OF_KIND = frozenset({"union_tag_invalid", "union_tag_not_found"})
"""Errors about the field that says which variant a body is."""
_TITLES = {"body_invalid": "Call invalid"}
"""Of codes that say less than they mean: a parameter may be invalid, too."""
_KINDS = frozenset(kind.value for kind in OrderKind)


class FieldProblem(BaseModel):
    """An invalid field."""

    pointer: str | None = Field(default=None, description="JSON pointer of a field of the body (RFC 6901).")
    parameter: str | None = Field(default=None, description="The name of a parameter or a header.")
    rule: str
    detail: str


class RefusalProblem(BaseModel):
    """A reason why the call was refused."""

    code: str = Field(examples=["open_order"])
    sentence: str = Field(examples=["The line has an open order already: order-abcdefghijklmnop."])
    parameters: dict[str, str | int]


class ProblemDetails(BaseModel):
    """A problem (RFC 9457). `code` is stable; new codes may be added at any time."""

    type: str = Field(description="The address of the page about this problem.")
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    refusals: list[RefusalProblem]
    errors: list[FieldProblem] = Field(default=[], description="The invalid fields.")


def worded(refusals: Iterable[Refusal], language: Language) -> list[RefusalProblem]:
    """Refusals with their sentences in the reader's language."""
    return [
        RefusalProblem(code=each.code, sentence=sentence(each, language), parameters=each.parameters)
        for each in refusals
    ]


class Problems:
    """Answers every failure of the API with problem details."""

    def __init__(self, portal_url: str) -> None:
        self._pages = f"{portal_url.rstrip('/')}/problems/"

    async def answer(self, request: Request, failure: Exception) -> Response:
        """The answer to a call that failed."""
        if isinstance(failure, ClientDisconnect):
            return Response(status_code=400)
        fields: list[FieldProblem] = []
        language = spoken(request.headers.get("accept-language", ""))
        if isinstance(failure, RequestValidationError):
            fields = list(invalid_fields(failure.errors(), language))
            named = ", ".join(field.pointer or field.parameter or "body" for field in fields)[:500]
            unread = any(field.rule == JSON_INVALID for field in fields)
            refusal = Refusal.of("json_invalid") if unread else Refusal.of("body_invalid", fields=named)
            reason = Reason(refusal.code, sentence(refusal, language), refusal.parameters)
            problem = Problem(refusal.status, (reason,))
        else:
            problem = problem_of(failure, language, "api_problems")
            if problem.status == CONFLICT:  # one status for all that the rules refuse: the code says why (A4)
                problem = replace(problem, status=UNPROCESSABLE)
        logged(problem, failure)
        headers = dict(problem.headers)
        rate = getattr(request.state, "rate", None)
        headers.update(rate.headers if rate else {})
        if problem.code == "too_many_streams":  # there is a place as soon as one is closed
            headers["Retry-After"] = "15"
        elif problem.status in TRY_AGAIN_SECONDS and not isinstance(failure, Unavailable):
            headers.setdefault("Retry-After", TRY_AGAIN_SECONDS[problem.status])
        elif problem.status == 503:
            headers.setdefault("Retry-After", "5")
        if problem.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="eSIM orders"'
        details = self._details(problem, request_id(request.scope) or "", fields)
        return JSONResponse(details, problem.status, headers, MEDIA_TYPE)

    def _details(self, problem: Problem, request: str, fields: Sequence[FieldProblem]) -> dict[str, Any]:
        return {
            "type": self._pages + problem.code,
            "title": title(problem.code, problem.status),
            "status": problem.status,
            "detail": " ".join(reason.sentence for reason in problem.reasons),
            "code": problem.code,
            "request_id": request,
            "refusals": [asdict(reason) for reason in problem.reasons],
            "errors": [field.model_dump(exclude_none=True) for field in fields],
        }


def title(code: str, status: int) -> str:
    """The short name of a kind of problem, which does not change from one occurrence to another."""
    if not code:
        return HTTPStatus(status).phrase
    if code in _TITLES:
        return _TITLES[code]
    words = [_SPELT.get(word, word) for word in code.split("_")]
    first = words[0] if words[0] in _SPELT.values() else words[0].capitalize()
    return " ".join([first, *words[1:]])


def invalid_fields(errors: Iterable[Any], language: Language) -> Iterable[FieldProblem]:
    """Each invalid field with the rule it breaks, in the reader's language; never its value."""
    for error in list(errors)[:_MOST_FIELDS]:
        place, *path = error["loc"] or (_OF_BODY,)
        context = {"field": str(path[-1])[:_LONGEST_NAME] if path else "", **(error.get("ctx") or {})}
        detail = invalid_field(error["type"], str(error["msg"]), context, language)
        if place == _OF_BODY:
            if path and path[0] in _KINDS:  # pydantic names the variant of the body, which is no field
                path = path[1:]
            if error["type"] in _OF_KIND and "discriminator" in context:
                path = [*path, str(context["discriminator"]).strip("'")]
            pointer = "".join(f"/{_escaped(part)}" for part in path)
            yield FieldProblem(pointer=pointer, rule=error["type"], detail=detail)
        else:
            yield FieldProblem(parameter=".".join(map(str, path)), rule=error["type"], detail=detail)


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


RESPONSES: Mapping[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The call is refused: a problem with every reason.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    },
    "5XX": {
        "description": "A component is unavailable; repeat the call with the same Idempotency-Key.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    },
}
