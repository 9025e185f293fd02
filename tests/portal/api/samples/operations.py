"""Sample calls about held work, jobs and the audit."""

from tests.portal.api.samples.sample import Sample

_ROW = {"kind": "switch_to_esim", "discard_confirmed": True}

SAMPLES = {
    "POST /jobs": Sample(
        json=lambda k: {"kind": "place_orders", "rows": [_ROW | {"line": k.line}]},
        headers={"Idempotency-Key": "a"},
        names_nothing=True,
    ),
    "GET /jobs": Sample(names_nothing=True),
    "GET /jobs/{job}": Sample(lambda k: {"job": k.job}),
    "GET /jobs/{job}/report": Sample(lambda k: {"job": k.job}),
    "POST /jobs/{job}/cancel": Sample(lambda k: {"job": k.job}),
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
