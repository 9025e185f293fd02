"""Every read of account data below the desks, asked within a scope."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.events import EventView
from models.identifiers import job_work_id, travel_line_id
from models.paging import Wanted
from models.people.callers import Scope
from settings import Settings
from starter.desks import Desks
from starter.orders.waits_for import late_after
from store import lookups
from store.catalogue import views
from store.codes import codes, notifications, request_views
from store.codes import lists as qr_lists
from store.codes import waiting as qr_waiting
from store.fleet import edits
from store.fleet import views as fleet
from store.key_ring import KeyRing
from store.licences import agents, history, licences, number_views, prices, purchases
from store.licences import lookups as licence_lookups
from store.licences import request_rows as licence_requests
from store.operations import dashboard, holds, retries, unfinished, webhooks
from store.orders import access, queue
from store.orders import views as orders
from store.people import account_settings, api_keys, book, contacts, references, users
from store.travel import line_previews, line_views, offers, stock_views, subscriber_lines, subscribers
from store.travel import lookups as travel_lookups
from store.travel import plans as travel_plans
from store.travel import reports as travel_reports
from tests.builders import ACCOUNT, iccid
from tests.callers.records import LEFT
from tests.callers.world import BOLT, KEYS, Known

Read = Callable[[AsyncConnection, Scope, Known], Awaitable[Any]]


def _number(reference: str) -> int:
    return int(reference.partition("-")[2])


def _about(reference: str) -> EventView:
    return EventView(at=datetime.now(UTC), actor="system", type="mail.sent", data={}, about=(reference,))


_RING = KeyRing(KEYS)
_KEPT = timedelta(days=30)
_LATE = late_after(Settings())
STORE: dict[str, Read] = {
    "fleet.line": lambda c, s, k: fleet.line(c, s, _number(k.line)),
    "fleet.lines": lambda c, s, _: fleet.lines(c, s, device="Phone 1"),
    "fleet.sim": lambda c, s, k: fleet.sim(c, s, _number(k.sim)),
    "lookups.find_line": lambda c, s, k: lookups.find_line(c, s, k.line),
    "lookups.find_sim": lambda c, s, k: lookups.find_sim(c, s, k.sim),
    "lookups.find_user": lambda c, s, k: lookups.find_user(c, s, k.user),
    "lookups.find_pack": lambda c, s, _: lookups.find_pack(c, s, "Orange pack"),
    "lookups.eligible_packs": lambda c, s, k: lookups.eligible_packs(c, s, _number(k.line)),
    "lookups.find_account": lambda c, s, _: lookups.find_account(c, s, ACCOUNT),
    "orders.order": lambda c, s, k: orders.order(c, s, k.order),
    "orders.orders": lambda c, s, _: orders.orders(c, s),
    "orders.refused": lambda c, s, k: orders.order(c, s, k.refused),
    "orders.queue": lambda c, s, _: _queued(queue.queue(c, s, Wanted())),
    "operations.dashboard": lambda c, s, _: _waiting(dashboard.dashboard(c, s, _LATE)),
    "order_access.find_open_order": lambda c, s, k: access.find_open_order(c, s, k.line),
    "fleet_edits.find": lambda c, s, k: edits.find(c, s, [k.line]),
    "account_settings.accounts": lambda c, s, _: _named_acme(account_settings.accounts(c, s)),
    "order_access.find_order": lambda c, s, k: access.find_order(c, s, k.order),
    "order_access.refused": lambda c, s, k: access.find_order(c, s, k.refused),
    "book.employees": lambda c, s, _: _of_acme(book.employees(c, s)),
    "book.groups": lambda c, s, _: _of_acme(book.groups(c, s)),
    "fleet.sims": lambda c, s, _: fleet.sims(c, s),
    "fleet.devices": lambda c, s, _: _of_acme(fleet.devices(c, s)),
    "api_keys.keys": lambda c, s, _: api_keys.keys(c, s, Wanted()),
    "api_keys.find": lambda c, s, k: api_keys.find(c, s, k.api_key),
    "people.user": lambda c, s, _: references.names(c, s, ["user:1"]),
    "people.employee": lambda c, s, _: references.names(c, s, ["employee:1"]),
    "people.contact": lambda c, s, _: references.names(c, s, ["contact:1"]),
    "people.order_contacts": lambda c, s, _: references.order_contacts(c, s, ["Telvia"]),
    "catalogue.items": lambda c, s, _: views.items(c, s),
    "contacts.contacts": lambda c, s, _: contacts.contacts(c, s),
    "contacts.of_distributor": lambda c, s, _: contacts.contacts(c, s, distributor="Telvia"),
    "contacts.distributors": lambda c, s, _: _names_of(contacts.distributors(c, s)),
    "contacts.overview": lambda c, s, _: _names_of(contacts.overview(c, s)),
    "contacts.find_distributor": lambda c, s, _: contacts.find_distributor(c, s.account_id, "Telvia"),  # type: ignore[union-attr]
    "contacts.of_ids": lambda c, s, k: contacts.of_ids(c, s, [_number(k.contact)]),
    "contacts.find": lambda c, s, k: contacts.find(c, s, k.contact),
    "users.users": lambda c, s, _: _of_acme(users.users(c, s)),
    "qr_codes.current": lambda c, s, _: codes.current(c, s, _RING, 1),
    "qr_codes.current_version": lambda c, s, _: codes.current_version(c, s, 1),
    "qr_codes.current_number": lambda c, s, _: codes.current_number(c, s, 1),
    "qr_codes.version": lambda c, s, _: codes.version(c, s, _RING, 1),
    "qr_codes.original": lambda c, s, _: codes.original(c, s, _RING, 1),
    "qr_codes.history": lambda c, s, _: _parts(codes.history(c, s, 1)),
    "qr_request_views.request": lambda c, s, k: request_views.request(c, s, k.request),
    "qr_request_views.of_sim": lambda c, s, _: request_views.of_sim(c, s, 3),
    "qr_notifications.notification": lambda c, s, k: notifications.notification(c, s, k.notification),
    "qr_notifications.of_sim": lambda c, s, _: notifications.of_sim(c, s, 1),
    "qr_lists.requests": lambda c, s, _: qr_lists.requests(c, s, qr_lists.Chosen(), Wanted()),
    "qr_lists.notifications": lambda c, s, _: qr_lists.notifications_of(c, s, qr_lists.Chosen(), Wanted()),
    "qr_waiting.waiting": lambda c, s, _: qr_waiting.waiting(c, s),
    "retries.known": lambda c, s, k: retries.known(c, s, travel_line_id(_number(k.esim_line))),
    "waiting.waiting": lambda c, s, _: unfinished.waiting(c, s),
    "retries.look": lambda c, s, k: retries.look(c, s, [travel_line_id(_number(k.esim_line))], 0),
    "retries.look of a job": lambda c, s, k: retries.look(c, s, [job_work_id(_number(k.job))], 0),
    "licence_lookups.find_number": lambda c, s, k: licence_lookups.find_number(c, s, k.number),
    "licence_lookups.find_agent": lambda c, s, k: licence_lookups.find_agent(c, s, k.agent),
    "number_views.numbers": lambda c, s, _: number_views.numbers(c, s, _KEPT),
    "number_views.number": lambda c, s, k: number_views.number(c, s, _number(k.number), _KEPT),
    "agents.agents": lambda c, s, _: agents.agents(c, s),
    "agents.agent": lambda c, s, k: agents.agent(c, s, _number(k.agent)),
    "licences.licences": lambda c, s, _: licences.licences(c, s),
    "licences.find": lambda c, s, k: licences.find(c, s, k.licence),
    "licences.counts": lambda c, s, _: licences.counts(c, s),
    "licence_purchases.purchase": lambda c, s, k: purchases.purchase(c, s, k.purchase),
    "licence_prices.prices": lambda c, s, _: prices.prices(c, s),
    "licence_requests.requests": lambda c, s, _: licence_requests.requests(c, s),
    "licence_requests.find": lambda c, s, k: licence_requests.find(c, s, k.licence_request),
    "stock_views.esims": lambda c, s, _: stock_views.esims(c, s),
    "stock_views.profiles": lambda c, s, _: stock_views.profiles(c, s),
    "stock_views.free_counts": lambda c, s, _: stock_views.free_counts(c, s, [7]),
    "travel_plans.find_plan": lambda c, s, k: travel_plans.find_plan(c, s, k.travel_plan),
    "travel_plans.plans": lambda c, s, _: travel_plans.plans(c, s),
    "travel_offers.offers": lambda c, s, _: offers.offers(c, s, ["FR"]),
    "subscribers.find_subscriber": lambda c, s, k: subscribers.find_subscriber(c, s, k.subscriber),
    "subscribers.subscribers": lambda c, s, _: subscribers.subscribers(c, s),
    "travel_line_views.esim_lines": lambda c, s, _: line_views.esim_lines(c, s),
    "travel_lines.plans_on": lambda c, s, k: subscriber_lines.plans_on(c, s, [_number(k.esim_line)]),
    "travel_reports.reports": lambda c, s, _: travel_reports.reports(c, s, 1),
    "travel_lookups.find_esim_line": lambda c, s, k: travel_lookups.find_esim_line(c, s, k.esim_line),
    "travel_lookups.find_reported_line": lambda c, s, _: travel_lookups.find_reported_line(
        c, s, iccid(70_000 + LEFT)
    ),
    "travel_lookups.find_assignment": lambda c, s, k: travel_lookups.find_assignment(c, s, k.assignment),
    "line_previews.why_on_no_line": lambda c, s, _: line_previews.why_on_no_line(c, s, iccid(70_001)),
    "qr_waiting.held_count": lambda c, s, _: qr_waiting.held_count(c, s),
    "number_history.people": lambda c, s, k: history.people(c, s, [_about(k.notification)]),
    "webhooks.page": lambda c, s, _: webhooks.page(c, s, Wanted()),
    "webhooks.find": lambda c, s, k: webhooks.find(c, s, k.webhook),
    "holds.counts": lambda c, s, _: holds.counts(c, s, ("qr-request-",)),
}
"""Every read of account data below the desks, for a record of Acme."""


async def _queued(found: Awaitable[Any]) -> Any:
    seen = await found
    return seen.orders or sum(seen.waiting.values())


async def _waiting(found: Awaitable[Any]) -> Any:
    """What the dashboard counts of all that there is."""
    counted = await found
    return (
        sum(work.number for work in (counted.submitted, counted.processing, counted.codes))
        + counted.processed
    )


async def _parts(history: Awaitable[Any]) -> Any:
    """What of a history is read within the scope; its events are read of a SIM that was found in it."""
    found = await history
    return found.versions or found.requests or found.notifications


async def _of_acme(records: Awaitable[Any]) -> Any:
    return [record for record in await records if record.account == ACCOUNT]


async def _named_acme(accounts: Awaitable[Any]) -> Any:
    return [account for account in await accounts if account.name == ACCOUNT]


async def _names_of(names: Awaitable[Any]) -> Any:
    return [name for name in await names if name != BOLT]


async def shown_by_the_store(desks: Desks, scope: Scope, name: str, acme: Known) -> str:
    """The record of Acme that a read of the store finds in this scope; nothing, if it finds none."""
    async with desks.database.reading() as connection:
        try:
            record = await STORE[name](connection, scope, acme)
        except (NotFound, NoResultFound):
            return ""
        except Refused as refused:  # what is refused for another reason was found
            record = refused
    return f"{name}: {record!r}" if record else ""
