"""Samples of the pages of the administration."""

from collections.abc import Mapping

from tests.callers.world import Known
from tests.portal.pages.sample import PageSample


def _profile(known: Known) -> Mapping[str, str]:
    """The custom profile, by its id: a form may rename it."""
    return {"profile": "AP-3" if known.profile == "Clerk" else "AP-99999"}


def _default(known: Known) -> Mapping[str, str]:
    """The default profile, which cannot be deleted."""
    return {"profile": "AP-1" if known.profile == "Clerk" else "AP-99999"}


def _contact(known: Known) -> Mapping[str, str]:
    return {"contact": known.contact}


def _person(_: Known) -> Mapping[str, str]:
    """The form of a contact, with an address that is none."""
    return {"name": "Bill", "email": "no address", "language": "en"}


def _employee(known: Known) -> Mapping[str, str]:
    return {"employee": known.employee}


def _group(known: Known) -> Mapping[str, str]:
    return {"group": known.group}


ADMINISTRATION: dict[str, PageSample] = {
    "POST /administration/profiles": PageSample(form=lambda _: {"name": "", "key": "k"}, names_nothing=True),
    "GET /administration/profiles/{profile}": PageSample(_profile),
    "GET /administration/profiles/{profile}/edit": PageSample(_profile),
    "POST /administration/profiles/{profile}/edit": PageSample(
        _profile, lambda k: {"name": k.profile, "switch_to_esim": "switch_to_esim:1", "was_name": k.profile}
    ),
    "GET /administration/profiles/{profile}/delete": PageSample(_default),
    "POST /administration/profiles/{profile}/delete": PageSample(
        _default, lambda k: {"replacement": k.profile}
    ),
    "POST /administration/service-users": PageSample(
        form=lambda _: {"name": "Shop", "email": "no address", "role": "viewer", "key": "k"},
        names_nothing=True,
    ),
    "POST /administration/account/mail": PageSample(
        form=lambda _: {"language": "en", "contact_email": "no address"}, names_nothing=True
    ),
    "POST /administration/account/billing": PageSample(
        form=lambda _: {"cycle_day": "5", "time_zone": "nowhere"}, names_nothing=True
    ),
    "POST /administration/account/reminders": PageSample(
        form=lambda _: {"acknowledgement_days": "x", "qr_reminders": "1"}, names_nothing=True
    ),
    "POST /administration/employees": PageSample(form=_person, names_nothing=True),
    "GET /administration/employees/{employee}": PageSample(_employee),
    "GET /administration/employees/{employee}/edit": PageSample(_employee),
    "POST /administration/employees/{employee}/edit": PageSample(_employee, _person),
    "GET /administration/employees/{employee}/remove": PageSample(_employee),
    "POST /administration/employees/{employee}/remove": PageSample(_employee),
    "POST /administration/groups": PageSample(form=lambda _: {"name": "a;b"}, names_nothing=True),
    "GET /administration/groups/{group}/rename": PageSample(_group),
    "POST /administration/groups/{group}/rename": PageSample(_group, lambda _: {"name": "a;b"}),
    "GET /administration/groups/{group}/delete": PageSample(_group),
    "POST /administration/groups/{group}/delete": PageSample(_group),
    "POST /administration/contacts": PageSample(
        form=lambda k: {**_person(k), "distributor": k.distributor, "key": "k"}, names_nothing=True
    ),
    "GET /administration/contacts/{contact}": PageSample(_contact),
    "GET /administration/contacts/{contact}/edit": PageSample(_contact),
    "POST /administration/contacts/{contact}/edit": PageSample(_contact, _person),
    "GET /administration/contacts/{contact}/roles": PageSample(_contact),
    "POST /administration/contacts/{contact}/roles": PageSample(_contact, lambda _: {"was": "order"}),
    "GET /administration/contacts/{contact}/remove": PageSample(_contact),
    "POST /administration/contacts/{contact}/remove": PageSample(_contact),
}
