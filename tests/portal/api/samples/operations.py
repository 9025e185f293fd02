"""Sample calls about held work, jobs and the audit."""

from models.people.callers import Permission
from tests.callers.api_samples import PUBLIC
from tests.callers.world import Known
from tests.portal.api.samples.sample import Sample

_ROW = {"kind": "switch_to_esim", "discard_confirmed": True}


def _webhook(known: Known) -> dict[str, str]:
    return {"webhook": known.webhook}


SAMPLES = {
    "POST /jobs": Sample(
        json=lambda k: {"kind": "place_orders", "rows": [_ROW | {"line": k.line}]},
        headers={"Idempotency-Key": "a"},
        names_nothing=True,
        needs=Permission.PLACE_ORDERS,
    ),
    "GET /jobs": Sample(names_nothing=True),
    "GET /import-mappings": Sample(names_nothing=True),
    "DELETE /import-mappings/{kind}": Sample(
        lambda _: {"kind": "import_fleet"}, names_nothing=True, needs=Permission.IMPORT_INVENTORY
    ),
    "GET /jobs/{job}": Sample(lambda k: {"job": k.job}),
    "GET /jobs/{job}/report": Sample(lambda k: {"job": k.job}),
    "POST /jobs/{job}/cancel": Sample(lambda k: {"job": k.job}),
    "GET /webhooks": Sample(names_nothing=True),
    "POST /webhooks": Sample(
        json=lambda _: {"url": PUBLIC}, headers={"Idempotency-Key": "hook"}, names_nothing=True
    ),
    "GET /webhooks/{webhook}": Sample(_webhook),
    "PATCH /webhooks/{webhook}": Sample(_webhook, json=lambda _: {"description": "Shop"}),
    "DELETE /webhooks/{webhook}": Sample(_webhook),
    "POST /webhooks/{webhook}/test": Sample(_webhook, headers={"Idempotency-Key": "ping"}),
    "POST /webhooks/{webhook}/rotate": Sample(_webhook, headers={"Idempotency-Key": "rotate"}),
    "POST /webhooks/{webhook}/disable": Sample(_webhook),
    "POST /webhooks/{webhook}/enable": Sample(_webhook),
    "POST /webhooks/{webhook}/replay": Sample(
        _webhook, json=lambda _: {"from": "2026-01-01T00:00:00Z"}, headers={"Idempotency-Key": "replay"}
    ),
    "GET /webhooks/{webhook}/attempts": Sample(_webhook),
    "GET /held": Sample(names_nothing=True),
    "POST /held/retry": Sample(json=lambda _: {"reason": "no_stock"}, names_nothing=True),
    "POST /held/{workflow}/retry": Sample(lambda k: {"workflow": k.request}),
    "GET /audit": Sample(names_nothing=True),
    "GET /event-types": Sample(names_nothing=True),
    "GET /events": Sample(names_nothing=True),
    "GET /events/stream": Sample(names_nothing=True),
    "GET /orders/{order}/events/stream": Sample(lambda k: {"order": k.order}),
    "GET /sims/{sim}/events/stream": Sample(lambda k: {"sim": k.sim}),
}
