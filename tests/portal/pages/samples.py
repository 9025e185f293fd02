"""A sample of every page that names a record, and of every form.

A new page with a parameter in its path, and a new form, has an entry here: `METHOD /path` as it is declared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.fleet.bulk import BulkAction
from models.operations.jobs import KINDS
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


_Path = dict[str, Callable[[Known], Mapping[str, str]]]
_NEW = "black tea in the evening"
_LINE: _Path = {"path": lambda known: {"line": known.line}}
_JOB: _Path = {"path": lambda known: {"job": known.job}}
_VIEW: _Path = {"path": lambda known: {"view": known.view}}
_KEPT = {"list": "provider=Orange", "count": "1", "digest": "x", "key": "0a", "all": "yes"}
SAMPLES: dict[str, PageSample] = {
    "POST /account/language": PageSample(form=lambda _: {"language": "en"}, names_nothing=True),
    "POST /account/password": PageSample(
        form=lambda _: {"old": PASSWORD, "new": _NEW, "again": _NEW}, names_nothing=True
    ),
    "POST /account/sessions/end-others": PageSample(names_nothing=True),
    "POST /account/sessions/{session}/end": PageSample(
        path=lambda _: {"session": "SE-99999"}, names_nothing=True
    ),
    "POST /sign-in/again": PageSample(form=lambda _: {"password": PASSWORD}, names_nothing=True),
    "GET /inventory/{device}": PageSample(path=lambda known: {"device": known.device}),
    "GET /inventory/sims/{sim}": PageSample(path=lambda known: {"sim": known.sim}),
    "GET /lines/{line}": PageSample(**_LINE),
    "GET /lines/{line}/edit": PageSample(**_LINE),
    "GET /lines/{line}/iccid": PageSample(**_LINE),
    "GET /lines/{line}/why": PageSample(**_LINE),
    "POST /lines/{line}/employee": PageSample(**_LINE, form=lambda _: {"employee": "", "new_name": ""}),
    "POST /lines/{line}/groups": PageSample(**_LINE, form=lambda _: {"groups": "Lyon"}),
    "POST /lines/{line}/iccid": PageSample(**_LINE, form=lambda _: {"iccid": "8933"}),
    "POST /views": PageSample(form=lambda _: {"name": "Mine", "list": "slot=1"}, names_nothing=True),
    "POST /views/no-default": PageSample(names_nothing=True),
    "POST /views/{view}/rename": PageSample(**_VIEW, form=lambda _: {"name": "Other"}),
    "POST /views/{view}/default": PageSample(**_VIEW),
    "GET /views/{view}/delete": PageSample(**_VIEW),
    "POST /views/{view}/delete": PageSample(**_VIEW),
    **{f"POST /bulk/{action}": PageSample(form=lambda _: _KEPT, names_nothing=True) for action in BulkAction},
    **{
        f"POST /imports/{name}": PageSample(form=lambda _: {"check": "on"}, names_nothing=True)
        for name, kind in KINDS.items()
        if kind.file
    },
    "GET /jobs/{job}": PageSample(**_JOB),
    "GET /jobs/{job}/cancel": PageSample(**_JOB),
    "POST /jobs/{job}/cancel": PageSample(**_JOB),
    "POST /sign-out": PageSample(names_nothing=True, ends_session=True),
}
