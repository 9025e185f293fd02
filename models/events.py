"""The types of events, and who may see them. An event of an undeclared type cannot be appended.

An account sees events about its own records; those about e-mails, holds and steps are for operators.
"""

from datetime import datetime
from enum import StrEnum

from models.values import View


class Audience(StrEnum):
    """Who may see an event. Operators see every event."""

    ACCOUNT = "account"
    OPERATOR = "operator"


_ACCOUNT = (
    *("order.submitted", "order.refused", "order.provider_processing", "order.processed", "order.cancelled"),
    "order.mailed_again",
    *("esim.temporary_created", "esim.temporary_deleted", "esim.iccid_entered", "esim.activated"),
    *("sim.discarded", "incident.processed_after_cancelled"),
    *("qr.requested", "qr.sent_again", "qr.refused", "qr.withdrawn", "qr.sim_discarded"),
    *("qr.imported", "qr.import_refused", "qr.shown"),
    *("notification.created", "notification.revoked"),
    *("link.checked", "link.used", "link.shown", "link.downloaded", "link.refused"),
    "link.revoked",
    *("mail.sent", "person.erased"),
    *("account.created", "account.renamed", "account.closed", "account.reopened"),
    *("account.language_changed", "account.contact_changed", "account.sender_changed"),
    "account.reminders_changed",
    *("account.mapping_saved", "account.mapping_deleted"),
    *("user.created", "user.renamed", "user.role_changed", "user.profile_changed", "user.language_changed"),
    *("user.deactivated", "user.activated"),
    *("profile.created", "profile.renamed", "profile.deleted"),
    *("profile.targets_enabled", "profile.targets_disabled"),
    *("contact.created", "contact.changed", "contact.removed"),
    *("employee.created", "employee.changed", "employee.removed"),
    *("group.created", "group.renamed", "group.deleted"),
    *("view.shared", "view.unshared", "view.renamed", "view.deleted"),
    *("api_key.created", "api_key.revoked"),
    *("user.signed_in", "user.session_ended", "user.password_changed", "user.invited", "user.reset_asked"),
    *("user.openid_linked", "user.openid_unlinked"),
    *("sim.employee_changed", "line.groups_changed"),
    *("number.added", "number.edited"),
    *("agent.created", "agent.changed", "agent.deactivated", "agent.activated"),
    *("licence.bought", "licence.given_back", "licence.changed"),
    *("licence_request.created", "licence_request.answered", "add_on.price_set", "billing.changed"),
    *("number.user_changed", "number.deleted", "number.recovered", "number.suspended", "number.resumed"),
    *("number.made_direct", "number.made_shared", "number.esim_stopped", "number.provider_notified"),
    "esim_line.confirmation_resent",
    *("esim_line.added", "plan.assigned", "stock.added", "stock.returned", "stock.threshold_set"),
    *("plan.started", "plan.corrected", "plan.expired", "plan.depleted", "plan.lapsed", "plan.revoked"),
    *("esim_line.installed", "esim_line.suspended", "esim_line.resumed", "esim_line.ended"),
    *("stock.ended", "stock.discarded", "travel_notice.recorded"),
    *("esim.suspended", "esim.resumed", "licence.freed", "licence_request.notified"),
    *("subscriber.created", "subscriber.changed", "travel_rates.imported", "travel_plan.profile_changed"),
    *("travel_plan.created", "travel_plan.changed", "travel_plan.pinned", "travel_plan.unpinned"),
    *("travel_plan.withdrawn", "travel_plan.offered_again"),
    *("job.created", "job.done", "job.failed", "job.cancelled"),
    *("webhook.created", "webhook.changed", "webhook.deleted", "webhook.enabled", "webhook.disabled"),
    *("webhook.rotated", "webhook.tested", "webhook.replayed"),
)
_OPERATOR = (
    *("order.held", "order.released", "qr.held", "qr.released", "notification.held", "notification.released"),
    *("number_change.held", "number_change.released", "number_change.given_up", "number.notice_superseded"),
    *("licence_request.held", "licence_request.released", "licence_request.given_up"),
    *("travel_notice.held", "travel_notice.released", "travel_notice.given_up"),
    *("user_mail.held", "user_mail.released", "user_mail.given_up"),
    *("travel_line.held", "travel_line.released", "travel_line.given_up"),
    *("job.held", "job.released", "job.given_up"),
    *("mail.failed", "mail.uncertain", "mail.given_up", "notification.given_up"),
)

EVENT_TYPES: dict[str, Audience] = {
    **dict.fromkeys(_ACCOUNT, Audience.ACCOUNT),
    **dict.fromkeys(_OPERATOR, Audience.OPERATOR),
}
"""Every event type, and who may see it."""


def audience_of(event_type: str) -> Audience:
    """Who may see events of this type. Raises `LookupError` for an undeclared type."""
    try:
        return EVENT_TYPES[event_type]
    except KeyError:
        raise LookupError(f"The event type {event_type} is not declared in models/events.py.") from None


class EventView(View):
    """One event of the append-only event log."""

    at: datetime
    actor: str
    type: str
    data: dict[str, object]
    about: tuple[str, ...] = ()
    """References to what it is about, the main one first: an order, a request, `sim:12`, `link:5`."""


class FeedEvent(EventView):
    """An event of the feed. `id` is unique for ever, also after a restore, and is a cursor: the feed can be
    read from it.
    """

    id: str
    account_id: int | None
    origin_id: int | None = None


def sim_references(
    sim_id: int,
    *,
    request_id: str | None = None,
    notification_id: str | None = None,
    link_id: int | None = None,
) -> tuple[str, ...]:
    """The references of an event about a SIM's QR code: its request or notification first, then the SIM."""
    link = None if link_id is None else f"link:{link_id}"
    return tuple(name for name in (request_id, notification_id, f"sim:{sim_id}", link) if name is not None)
