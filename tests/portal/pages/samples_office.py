"""Samples of the pages of the administration: keys, webhooks, catalogue, audit, e-mails."""

from collections.abc import Mapping

from tests.callers.world import Known
from tests.portal.pages.sample import PageSample

_KEYS = "/administration/api-keys"
_KEY_FORM = {"name": "Shop", "user": "bot@acme.example", "access": "view", "days": "90", "key": "k-1"}


_HOOKS = "/administration/webhooks"
_HOOK_FORM = {"url": "http://127.0.0.1:9/x", "description": "Stock", "which": "all"}


def _key(known: Known) -> Mapping[str, str]:
    return {"key": known.api_key}


def _hook(known: Known) -> Mapping[str, str]:
    return {"webhook": known.webhook}


OFFICE: dict[str, PageSample] = {
    f"POST {_KEYS}": PageSample(form=lambda _: _KEY_FORM, names_nothing=True, answers=(200,)),
    f"GET {_KEYS}/{{key}}": PageSample(_key),
    f"GET {_KEYS}/{{key}}/revoke": PageSample(_key),
    f"POST {_KEYS}/{{key}}/revoke": PageSample(_key),
    f"POST {_HOOKS}": PageSample(form=lambda _: _HOOK_FORM, names_nothing=True),
    **{f"GET {_HOOKS}/{{webhook}}{step}": PageSample(_hook) for step in ("", "/edit", "/rotate", "/delete")},
    f"POST {_HOOKS}/{{webhook}}/edit": PageSample(_hook, lambda _: _HOOK_FORM),
    f"POST {_HOOKS}/{{webhook}}/test": PageSample(_hook, answers=(200,)),
    f"POST {_HOOKS}/{{webhook}}/replay": PageSample(
        _hook, lambda _: {"event": "", "since": "2026-11-27T10:00", "until": ""}
    ),
    f"POST {_HOOKS}/{{webhook}}/rotate": PageSample(_hook, lambda _: {"hours": "24"}, answers=(200,)),
    f"POST {_HOOKS}/{{webhook}}/disable": PageSample(_hook),
    f"POST {_HOOKS}/{{webhook}}/enable": PageSample(_hook, lambda _: {"missed": "send"}),
    f"POST {_HOOKS}/{{webhook}}/delete": PageSample(_hook),
    "GET /administration/audit/{entry}": PageSample(lambda known: {"entry": known.event}),
}
