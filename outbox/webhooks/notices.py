"""The e-mails about endpoints that were disabled; their texts are in `wording/webhooks`."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from models.operations.webhooks import DisabledFor
from outbox.emails import Email
from outbox.sender import Outgoing
from store.operations.webhook_notices import WebhookNotice


@dataclass(frozen=True, kw_only=True, repr=False)
class WebhookDisabled(Email):
    """To the administrators. `reference` is the id of the endpoint."""

    texts: ClassVar[str] = "webhooks"
    rows: ClassVar[tuple[str, ...]] = ("reference", "host", "description", "disabled_at", "account")
    reference: str
    account: str
    host: str
    description: str | None
    disabled_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class WebhookGone(WebhookDisabled):
    """The receiver answered 410."""

    name: ClassVar[str] = "webhook_gone"


@dataclass(frozen=True, kw_only=True, repr=False)
class WebhookFailing(WebhookDisabled):
    """Nothing was delivered for three days."""

    name: ClassVar[str] = "webhook_failing"
    rows: ClassVar[tuple[str, ...]] = (
        *("reference", "host", "description", "failing_since", "disabled_at", "account"),
    )
    failing_since: datetime | None


_EMAILS: dict[DisabledFor, type[WebhookDisabled]] = {
    DisabledFor.GONE: WebhookGone,
    DisabledFor.FAILING: WebhookFailing,
}


def outgoing(notice: WebhookNotice, reason: DisabledFor) -> list[Outgoing]:
    """The e-mail to each administrator. Another one each time that the endpoint is disabled."""
    email = _EMAILS[reason].of(vars(notice))
    turn = (notice.disabled_at.isoformat(),)
    return [Outgoing(email, to, turn) for to in notice.recipients]
