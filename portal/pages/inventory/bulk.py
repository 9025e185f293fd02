"""`/bulk/{action}`: one action on chosen rows or all of a list, with a preview and a confirmation (P6)."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.fleet.bulk import MOST_SHOWN, Bulk, BulkAction, BulkDone, packs_of
from models.orders.views import OrderView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form
from portal.pages.inventory.listed import LIST, Listed
from portal.pages.inventory.named_groups import names_of, naming
from portal.pages.routes import Page, View, form, page
from wording.refusals import sentence

_FIELDS = {
    **dict.fromkeys(("unknown_employee",), "employee"),
    **dict.fromkeys(("groups_unknown", "no_groups", "name_invalid", "group_name_invalid"), "groups"),
    "discard_not_confirmed": "confirmed",
}
ORDERS = (BulkAction.SWITCH_TO_ESIM, BulkAction.REPLACE_ESIM)


class BulkForm(FormModel):
    """What was chosen, what is to be done, and what was shown of it."""

    row: tuple[Annotated[str, Field(pattern=r"^[LS]-[0-9]{1,18}$")], ...] = Field(default=(), max_length=100)
    all: Literal["", "yes"] = ""
    list: str = Field(default="", max_length=3_000)
    employee: str = Field(default="", max_length=LONGEST_NAME)
    groups: str = Field(default="", max_length=2_000)
    mode: Literal["set", "add", "remove"] = "add"
    create: Literal["", "on"] = ""
    pack: tuple[Annotated[str, Field(pattern=r"^(P-[0-9]{1,18} .{1,200})?$")], ...] = Field(
        default=(), max_length=100
    )
    count: int = Field(default=0, ge=0, le=1_000_000)
    digest: str = Field(default="", max_length=64)
    key: str = Field(default="", max_length=64, pattern=r"^[0-9a-f]*$")
    confirmed: Literal["", "yes"] = ""

    @field_validator("groups")
    @classmethod
    def _names(cls, given: str) -> str:
        if any(len(name) > LONGEST_NAME for name in names_of(given)):
            raise PydanticCustomError("string_too_long", "A name is too long.")
        return given

    def bulk(self, action: BulkAction) -> Bulk:
        """The action on these rows."""
        wanted = Listed.came_from({LIST: self.list}).query.filter
        return Bulk(
            action=action,
            rows=() if self.all else self.row,
            filter=wanted,
            employee=self.employee.strip() or None,
            groups=names_of(self.groups),
            mode=self.mode,
            create=bool(self.create),
            packs=packs_of(self.pack),
        )


def asked(action: BulkAction) -> View:
    """The page that asks, then shows who would be refused and why."""

    async def show(request: Request, who: SignedIn) -> Response:
        given = {name: request.query_params.getlist(name) for name in request.query_params}
        sent = await read_form(request, BulkForm, who.language, given=given)
        return await _page(request, who, action, sent)

    return show


def confirmed(action: BulkAction) -> View:
    """Does what was shown, if it still is what it was."""

    async def confirm(request: Request, who: SignedIn) -> Response:
        sent = await read_form(request, BulkForm, who.language)
        if sent.model is None or not (sent.model.row or sent.model.all):
            return await _page(request, who, action, sent, 422)
        model = sent.model
        with Asking(sent, who.language, _FIELDS) as asking, naming(names_of(model.groups)):
            done = await who.desks.bulk.confirm(
                who.caller,
                model.bulk(action),
                model.count,
                model.digest,
                key=model.key or None,
                discard_confirmed=bool(model.confirmed),
            )
            return _done(request, who, action, done, Listed.came_from({LIST: model.list}))
        return await _page(request, who, action, asking.form, asking.status)

    return confirm


def _done(request: Request, who: SignedIn, action: BulkAction, done: BulkDone, listed: Listed) -> Response:
    if done.job is not None:
        return who.done(f"/jobs/{done.job}")
    if done.refused:
        return _report(request, who, action, done, listed, status=422)
    words = "bulk_done_one" if len(done.done) == 1 else "bulk_done"
    if action not in ORDERS or not who.may(Permission.VIEW_ORDERS):
        return who.done(listed.address, words, number=str(len(done.done)))
    orders = [("order", order) for order in done.done]
    return who.done(f"/bulk/{action}/done?{urlencode([(LIST, listed.here), *orders])}")


def placed(action: BulkAction) -> View:
    """The orders that a bulk action has placed, each with its line, as the address names them."""

    async def show(request: Request, who: SignedIn) -> Response:
        query = request.query_params
        wanted = tuple(query.getlist("order")[:MOST_SHOWN])
        orders = await who.desks.orders.of_ids(who.caller, wanted)
        return _report(request, who, action, BulkDone(done=wanted), Listed.came_from(query), orders=orders)

    return show


def _report(
    request: Request,
    who: SignedIn,
    action: BulkAction,
    done: BulkDone,
    listed: Listed,
    *,
    orders: Sequence[OrderView] = (),
    status: int = 200,
) -> Response:
    facts = {"done": done, "orders": {order.id: order for order in orders}, "is_order": action in ORDERS}
    facts |= {"action": action, "listed": listed, "sentence": _sentence(who)}
    return who.page(request, "inventory/bulk_done", status, **facts)


async def _page(
    request: Request, who: SignedIn, action: BulkAction, sent: Sent[BulkForm], status: int = 200
) -> Response:
    model, shown = sent.model, None
    chosen = model is not None and bool(model.row or model.all)
    ready = chosen and (action is not BulkAction.SET_EMPLOYEE or "employee" in sent.values)
    ready = ready and (action is not BulkAction.SET_GROUPS or "groups" in sent.values)
    if model is not None and ready:
        with Asking(sent, who.language, _FIELDS) as asking, naming(names_of(model.groups)):
            shown = await who.desks.bulk.preview(who.caller, model.bulk(action))
        if asking.form.errors and not sent.errors:
            sent, status = asking.form, asking.status
    return who.page(
        request,
        "inventory/bulk",
        status,
        action=action,
        form=sent,
        chosen=chosen,
        shown=shown,
        is_order=action in ORDERS,
        key=uuid.uuid4().hex,
        rows=(sent.values.get("row") or ()) if not isinstance(sent.values.get("row"), str) else (),
        listed=Listed.came_from({LIST: str(sent.values.get(LIST, ""))}),
        sentence=_sentence(who),
    )


def _sentence(who: SignedIn) -> object:
    return lambda refusal: sentence(refusal, who.language)


def _routes() -> list[Page]:
    found = []
    for action in BulkAction:
        path = f"/bulk/{action}"
        found.append(page(path, asked(action), needs=action.permission))
        found.append(form(path, confirmed(action), needs=action.permission))
    found += [page(f"/bulk/{action}/done", placed(action), needs=Permission.VIEW_ORDERS) for action in ORDERS]
    return found


routes = _routes()
