"""A sample of every page that names a record, and of every form.

A new page with a parameter in its path, and a new form, has an entry here: `METHOD /path` as it is declared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.callers.world import Known
from tests.portal.pages.people import PASSWORD


@dataclass(frozen=True)
class PageSample:
    """What is filled into the path, of these known records, and the fields of the form."""

    path: Callable[[Known], Mapping[str, str]] = lambda _: {}
    form: Callable[[Known], Mapping[str, str]] = lambda _: {}
    names_nothing: bool = False
    """It is about the signed-in user alone: no id of another account can be named."""
    ends_session: bool = False


def _esim(known: Known) -> Mapping[str, str]:
    return {"sim": known.esim}


_NEW = "black tea in the evening"
SAMPLES: dict[str, PageSample] = {
    "POST /account/language": PageSample(form=lambda _: {"language": "en"}, names_nothing=True),
    "POST /account/password": PageSample(
        form=lambda _: {"old": PASSWORD, "new": _NEW, "again": _NEW}, names_nothing=True
    ),
    "POST /account/sessions/end-others": PageSample(names_nothing=True),
    "POST /account/sessions/{session}/end": PageSample(
        path=lambda _: {"session": "SE-99999"}, names_nothing=True
    ),
    "GET /sims/{sim}/qr": PageSample(_esim),
    "POST /sims/{sim}/qr/reveal": PageSample(_esim),
    "POST /sims/{sim}/qr/png": PageSample(_esim),
    "POST /sims/{sim}/qr/import": PageSample(_esim),
    "POST /sims/{sim}/qr/enter": PageSample(_esim, lambda _: {"code": "x", "confirmation_code": "1"}),
    "GET /sims/{sim}/qr/notify": PageSample(_esim),
    "POST /sims/{sim}/qr/notify": PageSample(_esim, lambda _: {"to": "no address", "key": "k"}),
    "GET /qr/notifications/{notification}/revoke": PageSample(lambda k: {"notification": k.notification}),
    "POST /qr/notifications/{notification}/revoke": PageSample(lambda k: {"notification": k.notification}),
    "GET /sims/{sim}/qr-request": PageSample(_esim),
    "POST /sims/{sim}/qr-request": PageSample(
        _esim,
        lambda _: {"cc": "no address", "subject": "s", "text": "t", "key": "k", "again": ""},  # to nobody
    ),
    "GET /qr/requests/{request}/withdraw": PageSample(lambda k: {"request": k.request}),
    "POST /qr/requests/{request}/withdraw": PageSample(lambda k: {"request": k.request}),
    "POST /sign-in/again": PageSample(form=lambda _: {"password": PASSWORD}, names_nothing=True),
    "POST /sign-out": PageSample(names_nothing=True, ends_session=True),
}
