"""What the benchmark of the API calls: every list with `limit=25`, each search and each detail."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts

from portal.api.app import ROUTERS

LINE = "%2B33600050000"
_ICCID = "8933000000000050000"
OF_OWNER: Mapping[str, str] = {
    "orders": "/orders",
    "open orders": "/orders?open=true",
    "processed orders": "/orders?status=processed",
    "cancelled orders": "/orders?status=cancelled",
    "refused orders": "/orders?status=refused",
    "held orders": "/orders?held=true",
    "orders with incidents": "/orders?incidents=true",
    "orders of a line": f"/orders?line={LINE}",
    "an order": "/orders/order-row9",
    "an order with events": "/orders/order-row9?expand=events",
    "lines": "/lines",
    "lines of a group": "/lines?group=Sales",
    "lines of a small group": "/lines?group=Group%201",
    "lines of a device": "/lines?device=Phone%2050000",
    "lines with an eSIM": "/lines?kind=esim",
    "lines without code": "/lines?without_code=true",
    "a line by number": f"/lines/{LINE}",
    "actions of a line": f"/lines/{LINE}/actions",
    "shop of a line": f"/lines/{LINE}/shop",
    "SIMs": "/sims",
    "active SIMs": "/sims?state=active",
    "eSIMs": "/sims?kind=esim",
    "discarded SIMs": "/sims?state=discarded",
    "SIMs by ending": "/sims?iccid_ending=50000",
    "SIMs by a short ending": "/sims?iccid_ending=7",
    "a SIM by ICCID": f"/sims/{_ICCID}",
    "actions of a SIM": f"/sims/{_ICCID}/actions",
    "inventory": "/inventory",
    "inventory by a word": "/inventory?q=Phone%20500",
    "inventory of a group": "/inventory?group=Sales",
    "devices": "/devices",
    "employees": "/employees",
    "employees by name": "/employees?find=Employee%2050000",
    "employees by a short name": "/employees?find=Emp",
    "groups": "/groups",
    "an employee": "/employees/E-1",
    "a group": "/groups/G-1",
    "catalogue": "/catalogue",
    "users": "/users",
    "service users": "/users?kind=service",
    "a user": "/users/ana@acme.example",
    "profiles": "/profiles",
    "a profile": "/profiles/Default",
    "contacts": "/contacts",
    "contacts of a role": "/contacts?role=order",
    "contacts of a distributor": "/contacts?distributor=Dist",
    "a contact": "/contacts/C-1",
    "distributors": "/distributors",
    "API keys": "/api-keys",
    "an API key": "/api-keys/K-2",
    "accounts": "/accounts",
    "the caller's account": "/account",
    "the reminder schedule": "/account/reminders",
    "saved mappings": "/import-mappings",
    "an account": "/accounts/Acme",
    "history of a code": "/sims/S-2/qr-code/history",
    "QR requests": "/qr-requests",
    "open QR requests": "/qr-requests?open=true",
    "withdrawn QR requests": "/qr-requests?status=withdrawn",
    "held QR requests": "/qr-requests?held=true",
    "QR requests of a SIM": "/qr-requests?sim=S-2",
    "a QR request": "/qr-requests/qr-request-2",
    "notifications": "/qr-notifications",
    "open notifications": "/qr-notifications?open=true",
    "held notifications": "/qr-notifications?held=true",
    "notifications of a SIM": "/qr-notifications?sim=S-2",
    "a notification": "/qr-notifications/qr-notification-2",
    "numbers": "/numbers",
    "numbers of an agent": "/numbers?agent=AG-2",
    "assigned numbers": "/numbers?assigned=true",
    "numbers without licence": "/numbers?assigned=false",
    "held numbers": "/numbers?held=true",
    "a number": "/numbers/N-2",
    "agents": "/agents",
    "an agent": "/agents/AG-2",
    "add-ons": "/add-ons",
    "licences": "/licences",
    "free licences": "/licences?status=free",
    "licences that are over": "/licences?status=over",
    "licences of an add-on": "/licences?add_on=voice_sms_data",
    "a licence": "/licences/LI-2",
    "a purchase": "/licence-purchases/LP-1",
    "charges of a licence": "/licence-charges?licence=LI-2",
    "prices": "/licence-prices",
    "billing": "/licence-billing",
    "licence requests": "/licence-requests",
    "open licence requests": "/licence-requests?open=true",
    "held licence requests": "/licence-requests?held=true",
    "a licence request": "/licence-requests/licence-request-1",
    "webhooks": "/webhooks",
    "a webhook": "/webhooks/WH-1",
    "attempts of a webhook": "/webhooks/WH-1/attempts",
    "jobs": "/jobs",
    "jobs of a kind": "/jobs?kind=set_groups",
    "running jobs": "/jobs?status=running",
    "a job": "/jobs/J-1",
    "report of a job": "/jobs/J-1/report",
    "held work": "/held",
    "held work of a reason": "/held?reason=no_processing",
    "held work of a kind": "/held?kind=order",
    "audit": "/audit",
    "types of events": "/event-types",
    "events": "/events",
    "events of a type": "/events?type=order.processed",
    "events from now on": "/events?after=now",
    "audit of an actor": "/audit?actor=U-2",
    "audit of a line": "/audit?about=L-50000",
    "audit of a type": "/audit?type=mail",
    "audit of a rare type": "/audit?type=user",
    "audit of today": "/audit?until=2020-01-01T00:00:00Z",
}
"""Called with the key of an owner, who sees no travel eSIMs."""
OF_STAFF: Mapping[str, str] = {
    "subscribers": "/subscribers",
    "subscribers by name": "/subscribers?find=Given%2010000",
    "subscribers by family name": "/subscribers?find=family%20777",
    "subscribers by a letter": "/subscribers?find=g",
    "subscribers by last digits": "/subscribers?find=9123",
    "a subscriber": "/subscribers/SB-2",
    "a subscriber by name": "/subscribers/Given%20100%20Family%20100",
    "travel plans": "/travel-plans",
    "travel plans for sale": "/travel-plans?withdrawn=false",
    "withdrawn travel plans": "/travel-plans?withdrawn=true",
    "offers": "/travel-offers?country=FR&subscriber=SB-2",
    "a travel plan": "/travel-plans/TP-2",
    "stock": "/travel-stock",
    "free stock": "/travel-stock?state=free",
    "stock on lines": "/travel-stock?state=on_line",
    "discarded stock": "/travel-stock?state=discarded",
    "stock of a profile": "/travel-stock?profile=1",
    "an eSIM of the stock": "/travel-stock/8933200000000000002",
    "stock by profile": "/travel-profiles",
    "stock of one profile": "/travel-profiles?profile=1",
    "eSIM lines": "/esim-lines",
    "eSIM lines of a subscriber": "/esim-lines?subscriber=SB-2",
    "an eSIM line": "/esim-lines/EL-2",
    "reports of an eSIM line": "/esim-lines/EL-2/reports",
    "orders, with travel": "/orders",
    "SIMs, with travel": "/sims",
}
"""Called with the key of the support, which sees travel eSIMs, too."""


def reads() -> Iterator[tuple[str, frozenset[str]]]:
    """The path of each route of the API that reads, with the names of its query parameters. Not streams,
    which do not end: `bench/streams.py` measures them.
    """
    for router in ROUTERS.values():
        for context in iter_route_contexts(router.routes):
            route: Any = getattr(context, "original_route", context)
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                if route.path.endswith("/stream"):
                    continue
                yield route.path, frozenset(getattr(route, "parameters", ()))


def route_of(address: str) -> str:
    """The path of the route that answers this address."""
    path = address.partition("?")[0]
    (found,) = (route for route, _ in reads() if re.fullmatch(re.sub(r"{\w+}", "[^/]+", route), path))
    return found


def parameters_of(address: str) -> frozenset[str]:
    """The query parameters of the route that answers this address."""
    return dict(reads())[route_of(address)]
