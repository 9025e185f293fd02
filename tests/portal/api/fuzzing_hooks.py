"""What Schemathesis loads: checks of our own, and ids of records that exist.

It runs in a process of its own; `test_fuzzing` says in environment variables which records the account has.
"""

import json
import os
from itertools import count
from typing import Any
from urllib.parse import quote

import schemathesis
from schemathesis import Case, CheckContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response

_PATHS: dict[str, dict[str, str]] = json.loads(os.environ["API_TEST_PATHS"])
"""The path parameters of each route's sample."""
_LONGEST_HEAD = 12_000
_PROBLEM = "application/problem+json"
_asked = count()


@schemathesis.hook
def filter_case(context: Any, case: Case[Any]) -> bool:
    """Leave out what the server itself refuses before the API sees it: a head of more than 16 kB."""
    address = [case.query, case.path_parameters, case.headers, case.cookies]
    return sum(len(quote(str(part))) for part in address) < _LONGEST_HEAD


@schemathesis.hook
def before_call(context: Any, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Name a record that exists in every other call, where what is generated for the path is valid: a random
    id only ever answers 404.
    """
    known = _PATHS.get(f"{case.method.upper()} {case.path}")
    if known and next(_asked) % 2 and not (case.meta and case.meta.is_negative_at(ParameterLocation.PATH)):
        case.path_parameters.update(known)


@schemathesis.check
def no_bug(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """No input makes a 500; 503 says when to ask again (A5, A19)."""
    if response.status_code >= 500:
        assert response.status_code == 503, f"status {response.status_code}"
        assert response.headers.get("retry-after"), "503 without Retry-After"


@schemathesis.check
def failures_are_problems(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Every failure is a problem with its code, a sentence and the request id (A5)."""
    if response.status_code >= 400:
        (media_type,) = response.headers["content-type"]
        assert media_type == _PROBLEM, media_type
        problem = response.json()
        assert problem["status"] == response.status_code
        assert problem["code"]
        assert problem["detail"]
        assert response.headers["request-id"] == [problem["request_id"]]


@schemathesis.check
def valid_input_has_no_invalid_fields(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """What the document allows is not refused as malformed (`body_invalid`); a rule may still refuse it."""
    if response.status_code == 422 and case.meta and case.meta.generation.mode.is_positive:
        problem = response.json()
        assert problem["code"] != "body_invalid", json.dumps(problem["errors"])
