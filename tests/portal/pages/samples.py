"""A sample of every page that names a record, and of every form.

A new page with a parameter in its path, and a new form, has an entry here: `METHOD /path` as it is declared.
"""

from collections.abc import Mapping

from models.fleet.bulk import BulkAction
from models.operations.jobs import KINDS
from tests.callers.world import Known
from tests.portal.pages.people import PASSWORD
from tests.portal.pages.sample import PageSample
from tests.portal.pages.samples_administration import ADMINISTRATION
from tests.portal.pages.samples_licences import LICENCES
from tests.portal.pages.samples_office import OFFICE
from tests.portal.pages.samples_travel import SAMPLES_OF_TRAVEL

ICCID = "8933012345678901234"
DESK = "provider_desk@acme.example"
ORDER_PAGES = ("", "/placed", "/acknowledge", "/iccid", "/processed", "/cancel")


def _order(known: Known) -> Mapping[str, str]:
    return {"order": known.order}


def _cart(known: Known) -> Mapping[str, str]:
    """What the entry screens send."""
    return {
        "line": known.line,
        "action": "switch",
        "pack": "P-1",
        "quantity": "1",
        "key": "cart-1",
        "purchase_reference": "PO-4711",
        "comment": "Before noon, please.",
    }


def _esim(known: Known) -> Mapping[str, str]:
    return {"sim": known.esim}


_NEW = "black tea in the evening"


def _user(known: Known) -> Mapping[str, str]:
    return {"user": known.user}


def _line(known: Known) -> Mapping[str, str]:
    return {"line": known.line}


def _job(known: Known) -> Mapping[str, str]:
    return {"job": known.job}


def _view(known: Known) -> Mapping[str, str]:
    return {"view": known.view}


_KEPT = {"list": "provider=Orange", "count": "1", "digest": "x", "key": "0a", "all": "yes"}
SAMPLES: dict[str, PageSample] = {
    **SAMPLES_OF_TRAVEL,
    "POST /people": PageSample(
        form=lambda _: {"name": "New", "email": "no address", "role": "viewer", "distributor": ""},
        names_nothing=True,
    ),
    "GET /people/{user}": PageSample(_user),
    "POST /people/{user}/invite": PageSample(_user, answers=(503,)),
    "GET /people/{user}/edit": PageSample(_user),
    "POST /people/{user}/edit": PageSample(_user, form=lambda _: {"name": "Zed", "role": "viewer"}),
    "GET /people/{user}/unlink": PageSample(_user),
    "POST /people/{user}/unlink": PageSample(_user),
    "GET /people/{user}/deactivate": PageSample(_user),
    "POST /people/{user}/deactivate": PageSample(_user),
    "POST /people/{user}/activate": PageSample(_user),
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
    "GET /inventory/{device}": PageSample(path=lambda known: {"device": known.device}),
    "GET /inventory/sims/{sim}": PageSample(path=lambda known: {"sim": known.sim}),
    "GET /lines/{line}": PageSample(path=_line),
    "GET /lines/{line}/edit": PageSample(path=_line),
    "GET /lines/{line}/iccid": PageSample(path=_line),
    "GET /lines/{line}/why": PageSample(path=_line),
    "POST /lines/{line}/edit": PageSample(path=_line, form=lambda _: {"employee": "", "groups": "Lyon"}),
    "POST /lines/{line}/iccid": PageSample(path=_line, form=lambda _: {"iccid": "8933"}),
    "POST /views": PageSample(form=lambda _: {"name": "Mine", "list": "slot=1"}, names_nothing=True),
    "POST /views/no-default": PageSample(names_nothing=True),
    "POST /views/{view}/rename": PageSample(
        path=_view, form=lambda _: {"name": "Other"}, owner="manager@acme.example"
    ),
    "POST /views/{view}/share": PageSample(path=_view, owner="manager@acme.example"),
    "POST /views/{view}/unshare": PageSample(path=_view, owner="manager@acme.example"),
    "POST /views/{view}/default": PageSample(path=_view, owner="manager@acme.example"),
    "GET /views/{view}/delete": PageSample(path=_view, owner="manager@acme.example"),
    "POST /views/{view}/delete": PageSample(path=_view, owner="manager@acme.example"),
    **{f"POST /bulk/{action}": PageSample(form=lambda _: _KEPT, names_nothing=True) for action in BulkAction},
    **{
        f"POST /imports/{name}": PageSample(form=lambda _: {"check": "on"}, names_nothing=True)
        for name, kind in KINDS.items()
        if kind.file
    },
    **{
        f"POST /imports/{name}/mapping/delete": PageSample(names_nothing=True)
        for name, kind in KINDS.items()
        if kind.file
    },
    "GET /jobs/{job}": PageSample(path=_job),
    "POST /jobs/{job}/import": PageSample(path=_job),
    "GET /jobs/{job}/cancel": PageSample(path=_job),
    "POST /jobs/{job}/cancel": PageSample(path=_job),
    **{f"GET /orders/{{order}}{step}": PageSample(path=_order) for step in ORDER_PAGES},
    "POST /orders/{order}/acknowledge": PageSample(path=_order, form=lambda _: {"iccid": ""}, answers=(503,)),
    "POST /orders/{order}/iccid": PageSample(path=_order, form=lambda _: {"iccid": ICCID}, answers=(503,)),
    "POST /orders/{order}/processed": PageSample(
        path=_order, form=lambda _: {"iccid": ICCID, "confirmed": "yes"}, answers=(503,)
    ),
    "POST /orders/{order}/cancel": PageSample(
        path=_order, form=lambda _: {"reason": "", "confirmed": "yes"}, answers=(503,)
    ),
    "POST /orders/{order}/retry": PageSample(path=_order, answers=(503,)),
    "GET /orders/{order}/links": PageSample(_order),
    "GET /orders/{order}/links/mail-again": PageSample(_order),
    "POST /orders/{order}/links/mail-again": PageSample(_order, lambda _: {"key": "k"}),
    "GET /orders/{order}/links/{link}/revoke": PageSample(lambda k: {"order": k.order, "link": "99999"}),
    "POST /orders/{order}/links/{link}/revoke": PageSample(lambda k: {"order": k.order, "link": "99999"}),
    "POST /desk/file": PageSample(names_nothing=True, owner=DESK),
    "POST /desk/steps": PageSample(
        form=lambda k: {"rows": f"order,iccid\n{k.order},\n", "digest": "x", "key": "0a"},
        names_nothing=True,
        owner=DESK,
    ),
    "POST /shop/order": PageSample(form=_cart, answers=(200, 404)),
    "POST /shop/review": PageSample(form=_cart, answers=(200, 404)),
    "POST /shop/place": PageSample(
        form=lambda known: {**_cart(known), "confirmed": "yes"}, answers=(404, 503)
    ),
    "POST /held/retry": PageSample(
        form=lambda known: {"ids": known.request}, names_nothing=True, answers=(503,)
    ),
    **ADMINISTRATION,
    **OFFICE,
    "POST /sign-out": PageSample(names_nothing=True, ends_session=True),
    **LICENCES,
}

__all__ = ["SAMPLES", "PageSample"]
