"""What goes wrong, one class for each kind of answer. Every error of this package is an `EsimOrdersError`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class EsimOrdersError(Exception):
    """The base class of all errors of this package."""


class ConfigurationError(EsimOrdersError):
    """The client was made without a key, or without an address that a key may be sent to."""


class ConnectionFailedError(EsimOrdersError):
    """The API could not be reached, or the connection was lost, at every try. A call with an idempotency key
    may have been done: repeat it with the same key.
    """

    def __init__(self, message: str, *, arrived: bool = True) -> None:
        super().__init__(message)
        self.arrived = arrived
        """Whether the call may have arrived."""


class CallTimedOutError(ConnectionFailedError):
    """The API did not answer in time, at every try."""


class UnexpectedAnswerError(EsimOrdersError):
    """The answer is not one of this API: another server answered, or this client is too old for it."""


class WebhookVerificationError(EsimOrdersError):
    """A request is not a webhook of ours: do not trust it, answer 400."""


class Refusal(BaseModel):
    """A reason why a call was refused."""

    model_config = ConfigDict(frozen=True)

    code: str
    """Stable; new ones may come."""
    sentence: str
    """For people, in the language of the client."""
    parameters: dict[str, Any] = {}


class InvalidField(BaseModel):
    """A field of the body or a parameter that is not valid."""

    model_config = ConfigDict(frozen=True)

    pointer: str | None = None
    """Where it is in the body: a JSON pointer such as `/iccid`."""
    parameter: str | None = None
    """Or the parameter's name."""
    rule: str = ""
    """Which rule it breaks: `missing`, `string_too_long`."""
    detail: str = ""


class Problem(BaseModel):
    """The body of a refusal (RFC 9457); each field has a default, as proxies answer without one."""

    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    code: str = ""
    request_id: str | None = None
    refusals: list[Refusal] = Field(default=[])
    errors: list[InvalidField] = Field(default=[])


class ApiError(EsimOrdersError):
    """The API refused the call. Its subclasses say which way."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        problem = _problem(body)
        self.status = status
        self.type = problem.type
        """The address of the page about this problem."""
        self.code = problem.code
        self.title = problem.title
        self.detail = problem.detail
        self.refusals = problem.refusals
        """Every reason, where a rule refuses."""
        self.errors = problem.errors
        """The invalid fields, where the body or a parameter is not valid."""
        self.request_id = problem.request_id or headers.get("request-id")
        """Name it when you ask us: it is in our logs and in the audit."""
        self.retry_after = _seconds(headers.get("retry-after"))
        said = problem.detail or problem.title or "The API answered without a problem document."
        super().__init__(f"{status} {problem.code}: {said} (request {self.request_id})")

    @property
    def codes(self) -> list[str]:
        """The codes of all reasons; the problem's own where it has no others."""
        return [refusal.code for refusal in self.refusals] or [self.code]

    @property
    def pointers(self) -> list[str]:
        """The JSON pointers of the invalid fields."""
        return [error.pointer for error in self.errors if error.pointer is not None]


class BadRequestError(ApiError):
    """400: the call is not well formed, such as a cursor of another list."""


class AuthenticationError(ApiError):
    """401: no key, or one that is unknown, expired or revoked."""


class PermissionDeniedError(ApiError):
    """403: the key's user may not do this."""


class NotFoundError(ApiError):
    """404: there is no such record for this key."""


class ConflictError(ApiError):
    """409: it contradicts the present state."""


class TooLargeError(ApiError):
    """413: the body or the file is too large."""


class RefusedError(ApiError):
    """422: the rules or a field refuse it; nothing was done. `refusals` has every reason."""


class RateLimitedError(ApiError):
    """429: too many calls, also after the repeats of this client."""


class ServerError(ApiError):
    """5xx: something failed on our side."""


class UnavailableError(ServerError):
    """502, 503 or 504: a component does not answer now, also after the repeats of this client."""


_CLASSES: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    422: RefusedError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The error of an answer that is no success."""
    other = ServerError if status >= 500 else ApiError
    return _CLASSES.get(status, other)(status, headers, body)


def _problem(body: bytes) -> Problem:
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return Problem()


def _seconds(text: str | None) -> float | None:
    """The seconds of `Retry-After`; the API sends no dates."""
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
