"""Samples of the pages about licences, numbers and agents; Temporal is unavailable in these tests."""

from collections.abc import Mapping

from tests.callers.world import Known
from tests.portal.pages.sample import PageSample


def _number(known: Known) -> Mapping[str, str]:
    return {"number": known.number}


def _agent(known: Known) -> Mapping[str, str]:
    return {"agent": known.agent}


def _licence(known: Known) -> Mapping[str, str]:
    return {"licence": known.licence}


_DONE = {"key": "k", "confirmed": "yes"}
_AGENT = {"name": "Gina", "email": "no address", "language": "en", "eid": "", "phone": "", "key": "k"}
_TABS = ("", "/integrations", "/history", "/user", "/suspend", "/stop", "/delete")
_ORDERS = ("/assign", "/assign/confirm", "/replace", "/resend")
LICENCES: dict[str, PageSample] = {
    **{f"GET /numbers/{{number}}{tab}": PageSample(_number) for tab in (*_TABS, *_ORDERS)},
    "POST /numbers/{number}/user": PageSample(
        _number, lambda _: {"agent": "nobody@acme.example", **_DONE}, answers=(503,)
    ),
    "POST /numbers/{number}/suspend": PageSample(
        _number, lambda _: {"reason": "Holidays", **_DONE}, answers=(503,)
    ),
    "POST /numbers/{number}/stop": PageSample(_number, lambda _: {"reason": "lost", **_DONE}, answers=(503,)),
    "POST /numbers/{number}/delete": PageSample(_number, lambda _: _DONE, answers=(503,)),
    "POST /numbers/{number}/convert": PageSample(
        _number, lambda _: {"line_type": "shared", "back": "integrations"}, answers=(503,)
    ),
    "POST /numbers/{number}/resume": PageSample(_number, answers=(503,)),
    "POST /numbers/{number}/recover": PageSample(_number, answers=(503,)),
    "POST /numbers/{number}/assign": PageSample(
        _number,
        lambda _: {"add_on": "voice_sms", "licence": "", "phone": "yes", "key": "k"},
        answers=(503,),
    ),
    "POST /numbers/{number}/replace": PageSample(
        _number, lambda _: {"reason": "new_phone", "phone": "yes", **_DONE}, answers=(503,)
    ),
    "POST /numbers/{number}/resend": PageSample(_number, lambda _: {"key": "k"}, answers=(503,)),
    "POST /agents": PageSample(form=lambda _: _AGENT, names_nothing=True),
    "GET /agents/{agent}": PageSample(_agent),
    "GET /agents/{agent}/edit": PageSample(_agent),
    "POST /agents/{agent}/edit": PageSample(
        _agent, lambda _: {**_AGENT, "was_name": "Gina", "was_email": "a@acme.example"}, answers=(503,)
    ),
    "GET /agents/{agent}/deactivate": PageSample(_agent),
    "POST /agents/{agent}/deactivate": PageSample(_agent, answers=(503,)),
    "POST /agents/{agent}/activate": PageSample(_agent),
    "POST /licences/buy": PageSample(
        form=lambda _: {"add_on": "voice_sms", "quantity": "1", "key": "k"}, names_nothing=True
    ),
    "POST /licences/give-back": PageSample(
        form=lambda _: {"add_on": "voice_sms", "quantity": "900", "key": "k"}, names_nothing=True
    ),
    "POST /licences/requests": PageSample(
        form=lambda _: {"add_on": "voice_sms", "quantity": "2", "note": "Soon.", "key": "k"},
        names_nothing=True,
        answers=(503,),
    ),
    "GET /licences/{licence}": PageSample(_licence),
    "GET /licences/{licence}/change": PageSample(_licence),
    "POST /licences/{licence}/change": PageSample(_licence, lambda _: {"add_on": "voice_sms_data"}),
    "GET /licences/{licence}/give-back": PageSample(_licence),
    "POST /licences/{licence}/give-back": PageSample(_licence, lambda _: {"key": "k"}),
}
