"""Samples of the calls of the provider desk, and of the dashboard."""

from tests.callers.sample import P, Sample
from tests.callers.world import Known


def _file(known: Known) -> bytes:
    """A row of a file."""
    return f"order,iccid\n{known.order},8933010000000000017\n".encode()


DESK = {
    "OrderDesk.queue": Sample(
        lambda d, c, k, _: d.orders.queue(c, distributor=k.distributor),
        P.ACKNOWLEDGE_ORDERS,
        names_nothing=True,
    ),
    "OrderStepsDesk.preview": Sample(
        lambda d, c, k, _: d.order_steps.preview(c, _file(k)), P.ACKNOWLEDGE_ORDERS, names_nothing=True
    ),
    "OrderStepsDesk.confirm": Sample(
        lambda d, c, k, a: d.order_steps.confirm(c, _file(k), "x", a), P.ACKNOWLEDGE_ORDERS
    ),
    "OrderLinkDesk.links": Sample(lambda d, c, k, _: d.order_links.links(c, k.order), P.MANAGE_CONTACTS),
    "OrderLinkDesk.revoke": Sample(
        lambda d, c, k, _: d.order_links.revoke(c, k.order, 99_999), P.MANAGE_CONTACTS
    ),
    "OrderLinkDesk.mail_again": Sample(
        lambda d, c, k, _: d.order_links.mail_again(c, k.order), P.MANAGE_CONTACTS
    ),
    "DashboardDesk.dashboard": Sample(
        lambda d, c, *_: d.dashboard.dashboard(c), P.VIEW_ORDERS, names_nothing=True
    ),
}
