"""Sample calls about numbers, agents and licences."""

from models.people.callers import Permission
from tests.callers.world import Known
from tests.portal.api.samples.sample import Sample

_KEY = {"Idempotency-Key": "a"}


def _number(known: Known) -> dict[str, str]:
    return {"number": known.number}


def _agent(known: Known) -> dict[str, str]:
    return {"agent": known.agent}


def _licence(known: Known) -> dict[str, str]:
    return {"licence": known.licence}


_NUMBERS = {
    "GET /numbers": Sample(query=lambda k: {"agent": k.agent}),
    "GET /numbers/{number}": Sample(_number, query=lambda _: {"expand": ["events", "people"]}),
    "POST /numbers/{number}/change-user": Sample(
        _number, json=lambda k: {"agent": k.agent}, headers=_KEY | {"Idempotency-Key": "user"}
    ),
    "POST /numbers/{number}/convert": Sample(_number, json=lambda _: {"line_type": "direct"}, headers=_KEY),
    "POST /numbers/{number}/suspend": Sample(_number, json=lambda _: {"reason": "Abroad."}, headers=_KEY),
    "POST /numbers/{number}/resume": Sample(_number, headers=_KEY),
    "POST /numbers/{number}/stop-esim": Sample(_number, json=lambda _: {"reason": "lost"}, headers=_KEY),
    "POST /numbers/{number}/delete": Sample(_number, headers=_KEY),
    "POST /numbers/{number}/recover": Sample(_number, headers=_KEY),
    "POST /numbers/{number}/resend": Sample(_number, headers=_KEY),
}
_AGENTS = {
    "GET /agents": Sample(names_nothing=True),
    "POST /agents": Sample(json=lambda _: {"name": "Hugo"}, headers=_KEY, names_nothing=True),
    "GET /agents/{agent}": Sample(_agent),
    "PATCH /agents/{agent}": Sample(_agent, json=lambda _: {"name": "Gina Lund"}),
    "POST /agents/{agent}/deactivate": Sample(_agent),
    "POST /agents/{agent}/activate": Sample(_agent),
}
_SMS = {"add_on": "voice_sms", "quantity": 1}
_LICENCES = {
    "GET /add-ons": Sample(names_nothing=True),
    "GET /licences": Sample(names_nothing=True),
    "GET /licences/{licence}": Sample(_licence),
    "POST /licences/{licence}/give-back": Sample(_licence, headers=_KEY),
    "POST /licences/give-back": Sample(json=lambda _: _SMS, headers=_KEY, names_nothing=True),
    "POST /licences/{licence}/change": Sample(_licence, json=lambda _: {"add_on": "voice_sms"}),
    "POST /licence-purchases": Sample(json=lambda _: _SMS, headers=_KEY, names_nothing=True),
    "GET /licence-purchases/{purchase}": Sample(lambda k: {"purchase": k.purchase}),
    "GET /licence-charges": Sample(query=lambda k: {"licence": k.licence, "month": "2026-11"}),
    "GET /licence-prices": Sample(names_nothing=True),
    "POST /licence-prices": Sample(
        json=lambda _: {"add_on": "voice_sms_data", "amount": "16.00"}, names_nothing=True
    ),
    "GET /licence-billing": Sample(names_nothing=True),
    "PATCH /licence-billing": Sample(json=lambda _: {"cycle_day": 5}, names_nothing=True),
}
_REQUESTS = {
    "GET /licence-requests": Sample(names_nothing=True),
    "POST /licence-requests": Sample(json=lambda _: _SMS, headers=_KEY, names_nothing=True),
    "GET /licence-requests/{request}": Sample(lambda k: {"request": k.licence_request}),
}
_ORDERS = {
    "POST /orders assign_licence": Sample(
        json=lambda k: {"kind": "assign_licence", "number": k.number, "licence": k.licence},
        headers={"Idempotency-Key": "assign"},
        needs=Permission.ASSIGN_LICENCES,
    ),
    "POST /orders replace_licence_esim": Sample(
        json=lambda k: {"kind": "replace_licence_esim", "number": k.number, "reason": "new_phone"},
        headers={"Idempotency-Key": "replace"},
        needs=Permission.ASSIGN_LICENCES,
    ),
}
SAMPLES = _NUMBERS | _AGENTS | _LICENCES | _REQUESTS | _ORDERS
