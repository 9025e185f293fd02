"""`/orders/{order}/links`: who has a link of the order's e-mail, and revoking one (P9, S4)."""

from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.orders.links import OrderLinkView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.orders.order import order_of
from portal.pages.routes import form, page

_LONGEST_NUMBER = 18


async def show(request: Request, who: SignedIn) -> Response:
    """The links of the order, newest first."""
    order = order_of(request)
    links = await who.desks.order_links.links(who.caller, order)
    return who.page(request, "orders/links", order=order, links=links)


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
    page("/orders/{order}/links/{link}/revoke", ask, needs=Permission.MANAGE_CONTACTS),
    form("/orders/{order}/links/{link}/revoke", revoke, needs=Permission.MANAGE_CONTACTS),
]
