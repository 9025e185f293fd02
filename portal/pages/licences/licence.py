"""`/licences/list`, `/licences/{licence}`: what each costs; change and give back one (L18, L32, L36)."""

import uuid
from typing import Any, ClassVar

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.identifiers import parse_reference, reference
from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceStatus, LicenceView
from models.paging import Page, Position
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.licences.listed import ROWS, Filter, Listed
from portal.pages.licences.words import said
from portal.pages.routes import form, page
from wording.labels import charge_reason, licence_status


class LicenceFilter(Filter):
    """The filter of the list."""

    at: ClassVar[str] = "/licences/list"
    add_on: AddOn | None = None
    status: LicenceStatus | None = None


class ChangeForm(FormModel):
    """The add-on that the licence becomes. `shown`: what was said of each choice."""

    add_on: AddOn
    shown: tuple[str, ...] = ()


class KeyForm(FormModel):
    """A confirmation. `key`: the same form gives back once."""

    key: str = Field(default="", max_length=100)


async def show_list(request: Request, who: SignedIn) -> Response:
    """The licences by number."""

    async def read(chosen: LicenceFilter, after: Position | None) -> Page[LicenceView]:
        return await who.desks.licences.licences(
            who.caller, add_on=chosen.add_on, status=chosen.status, limit=ROWS, after=after
        )

    listed = await Listed[LicenceFilter, LicenceView].of(request, who, LicenceFilter, read)
    return who.page(
        request,
        "licences/list",
        listed.status,
        listed=listed,
        add_ons=[(each.value, each.label) for each in AddOn],
        statuses=[(each.value, licence_status(each, who.language)) for each in LicenceStatus],
        status_of=lambda status: licence_status(status, who.language),
        **said(who),
    )


async def show(request: Request, who: SignedIn) -> Response:
    """A licence: which number uses it, what becomes of it, and its charges of this month."""
    return await _one(request, who, await _licence(request, who), unsent())


async def _one(
    request: Request, who: SignedIn, licence: LicenceView, sent: Sent[Any], status: int = 200
) -> Response:
    month = await who.desks.licences.charges(who.caller, licence=licence.reference)
    return who.page(
        request,
        "licences/licence",
        status,
        licence=licence,
        form=sent,
        charges=month,
        status_words=licence_status(licence.status, who.language),
        reason_of=lambda reason: charge_reason(reason, who.language),
        **said(who, month.currency),
    )


async def ask_change(request: Request, who: SignedIn) -> Response:
    """What the licence can be changed to, when and at what cost."""
    return await _change(request, who, unsent())


async def change(request: Request, who: SignedIn) -> Response:
    """A dearer add-on at once, a cheaper one from the next cycle on; the eSIM stays."""
    sent, licence = await read_form(request, ChangeForm, who.language), await _licence(request, who)
    with Asking(sent, who.language, others="add_on") as asking:
        if (given := sent.model) is not None:
            done = await who.desks.licences.change(
                who.caller, licence.reference, given.add_on, shown=given.shown or None
            )
            path = f"/licences/{licence.reference}"
            if done.change is None or done.applies_from is None:
                return who.done(path, "licence_unchanged", licence=licence.reference)
            words = said(who, done.currency)
            return who.done(
                path,
                f"licence_{done.change}",
                licence=licence.reference,
                add_on=given.add_on.label,
                day=words["day"](done.applies_from),
                amount=words["money"](done.amount),
            )
    return await _change(request, who, asking.form, asking.status)


async def _change(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    licence = await _licence(request, who)
    with Asking(sent, who.language) as asking:
        offers = await who.desks.licence_plan.changes(who.caller, licence.reference)
        currency = offers[0].currency if offers else "EUR"
        return who.page(
            request,
            "licences/change",
            status,
            licence=licence,
            offers=offers,
            form=sent,
            **said(who, currency),
        )
    return await _one(request, who, licence, asking.form, asking.status)


async def ask_give_back(request: Request, who: SignedIn) -> Response:
    """What giving back means, and whether it is meant."""
    return await _give_back(request, who, unsent(key=uuid.uuid4().hex))


async def give_back(request: Request, who: SignedIn) -> Response:
    """It stays usable to the end of what is paid, and then is gone (L32)."""
    sent, licence = await read_form(request, KeyForm, who.language), await _licence(request, who)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            (done,) = await who.desks.licences.give_back(who.caller, licence.reference, key=given.key or None)
            day = said(who)["day"](done.usable_until) if done.usable_until else ""
            path = f"/licences/{licence.reference}"
            return who.done(path, "licences_given_back", licences=licence.reference, day=day)
    return await _give_back(request, who, asking.form, asking.status)


async def _give_back(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    licence, plan = await _licence(request, who), await who.desks.licence_plan.plan(who.caller)
    words = said(who, plan.currency)
    return who.page(request, "licences/give_back", status, licence=licence, plan=plan, form=sent, **words)


async def _licence(request: Request, who: SignedIn) -> LicenceView:
    number = parse_reference("LI", request.path_params["licence"])
    if number is None:
        raise NotFound.because("unknown_licence")
    return await who.desks.licences.licence(who.caller, reference("LI", number))


_BUY = Permission.BUY_LICENCES
routes = [
    page("/licences/list", show_list, needs=Permission.VIEW_LICENCES),
    page("/licences/{licence}", show, needs=Permission.VIEW_LICENCES),
    page("/licences/{licence}/change", ask_change, needs=_BUY, recent=True),
    form("/licences/{licence}/change", change, needs=_BUY, recent=True),
    page("/licences/{licence}/give-back", ask_give_back, needs=_BUY, recent=True),
    form("/licences/{licence}/give-back", give_back, needs=_BUY, recent=True),
]
