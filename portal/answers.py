"""What a failure is over HTTP, in one table: a page in words, or problem details (RFC 9457) for programs.

Refused            422, or what `STATUSES` says of its code
NotFound           404
PartAway           503
HTTPException      its own
anything else      500, and nothing of what it says
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from models.errors import NotFound, PartAway, Refusal, Refused
from models.qr import Caution
from portal.pages import Pages, Words, spoken, words

STATUSES: Mapping[str, int] = {
    "link_unknown": 404,
    "link_expired": 410,
    "link_revoked": 410,
    "request_over": 410,
    "too_many_tries": 429,
    "cross_site": 403,
    "secret_keys_missing": 503,
    "secret_keys_invalid": 503,
}
"""Refusals that concern more than what was sent."""
OVER = frozenset(STATUSES)

CROWDED = frozenset({"uploads", "reader_unavailable"})
"""Parts that have too much to do, rather than do not answer."""

_log = logging.getLogger("portal")

_CODES = {
    400: "bad_request",
    404: "page_unknown",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    500: "our_fault",
    503: "part_away",
}
TRY_AGAIN_SECONDS = {429: "600", 503: "15"}


@dataclass(frozen=True)
class Problem:
    """Why there is no page, with every reason."""

    status: int
    reasons: tuple[Refusal, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The first reason's code: the stable name of the problem."""
        return self.reasons[0].code


class Answers:
    """Turns exceptions into answers."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def answer(self, request: Request, failure: Exception) -> Response:
        """The answer to a request that failed, in the form that it asks for."""
        if isinstance(failure, ClientDisconnect):
            return Response(status_code=400)  # nobody is there to read it
        problem = problem_of(failure, words(spoken(request.headers.get("accept-language", ""))))
        if problem.status >= 500:
            what = failure.part if isinstance(failure, PartAway) else type(failure).__name__
            _log.warning("Answered with %d, %s: %s", problem.status, problem.code, what)
        headers = dict(problem.headers)
        if problem.status in TRY_AGAIN_SECONDS:
            headers["Retry-After"] = TRY_AGAIN_SECONDS[problem.status]
        if wants_json(request):
            return JSONResponse(_details(problem), problem.status, headers, "application/problem+json")
        page = self.pages.render(request, "problem", problem.status, problem=problem)
        page.headers.update(headers)
        return page


def problem_of(failure: Exception, language: Words) -> Problem:
    """What went wrong, in words of the reader's language where there are some."""
    if isinstance(failure, Refused):
        status = next(
            (STATUSES[reason.code] for reason in failure.refusals if reason.code in STATUSES),
            404 if isinstance(failure, NotFound) else 422,
        )
        if status == 503:  # the operators' to mend: visitors cannot do what the sentence says
            sentence = language["problems"]["part_away"]
            return Problem(status, (Refusal(code=failure.refusals[0].code, sentence=sentence),))
        return Problem(status, told(failure, language))
    if isinstance(failure, HTTPException):
        status, headers = failure.status_code, failure.headers or {}
    else:
        status, headers = 503 if isinstance(failure, PartAway) else 500, {}
    code = "busy" if _is_busy(failure) else _CODES.get(status, "bad_request")
    return Problem(status, (Refusal(code=code, sentence=language["problems"][code]),), headers)


def _is_busy(failure: Exception) -> bool:
    return isinstance(failure, PartAway) and failure.part in CROWDED


def told(refused: Refused, language: Words) -> tuple[Refusal, ...]:
    """The reasons, each in the reader's language if we have it; else as it was given, in English."""
    return tuple(
        Refusal(code=reason.code, sentence=language["refusals"].get(reason.code, reason.sentence))
        for reason in refused.refusals
    )


def warned(cautions: Iterable[str], language: Words) -> tuple[str, ...]:
    """What is to be looked at after an import, in the reader's language if we have it."""
    names = {caution.value: caution.name.lower() for caution in Caution}
    return tuple(language["cautions"].get(names.get(caution), caution) for caution in cautions)


def wants_json(request: Request) -> bool:
    """Whether a program asks: JSON is accepted by name and pages are not."""
    accepted = request.headers.get("accept", "").lower()
    return "json" in accepted and "text/html" not in accepted


def _details(problem: Problem) -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": " ".join(reason.sentence for reason in problem.reasons),
        "refusals": [reason.model_dump() for reason in problem.reasons],
    }
