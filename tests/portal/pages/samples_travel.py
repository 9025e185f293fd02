"""A sample of every page of travel eSIMs that names a record, and of every form."""

from collections.abc import Callable, Mapping

from tests.callers.world import Known
from tests.portal.pages.sample import PageSample

Path = Callable[[Known], Mapping[str, str]]


def _subscriber(known: Known) -> Mapping[str, str]:
    return {"subscriber": known.subscriber}


def _line(known: Known) -> Mapping[str, str]:
    return {"line": known.esim_line}


def _plan(known: Known) -> Mapping[str, str]:
    return {"plan": known.travel_plan}


def _on_line(known: Known) -> Mapping[str, str]:
    return {"line": known.esim_line, "plan": known.assignment}


def _esim(known: Known) -> Mapping[str, str]:
    return {"esim": known.stock}


def _chosen(known: Known) -> Mapping[str, str]:
    return {"countries": "Japan", "plan": known.travel_plan, "paying": "paid", "key": "travel-1"}


def _terms(_: Known) -> Mapping[str, str]:
    return {
        "name": "Asia 2",
        "countries": "Japan, Thailand",
        "data": "2 GB",
        "price": "19.90",
        "currency": "USD",
        "shelf_life_months": "12",
        "complimentary": "on",
    }


def _person(_: Known) -> Mapping[str, str]:
    return {
        "name": "Nina Novak",
        "phone": "+12125550042",
        "email": "nina@home.example",
        "plan": "basic",
        "bundles": "1",
        "language": "en",
    }


def _ordering(path: str, named: Path) -> dict[str, PageSample]:
    return {
        f"GET {path}": PageSample(named),
        f"POST {path}/review": PageSample(named, _chosen, answers=(200,)),
        f"POST {path}": PageSample(named, _chosen, answers=(503,)),
    }


def _changing(path: str, named: Path, form: Path, *answers: int) -> dict[str, PageSample]:
    return {f"GET {path}": PageSample(named), f"POST {path}": PageSample(named, form, answers=answers)}


_LINE = "/travel/lines/{line}"
SAMPLES_OF_TRAVEL: dict[str, PageSample] = {
    "GET /travel/subscribers/{subscriber}": PageSample(_subscriber),
    **_changing("/travel/subscribers/{subscriber}/edit", _subscriber, _person, 503),
    "POST /travel/new-subscriber": PageSample(form=_person, names_nothing=True),
    **_ordering("/travel/subscribers/{subscriber}/add-line", _subscriber),
    **_ordering(f"{_LINE}/add-plan", _line),
    "GET /travel/orders/{order}/placed": PageSample(lambda known: {"order": known.order}),
    f"GET {_LINE}": PageSample(_line),
    **_changing(f"{_LINE}/suspend", _line, lambda _: {"reason": "Lost."}),
    **_changing(f"{_LINE}/resume", _line, lambda _: {"reason": "Found."}),
    **_changing(f"{_LINE}/resend", _line, lambda _: {"email": "qr_code", "key": "again-1"}, 503),
    **_changing(
        f"{_LINE}/replace",
        _line,
        lambda _: {"reason": "new_phone", "key": "replace-1", "confirmed": "yes"},
        503,
    ),
    **_changing(f"{_LINE}/plans/{{plan}}/revoke", _on_line, lambda _: {}),
    "POST /travel/thresholds": PageSample(
        form=lambda _: {"profile": "7", "threshold": "3"}, names_nothing=True
    ),
    "GET /travel/stock/{esim}": PageSample(_esim),
    **_changing("/travel/stock/{esim}/discard", _esim, lambda _: {}),
    "GET /travel/plans/{plan}": PageSample(_plan),
    **_changing("/travel/plans/{plan}/pin", _plan, lambda _: {"profile": "2"}),
    **_changing("/travel/plans/{plan}/withdraw", _plan, lambda _: {}),
    "POST /travel/plans/{plan}/offer": PageSample(_plan),
    "POST /travel/new-plan": PageSample(form=_terms, names_nothing=True),
    **_changing("/travel/plans/{plan}/edit", _plan, _terms),
}
