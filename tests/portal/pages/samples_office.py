"""Samples of the pages of the administration: keys, webhooks, catalogue, audit, e-mails."""

from collections.abc import Mapping

from tests.callers.world import Known
from tests.portal.pages.page_sample import PageSample

_KEYS = "/administration/api-keys"
_KEY_FORM = {"name": "Shop", "user": "bot@acme.example", "access": "view", "days": "90", "key": "k-1"}


def _key(known: Known) -> Mapping[str, str]:
    return {"key": known.api_key}


OFFICE: dict[str, PageSample] = {
    f"POST {_KEYS}": PageSample(form=lambda _: _KEY_FORM, names_nothing=True, answers=(200,)),
    f"GET {_KEYS}/{{key}}": PageSample(_key),
    f"GET {_KEYS}/{{key}}/revoke": PageSample(_key),
    f"POST {_KEYS}/{{key}}/revoke": PageSample(_key),
    f"POST {_KEYS}/service-user": PageSample(
        form=lambda _: {"name": "Shop", "email": "no address", "role": "viewer"}, names_nothing=True
    ),
}
