"""The pages about problems: every code with its sentence, its HTTP status and what to do (A5).

`type` of a problem leads to its page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.language import Language
from models.refusals import DECLARED, SUBJECTS
from models.refusals.declared import CONFLICT, UNPROCESSABLE
from portal.api.problems import title
from portal.http.answers import CODES
from portal.links.pages import Pages, spoken
from portal.reference.text import template
from wording.pages import page_texts
from wording.refusals import declared_sentence

PORTAL = "The portal"
"""The heading of the codes that are no refusals of a rule."""


@dataclass(frozen=True)
class KindOfProblem:
    """One code, in words."""

    code: str
    title: str
    status: int
    """As the API answers it."""
    sentence: Markup
    parameters: tuple[str, ...]
    advice: str
    """Which of `problem_pages.advice` says what to do."""


class ProblemPages:
    """Answers `/problems` and `/problems/{code}`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def index(self, request: Request) -> Response:
        """All codes by subject."""
        language = spoken(request.headers.get("accept-language", ""))
        subjects = {name: list(kinds) for name, kinds in _by_subject(language)}
        return self._pages.render(request, "problems", subjects=subjects)

    async def page(self, request: Request) -> Response:
        """One code; 404 for an unknown one."""
        language = spoken(request.headers.get("accept-language", ""))
        found = kind_of_problem(request.path_params["code"], language)
        if found is None:
            raise HTTPException(404)
        return self._pages.render(request, "problem_kind", kind=found)


def kind_of_problem(code: str, language: Language) -> KindOfProblem | None:
    """A kind of problem by its code."""
    if code in DECLARED:
        return _declared(code, language)
    if code in _own(language):
        return _of_portal(code, language)
    return None


def _by_subject(language: Language) -> Iterator[tuple[str, Iterator[KindOfProblem]]]:
    for subject, codes in SUBJECTS.items():
        yield subject, (_declared(code, language) for code in codes)
    yield PORTAL, (_of_portal(code, language) for code in _own(language))


def _declared(code: str, language: Language) -> KindOfProblem:
    declared = DECLARED[code]
    conflict = declared.status == CONFLICT
    return KindOfProblem(
        code=code,
        title=title(code, declared.status),
        status=UNPROCESSABLE if conflict else declared.status,
        sentence=template(declared_sentence(code, language)),
        parameters=tuple(sorted(declared.parameters)),
        advice=_advice(code, declared.status),
    )


def _advice(code: str, status: int) -> str:
    if code.startswith(("key_used", "key_reused")):
        return "key"
    if code == "body_invalid":
        return "fields"
    return "rule" if status == CONFLICT else str(status)


def _of_portal(code: str, language: Language) -> KindOfProblem:
    status = next((status for status, own in CODES.items() if own == code), 503)
    sentence = template(_own(language)[code])
    return KindOfProblem(code, title(code, status), status, sentence, (), str(status))


def _own(language: Language) -> Mapping[str, str]:
    own: Mapping[str, str] = page_texts(language)["api_problems"]
    return own
