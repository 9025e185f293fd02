"""What a form says when a component that it needs is unavailable: what was typed stays."""

from dataclasses import replace

from models.errors import Unavailable
from models.language import Language
from portal.http.answers import logged, problem_of
from portal.pages.forms import Model, Sent


def unavailable(sent: Sent[Model], failure: Unavailable, language: Language) -> Sent[Model]:
    """The form with a sentence above it: the same form can be sent again."""
    problem = problem_of(failure, language, "page_problems")
    logged(problem, failure)
    return replace(sent, errors={"": [reason.sentence for reason in problem.reasons]})
