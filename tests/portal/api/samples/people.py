"""Sample calls about people, accounts and API keys."""

from tests.builders import ACCOUNT
from tests.portal.api.samples.sample import Sample

_KEY = {"Idempotency-Key": "a"}
_OF_PROFILE = Sample(lambda k: {"profile": k.profile}, json=lambda _: {"targets": ["all"]})

SAMPLES = {
    "GET /accounts": Sample(names_nothing=True),
    "GET /account": Sample(names_nothing=True),
    "GET /accounts/{account}": Sample(lambda k: {"account": k.account}),
    "POST /accounts": Sample(json=lambda _: {"name": "New"}, headers=_KEY, names_nothing=True),
    "PATCH /account": Sample(json=lambda _: {"language": "fr"}, names_nothing=True),
    "GET /account/reminders": Sample(names_nothing=True),
    "PUT /account/reminders": Sample(json=lambda _: {"qr_code_days": 5}, names_nothing=True),
    "POST /account/rename": Sample(json=lambda _: {"name": ACCOUNT}, names_nothing=True),
    "POST /account/close": Sample(names_nothing=True),
    "POST /account/reopen": Sample(names_nothing=True),
    "GET /users": Sample(names_nothing=True),
    "POST /users": Sample(
        json=lambda _: {"name": "New", "email": "new@acme.example", "role": "viewer"},
        headers=_KEY,
        names_nothing=True,
    ),
    "GET /users/{user}": Sample(lambda k: {"user": k.user}),
    "PATCH /users/{user}": Sample(lambda k: {"user": k.user}, json=lambda _: {"language": "fr"}),
    "POST /users/{user}/deactivate": Sample(lambda k: {"user": k.user}),
    "POST /users/{user}/invite": Sample(lambda k: {"user": k.user}, headers=_KEY),
    "POST /users/{user}/activate": Sample(lambda k: {"user": k.user}),
    "GET /profiles": Sample(names_nothing=True),
    "POST /profiles": Sample(json=lambda _: {"name": "New"}, headers=_KEY, names_nothing=True),
    "GET /profiles/{profile}": Sample(lambda k: {"profile": k.profile}),
    "PATCH /profiles/{profile}": Sample(
        lambda k: {"profile": k.profile}, json=lambda _: {"targets": ["all"]}
    ),
    "DELETE /profiles/{profile}": Sample(lambda k: {"profile": k.profile}),
    "POST /profiles/{profile}/enable": _OF_PROFILE,
    "POST /profiles/{profile}/disable": _OF_PROFILE,
    "GET /distributors": Sample(names_nothing=True),
    "GET /contacts": Sample(query=lambda k: {"distributor": k.distributor}),
    "POST /contacts": Sample(
        json=lambda k: {"distributor": k.distributor, "name": "New", "email": "new@telvia.example"},
        headers=_KEY,
    ),
    "GET /contacts/{contact}": Sample(lambda k: {"contact": k.contact}),
    "PATCH /contacts/{contact}": Sample(lambda k: {"contact": k.contact}, json=lambda _: {"name": "New"}),
    "DELETE /contacts/{contact}": Sample(lambda k: {"contact": k.contact}),
    "GET /employees": Sample(names_nothing=True),
    "POST /employees": Sample(
        json=lambda _: {"name": "New", "email": "new@acme.example"}, names_nothing=True
    ),
    "GET /employees/{employee}": Sample(lambda k: {"employee": k.employee}),
    "PATCH /employees/{employee}": Sample(
        lambda k: {"employee": k.employee}, json=lambda _: {"language": "fr"}
    ),
    "DELETE /employees/{employee}": Sample(lambda k: {"employee": k.employee}),
    "GET /groups": Sample(names_nothing=True),
    "POST /groups": Sample(json=lambda _: {"name": "New"}, names_nothing=True),
    "GET /groups/{group}": Sample(lambda k: {"group": k.group}),
    "PATCH /groups/{group}": Sample(lambda k: {"group": k.group}, json=lambda _: {"name": "Other"}),
    "DELETE /groups/{group}": Sample(lambda k: {"group": k.group}),
    "GET /api-keys": Sample(names_nothing=True),
    "GET /api-keys/{key}": Sample(lambda k: {"key": k.api_key}),
    "POST /api-keys": Sample(json=lambda k: {"name": "Reports", "user": k.user}, headers=_KEY),
    "POST /api-keys/{key}/revoke": Sample(lambda k: {"key": k.api_key}),
}
