"""The words of states, reasons and results of webhooks in English; `wording` has those of other languages."""

from collections.abc import Mapping

from models.operations.webhooks import DisabledFor, Outcome, WebhookState

STATES: Mapping[WebhookState, str] = {
    WebhookState.ENABLED: "enabled",
    WebhookState.FAILING: "failing",
    WebhookState.DISABLED: "disabled",
}
DISABLED_FOR: Mapping[DisabledFor, str] = {
    DisabledFor.ASKED: "disabled",
    DisabledFor.GONE: "disabled: the receiver answered 410",
    DisabledFor.FAILING: "disabled: nothing was delivered for three days",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.DELIVERED: "delivered",
    Outcome.STATUS: "status",
    Outcome.TIMEOUT: "no answer within ten seconds",
    Outcome.CONNECTION: "the connection failed: nothing listens there, or it was lost",
    Outcome.TLS: "the certificate or TLS failed",
    Outcome.UNKNOWN_HOST: "the host is not found",
    Outcome.PRIVATE_ADDRESS: "the address is not public",
}
