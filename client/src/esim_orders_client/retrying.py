"""When a call is tried again, and after how long."""

import random
from dataclasses import dataclass

from esim_orders_client.errors import ApiError, ConnectionFailedError

_AGAIN = frozenset({429, 502, 503, 504})
_FIRST = 0.5
_LONGEST = 8.0
LONGEST_ASKED = 60.0
"""A call is not repeated where the API asks to wait longer than these seconds."""


@dataclass(frozen=True)
class Retrying:
    """Connection errors, 429, 502, 503 and 504 are tried again. That is safe for the calls of this API: those
    that would do something twice have an idempotency key.
    """

    most: int = 4

    def wait(self, tried: int, error: ApiError | ConnectionFailedError) -> float | None:
        """The seconds before the next try, after so many; None if this was the last."""
        if tried > self.most:
            return None
        if isinstance(error, ApiError):
            if error.status not in _AGAIN or (error.retry_after or 0) > LONGEST_ASKED:
                return None
            return backoff(tried, least=error.retry_after or 0)
        return backoff(tried)


def may_have_arrived(error: ApiError | ConnectionFailedError) -> bool:
    """Whether the call may have been done although its try failed, as where only the answer was lost."""
    return error.status != 429 if isinstance(error, ApiError) else error.arrived


def backoff(tried: int, least: float = 0) -> float:
    """Twice as long each time, never shorter than what was asked for, with jitter so that many clients do not
    come back at once.
    """
    longest = min(_LONGEST, _FIRST * 2 ** min(tried - 1, 10))
    return least + random.uniform(longest / 2, longest)  # noqa: S311  no secret
