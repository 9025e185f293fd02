"""How a failing step looks in Temporal: a stable type and a sentence without personal data.

Failures are stored in histories and shown in the Web UI, so an exception of a library never gets there: its
text may hold an address or a phone number (W6). The worker's log has the frames of the traceback.
"""

import logging
import traceback
from typing import Any

from sqlalchemy.exc import DBAPIError
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from mail.errors import MailAmbiguous, MailInvalid, MailRefusedUs, MailRejected, MailUnavailable
from models.errors import Refused, Unavailable
from models.orders.lifecycle import HoldReason
from outbox.sender import MailUncertain
from providers.port import NoOrderContact, NoStock
from store.licences.code_requests import NoQrContact, NumberSuspended
from store.licences.recipients import NoAgentAddress
from store.licences.requests import NoOwner
from store.session import constraint_of, sqlstate_of
from store.travel.notice_facts import NoStaff
from store.travel.recipients import NoSubscriberAddress
from workflows.failures import refused

_log = logging.getLogger(__name__)

# The type of each failure in Temporal, and whether it is transient, so that Temporal retries the step.
FAILURES: tuple[tuple[type[Exception], str, bool], ...] = (
    (MailUncertain, HoldReason.MAIL_UNCERTAIN, False),
    (MailAmbiguous, HoldReason.MAIL_UNCERTAIN, True),
    (MailUnavailable, HoldReason.MAIL_UNAVAILABLE, True),
    (MailRefusedUs, HoldReason.MAIL_CONFIGURATION, False),
    (MailInvalid, HoldReason.MAIL_NOT_COMPOSABLE, False),
    (MailRejected, HoldReason.MAIL_REJECTED, False),
    (NoOrderContact, HoldReason.NO_ORDER_CONTACT, False),
    (NoStock, HoldReason.NO_STOCK, False),
    (NoQrContact, HoldReason.NO_QR_CONTACT, False),
    (NoAgentAddress, HoldReason.NO_AGENT_ADDRESS, False),
    (NoOwner, HoldReason.NO_OWNER, False),
    (NoSubscriberAddress, HoldReason.NO_SUBSCRIBER_ADDRESS, False),
    (NoStaff, HoldReason.NO_STAFF, False),
    (NumberSuspended, HoldReason.NUMBER_SUSPENDED, False),
    (Unavailable, "component_unavailable", True),
    (Refused, "refused", False),
)
_UNEXPECTED = "unexpected"


def failure_type(failure: Exception) -> str:
    """The failure's type in Temporal."""
    if isinstance(failure, ApplicationError):
        return failure.type or _UNEXPECTED
    return next((str(name) for kind, name, _ in FAILURES if isinstance(failure, kind)), _UNEXPECTED)


def as_application_error(failure: Exception, attempt: int = 1) -> ApplicationError:
    """The failure as it may be stored in a history."""
    for kind, name, transient in FAILURES:
        if isinstance(failure, Refused):
            return refused(*failure.refusals, as_type="refused")
        if isinstance(failure, kind):
            return ApplicationError(str(failure), type=str(name), non_retryable=not transient)
    sentence = f"{type(failure).__name__}; the worker's log has the details."
    return ApplicationError(sentence, type=_UNEXPECTED, non_retryable=_is_permanent(failure, attempt))


def _is_permanent(failure: Exception, attempt: int) -> bool:
    """Whether the database would fail on this again: invalid data, or a constraint that is violated also in
    the second attempt. The second one reads the tables anew and may find a refusal, such as an ICCID that
    another order got meanwhile.
    """
    state = sqlstate_of(failure) if isinstance(failure, DBAPIError) else None
    if state is None:
        return False
    return state.startswith("22") or (state.startswith("23") and attempt > 1)


class SafeFailures(Interceptor):
    """Interceptor of every activity of a worker: replaces failures by those of `as_application_error`."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put this interceptor before the activity."""
        return _SafeFailuresInbound(next)


class _SafeFailuresInbound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except Exception as failure:  # noqa: BLE001  no exception may reach a history unchanged
            _log_failure(failure)
            raise as_application_error(failure, activity.info().attempt) from None


def _log_failure(failure: Exception) -> None:
    info = activity.info()
    known = isinstance(failure, tuple(kind for kind, _, _ in FAILURES))
    about = {"type": type(failure).__name__}
    if isinstance(failure, DBAPIError):
        about |= {"sqlstate": str(sqlstate_of(failure)), "constraint": str(constraint_of(failure))}
    frames = "" if known else "\n" + "".join(traceback.format_tb(failure.__traceback__))
    _log.warning(
        "%s of %s failed, attempt %d: %s%s",
        info.activity_type,
        info.workflow_id,
        info.attempt,
        " ".join(f"{key}={value}" for key, value in about.items()),
        frames,
    )
