"""Sample calls about travel eSIMs."""

from models.people.callers import Permission
from tests.callers.world import Known
from tests.portal.api.samples.sample import Sample

_KEY = {"Idempotency-Key": "a"}
_PLAN = {
    "name": "New",
    "countries": ["FR"],
    "data_mb": 1000,
    "price": "9.90",
    "currency": "USD",
}
_PERSON = {"name": "Rosa", "phone_number": "+12125550099", "plan": "basic", "email": "new@home.example"}


def _subscriber(known: Known) -> dict[str, str]:
    return {"subscriber": known.subscriber}


def _plan(known: Known) -> dict[str, str]:
    return {"plan": known.travel_plan}


def _line(known: Known) -> dict[str, str]:
    return {"line": known.esim_line}


def _esim(known: Known) -> dict[str, str]:
    return {"esim": known.stock}


SAMPLES = {
    "GET /subscribers": Sample(names_nothing=True),
    "GET /subscribers/{subscriber}": Sample(_subscriber),
    "POST /subscribers": Sample(json=lambda _: _PERSON, headers=_KEY, names_nothing=True),
    "PATCH /subscribers/{subscriber}": Sample(_subscriber, json=lambda _: {"bundles": 2}),
    "GET /travel-plans": Sample(names_nothing=True),
    "POST /travel-plans": Sample(json=lambda _: _PLAN, headers=_KEY, names_nothing=True),
    "GET /travel-offers": Sample(query=lambda k: {"country": ["FR", "ES"], **_subscriber(k)}),
    "GET /travel-plans/{plan}": Sample(_plan),
    "PATCH /travel-plans/{plan}": Sample(_plan, json=lambda _: {"data_mb": 2000}),
    "POST /travel-plans/{plan}/pin": Sample(_plan, json=lambda _: {"profile": 2}),
    "POST /travel-plans/{plan}/unpin": Sample(_plan),
    "POST /travel-plans/{plan}/withdraw": Sample(_plan),
    "POST /travel-plans/{plan}/offer": Sample(_plan),
    "GET /travel-stock": Sample(query=lambda _: {"profile": 7, "state": "free"}, names_nothing=True),
    "GET /travel-stock/{esim}": Sample(_esim),
    "POST /travel-stock/{esim}/discard": Sample(_esim),
    "GET /travel-profiles": Sample(names_nothing=True),
    "PATCH /travel-profiles/{profile}": Sample(
        lambda _: {"profile": "7"}, json=lambda _: {"threshold": 1}, names_nothing=True
    ),
    "GET /esim-lines": Sample(query=_subscriber),
    "GET /esim-lines/{line}": Sample(_line),
    "GET /esim-lines/{line}/reports": Sample(_line),
    "POST /esim-lines/{line}/suspend": Sample(_line, json=lambda _: {"reason": "Lost."}),
    "POST /esim-lines/{line}/resume": Sample(_line, json=lambda _: {}),
    "POST /esim-lines/{line}/resend": Sample(_line, json=lambda _: {"email": "qr_code"}, headers=_KEY),
    "POST /assigned-plans/{plan}/revoke": Sample(lambda k: {"plan": k.assignment}),
    "POST /esim-lines/{line}/connections": Sample(_line, json=lambda _: {"country": "JP"}, headers=_KEY),
    "POST /esim-lines/{line}/usage": Sample(
        _line, json=lambda _: {"country": "JP", "used_bytes": 1}, headers=_KEY
    ),
    "POST /esim-lines/{line}/installations": Sample(_line, json=lambda _: {}, headers=_KEY),
    "POST /orders add_line": Sample(
        json=lambda k: {"kind": "add_line", **_subscriber(k), **_plan(k)},
        headers=_KEY,
        needs=Permission.SELL_TRAVEL,
    ),
    "POST /orders add_plan": Sample(
        json=lambda k: {"kind": "add_plan", **_line(k), **_plan(k)},
        headers=_KEY,
        needs=Permission.SELL_TRAVEL,
    ),
    "POST /orders replace_line_esim": Sample(
        json=lambda k: {"kind": "replace_line_esim", **_line(k), "reason": "deleted"},
        headers=_KEY,
        needs=Permission.SELL_TRAVEL,
    ),
}
