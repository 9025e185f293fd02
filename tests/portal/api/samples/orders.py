"""Sample calls about orders."""

from models.people.callers import Permission
from tests.portal.api.samples.sample import Sample

_KEY = {"Idempotency-Key": "a"}

SAMPLES = {
    "POST /orders": Sample(
        json=lambda k: {"kind": "switch_to_esim", "line": k.line, "discard_confirmed": True}, headers=_KEY
    ),
    "GET /orders": Sample(query=lambda k: {"line": k.line}),
    "GET /orders/{order}": Sample(lambda k: {"order": k.order}),
    "POST /orders/{order}/acknowledge": Sample(lambda k: {"order": k.order}, json=lambda _: {}),
    "POST /orders/{order}/iccid": Sample(
        lambda k: {"order": k.order}, json=lambda _: {"iccid": "8933010000000000017"}
    ),
    "POST /orders/{order}/processed": Sample(lambda k: {"order": k.order}, json=lambda _: {}),
    # the sample's order is not acknowledged yet: who may place such an order may cancel it
    "POST /orders/{order}/cancel": Sample(
        lambda k: {"order": k.order},
        json=lambda _: {"reason": "Ours."},
        also=frozenset({Permission.PLACE_ORDERS}),
    ),
    "POST /orders/{order}/retry": Sample(lambda k: {"order": k.order}),
    "POST /orders/{order}/mail-again": Sample(lambda k: {"order": k.order}, headers=_KEY),
}
