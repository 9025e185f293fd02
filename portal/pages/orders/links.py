"""`/orders/{order}/links`: who has a link of the order's e-mail, revoking one (P9, S4), mailing it again."""

import uuid
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.orders.lifecycle import OPEN
from models.orders.links import OrderLinkView
from models.people.callers import Permission
from models.people.views import ContactRole
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.orders.order import order_of
from portal.pages.routes import form, page

_LONGEST_NUMBER = 18


class AgainForm(FormModel):
    """A button. `key`: the same form is the same e-mail, sent once."""

    key: str = Field(min_length=1, max_length=100)


async def show(request: Request, who: SignedIn) -> Response:
    """The links of the order, newest first."""
    order = order_of(request)
    links = await who.desks.order_links.links(who.caller, order)
    view = await who.desks.orders.order(who.caller, order, history=False)
    mails = view.distributor is not None and view.status in OPEN and not view.holds
    return who.page(request, "orders/links", order=order, links=links, mails=mails)


async def ask_again(request: Request, who: SignedIn) -> Response:
    """To whom the order would be e-mailed again."""
    return await _again(request, who, unsent(key=uuid.uuid4().hex))


async def mail_again(request: Request, who: SignedIn) -> Response:
    """E-mail the order again to its distributor."""
    order, sent = order_of(request), await read_form(request, AgainForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.order_links.mail_again(who.caller, order, sent.model.key)
            return who.done(f"/orders/{order}", "order_mailed_again")
    return await _again(request, who, asking.form, asking.status)


async def _again(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    view = await who.desks.orders.order(who.caller, order_of(request), history=False)
    names: list[str] = []
    if view.distributor:
        found = await who.desks.contacts.contacts(who.caller, None, view.distributor, ContactRole.ORDER)
        names = [contact.name for contact in found]
    return who.page(request, "orders/mail_again", status, order=view, form=sent, names=names)


async def ask(request: Request, who: SignedIn) -> Response:
    """The question before one is revoked."""
    order = order_of(request)
    link = await _link(request, who, order)
    return who.page(request, "orders/revoke_link", order=order, link=link)


async def revoke(request: Request, who: SignedIn) -> Response:
    """The link is dead for every call."""
    order = order_of(request)
    await who.desks.order_links.revoke(who.caller, order, _number(request))
    return who.done(f"/orders/{order}/links", "order_link_revoked")


async def _link(request: Request, who: SignedIn, order: str) -> OrderLinkView:
    number = _number(request)
    for link in await who.desks.order_links.links(who.caller, order):
        if link.id == number:
            return link
    raise NotFound.because("unknown_link", link=f"order-link:{number}")


def _number(request: Request) -> int:
    text: str = request.path_params["link"]
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotFound.because("unknown_link", link="order-link:?")
    return int(text)


routes = [
    page("/orders/{order}/links", show, needs=Permission.MANAGE_CONTACTS),
    page("/orders/{order}/links/mail-again", ask_again, needs=Permission.MANAGE_CONTACTS),
    form("/orders/{order}/links/mail-again", mail_again, needs=Permission.MANAGE_CONTACTS),
    page("/orders/{order}/links/{link}/revoke", ask, needs=Permission.MANAGE_CONTACTS),
    form("/orders/{order}/links/{link}/revoke", revoke, needs=Permission.MANAGE_CONTACTS),
]
