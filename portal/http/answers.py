"""Maps errors to HTTP responses: a page for people, problem details (RFC 9457) for programs.

Refused            as `models.refusals` declares its code
Unavailable        503
HTTPException      its own
anything else      500, without its message
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from models.errors import Refusal, Refused, Unavailable
from models.language import Language
from portal.links.pages import Pages, spoken
from wording.pages import page_texts
from wording.refusals import sentence
from wording.warnings import warning

OVER = frozenset(
    {
        "link_unknown",
        "link_expired",
        "link_revoked",
        "request_over",
        "too_many_tries",
        "cross_site",
        "secret_keys_missing",
        "keys_invalid",
    }
)
"""Refusals about the link, the request or the configuration; a corrected upload does not help."""

CROWDED = frozenset({"uploads", "reader_unavailable"})
"""Components whose `Unavailable` means overload, not an outage."""

_log = logging.getLogger("portal")

CODES = {
    400: "bad_request",
    404: "page_unknown",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    429: "too_many_sign_ins",
    500: "our_fault",
    503: "component_unavailable",
}
"""Codes of what is no refusal of a rule, by HTTP status."""
TRY_AGAIN_SECONDS = {429: "600", 503: "15"}


class RequestOver(Refused):
    """The request of an upload link has ended; `sentence` says how and when, in the reader's language."""

    def __init__(self, ended: str, sentence: str) -> None:
        super().__init__(Refusal.of("request_over", ended=ended))
        self.sentence = sentence


@dataclass(frozen=True)
class Reason:
    """A refusal, or another reason of the portal, with its sentence in the reader's language."""

    code: str
    sentence: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """An HTTP error with all its reasons."""

    status: int
    reasons: tuple[Reason, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The first reason's code: the stable name of the problem."""
        return self.reasons[0].code


class Answers:
    """Turns exceptions into HTTP responses."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def answer(self, request: Request, failure: Exception) -> Response:
        """Answer a failed request with a page or with JSON, as its Accept header asks."""
        if isinstance(failure, ClientDisconnect):
            return Response(status_code=400)  # the client has disconnected
        problem = problem_of(failure, spoken(request.headers.get("accept-language", "")))
        logged(problem, failure)
        headers = dict(problem.headers)
        if problem.status in TRY_AGAIN_SECONDS:
            headers.setdefault("Retry-After", TRY_AGAIN_SECONDS[problem.status])
        if wants_json(request):
            return JSONResponse(_details(problem), problem.status, headers, "application/problem+json")
        page = self.pages.render(request, "problem", problem.status, problem=problem)
        page.headers.update(headers)
        return page


def logged(problem: Problem, failure: Exception) -> None:
    """Log an answer that says that a component is unavailable, or that we failed."""
    if problem.status >= 500:
        what = failure.component if isinstance(failure, Unavailable) else type(failure).__name__
        _log.warning("Answered with %d, %s: %s", problem.status, problem.code, what)


def problem_of(failure: Exception, language: Language, texts: str = "problems") -> Problem:
    """Map an error to its status and reasons, in the reader's language. `texts`: the sentences of what is no
    refusal, for visitors of pages or for programs.
    """
    problems = page_texts(language)[texts]
    if isinstance(failure, Refused):
        first = next((reason for reason in failure.refusals if reason.code in OVER), failure.refusals[0])
        if first.status == 503:  # operators fix it: visitors cannot do what the sentence says
            return Problem(503, (Reason(failure.refusals[0].code, problems["component_unavailable"]),))
        return Problem(first.status, reasons_of(failure, language))
    if isinstance(failure, HTTPException):
        status, headers = failure.status_code, failure.headers or {}
    elif isinstance(failure, RequestValidationError):  # its own answer would quote what was sent
        status, headers = 422, {}
    else:
        status, headers = 503 if isinstance(failure, Unavailable) else 500, {}
    code = "busy" if _is_busy(failure) else CODES.get(status, "bad_request")
    return Problem(status, (Reason(code, problems[code]),), headers)


def _is_busy(failure: Exception) -> bool:
    return isinstance(failure, Unavailable) and failure.component in CROWDED


def reasons_of(refused: Refused, language: Language) -> tuple[Reason, ...]:
    """The refusals with sentences in the reader's language; some codes have sentences of the pages' own."""
    if isinstance(refused, RequestOver):
        return tuple(Reason(reason.code, refused.sentence, reason.parameters) for reason in refused.refusals)
    of_pages = page_texts(language)["refusals"]
    return tuple(
        Reason(
            reason.code,
            of_pages.get(reason.code) or sentence(reason, language),
            reason.parameters,
        )
        for reason in refused.refusals
    )


def warned(cautions: Iterable[str], language: Language) -> tuple[str, ...]:
    """The warnings of an import, in the reader's language."""
    return tuple(warning(caution, language) for caution in cautions)


def wants_json(request: Request) -> bool:
    """Whether a program asks: its Accept header names JSON and not HTML."""
    accepted = request.headers.get("accept", "").lower()
    return "json" in accepted and "text/html" not in accepted


def _details(problem: Problem) -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": " ".join(reason.sentence for reason in problem.reasons),
        "refusals": [asdict(reason) for reason in problem.reasons],
    }
