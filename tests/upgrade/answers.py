"""What every list and show of the desks answers about a database: recorded once, compared ever after.

An answer may get new fields; whatever it had must stay: `differences`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from pydantic_core import to_jsonable_python

from models.errors import NotFound, Refused
from models.orders.lifecycle import OrderStatus
from models.people.callers import Caller
from starter import callers
from starter.desks import Desks
from tests.builders import OPERATOR, run

Asked = AsyncIterator[tuple[str, Any]]
CALLERS = ("operator", "olga@acme.example", "sue@acme.example", "cleo@bolt.example")
"""Who asks for lists: each sees other records. Single records are shown to the operator."""
MOST = 10_000
LATER = frozenset(
    {
        *("InventoryDesk.rows", "InventoryDesk.counted", "InventoryDesk.csv", "InventoryDesk.device"),
        *("InventoryDesk.row", "InventoryDesk.choices"),
        *("InventoryDesk.sim", "InventoryDesk.history", "InventoryDesk.search", "SavedViewDesk.views"),
        *("SavedViewDesk.save", "SavedViewDesk.rename", "SavedViewDesk.make_default", "SavedViewDesk.delete"),
        "SavedViewDesk.unshare",
        *("FleetDesk.sims", "FleetDesk.devices", "PeopleBook.employees", "PeopleBook.groups"),
        *("UserDesk.user", "ContactDesk.contact", "AccountDesk.account"),
        "LicencePlanDesk.plan",
        "LicencePlanDesk.charge_lines",
        *("LicenceDesk.licence", "LicenceDesk.purchase", "LicenceDesk.counts"),
        *("LicenceRequestDesk.find", "AgentDesk.agent", "CodeBook.notifications", "CodeBook.requests"),
        *(
            "StockDesk.esim",
            "StockDesk.csv",
            "LineBook.history",
            "AuditDesk.entries",
            "OrderDesk.of_ids",
            "OrderDesk.placed",
        ),
        *(
            "EmployeeDesk.employee",
            "GroupDesk.group",
            "ContactDesk.overview",
            "ContactDesk.open_links",
            "AccountDesk.reminders",
        ),
        *("AuditDesk.entry", "AuditDesk.people", "AuditDesk.csv"),
        "MailLogDesk.mails",
        "DashboardDesk.dashboard",
        *("FeedDesk.account", "FeedDesk.order", "FeedDesk.sim", "FeedDesk.types"),
    }
)
"""What a version after 0.1.0 shows: its answers were not recorded."""


def _listed(call: Callable[[Desks, Caller], Awaitable[Any]]) -> Callable[[Desks], Asked]:
    """A list, as each caller sees it."""

    async def read(desks: Desks) -> Asked:
        for name in CALLERS:
            yield name, await _answer(call(desks, await _caller(desks, name)))

    return read


def _shown(
    records: Callable[[Desks], Awaitable[list[str]]], call: Callable[[Desks, str], Awaitable[Any]]
) -> Callable[[Desks], Asked]:
    """Each record, as the operator sees it."""

    async def read(desks: Desks) -> Asked:
        for name in await records(desks):
            yield name, await _answer(call(desks, name))

    return read


async def _caller(desks: Desks, name: str) -> Caller:
    return OPERATOR if name == "operator" else await callers.user(desks.database, name)


async def _answer(call: Awaitable[Any]) -> Any:
    """What came of the call, as JSON; of a refusal its codes."""
    try:
        found = await call
    except (Refused, NotFound) as refused:
        return {"refused": [reason.code for reason in refused.refusals]}
    return to_jsonable_python(found, serialize_unknown=True)


def _ids(table: str, letter: str = "", where: str = "true") -> Callable[[Desks], Awaitable[list[str]]]:
    """The names of all rows of a table."""

    async def ids(desks: Desks) -> list[str]:
        rows = await run(desks.database, f"SELECT id FROM {table} WHERE {where} ORDER BY id")
        return [f"{letter}{row.id}" for row in rows]

    return ids


async def _all_orders(desks: Desks) -> list[str]:
    refused = await desks.orders.orders(OPERATOR, status=OrderStatus.REFUSED, limit=MOST)
    return [*await _orders(desks), *sorted(order.id for order in refused)]


async def _accounts(desks: Desks) -> list[str]:
    return [account.name for account in await desks.accounts.accounts(OPERATOR)]


async def _first(views: AsyncIterator[Any]) -> Any:
    async for view in views:
        return view
    return None


async def _people_of_order(desks: Desks, order: str) -> Any:
    return await desks.orders.people(OPERATOR, await desks.orders.order(OPERATOR, order))


async def _people_of_number(desks: Desks, number: str) -> Any:
    return await desks.numbers.people(OPERATOR, await desks.numbers.number(OPERATOR, number))


async def _people_of_code(desks: Desks, sim: str) -> Any:
    history = await desks.code_book.history(OPERATOR, sim)
    return await desks.code_book.people(OPERATOR, sim, sorted({event.actor for event in history.events}))


async def _code(desks: Desks, sim: str) -> Any:
    """The code itself, decrypted: the answers hide it, and these are test codes."""
    shown = await desks.codes.show(OPERATOR, sim)
    return {"code": str(shown.code), "number": shown.version.number}


async def _licences(desks: Desks, caller: Caller) -> Any:
    """With the counts of each add-on, as 0.1.0 answered them together."""
    found = await desks.licences.licences(caller)
    return {"licences": list(found), "counts": await desks.licences.counts(caller)}


_open_orders = _ids("orders", where="status IN ('submitted', 'provider_processing')")
_with_code = _ids("sims", "S-", "id IN (SELECT sim_id FROM qr_versions)")
_orders, _lines, _sims = _ids("orders"), _ids("lines", "L-"), _ids("sims", "S-")

READS: dict[str, Callable[[Desks], Asked]] = {
    "OrderDesk.orders": _listed(lambda d, c: d.orders.orders(c, limit=MOST)),
    "OrderDesk.orders, held": _listed(lambda d, c: d.orders.orders(c, held=True, limit=MOST)),
    "OrderDesk.orders, incidents": _listed(lambda d, c: d.orders.orders(c, incidents=True, limit=MOST)),
    "OrderDesk.order": _shown(_all_orders, lambda d, order: d.orders.order(OPERATOR, order)),
    "OrderDesk.people": _shown(_orders, _people_of_order),
    "OrderDesk.watch": _shown(_open_orders, lambda d, order: _first(d.orders.watch(OPERATOR, order))),
    "FleetDesk.lines": _listed(lambda d, c: d.fleet.lines(c)),
    "FleetDesk.lines, without code": _listed(lambda d, c: d.fleet.lines(c, without_code=True)),
    "FleetDesk.line": _shown(_lines, lambda d, line: d.fleet.line(OPERATOR, line)),
    "FleetDesk.sim": _shown(_sims, lambda d, sim: d.fleet.sim(OPERATOR, sim)),
    "FleetDesk.actions": _shown(_lines, lambda d, line: d.fleet.actions(OPERATOR, line)),
    "CatalogueDesk.catalogue": _listed(lambda d, c: d.catalogue.catalogue(c)),
    "CatalogueDesk.shop": _shown(_lines, lambda d, line: d.catalogue.shop(OPERATOR, line)),
    "CodeBook.history": _shown(_sims, lambda d, sim: d.code_book.history(OPERATOR, sim)),
    "CodeBook.request": _shown(_ids("qr_requests"), lambda d, one: d.code_book.request(OPERATOR, one)),
    "CodeBook.notification": _shown(
        _ids("qr_notifications"), lambda d, one: d.code_book.notification(OPERATOR, one)
    ),
    "CodeBook.waiting": _listed(lambda d, c: d.code_book.waiting(c, limit=MOST)),
    "CodeBook.held": _listed(lambda d, c: d.code_book.held(c)),
    "CodeBook.people": _shown(_with_code, _people_of_code),
    "ProfileDesk.profiles": _listed(lambda d, c: d.profiles.profiles(c)),
    "ProfileDesk.profile": _shown(
        _accounts, lambda d, account: d.profiles.profile(OPERATOR, account, "Clerk")
    ),
    "UserDesk.users": _listed(lambda d, c: d.users.users(c)),
    "ContactDesk.contacts": _listed(lambda d, c: d.contacts.contacts(c)),
    "ContactDesk.distributors": _listed(lambda d, c: d.contacts.distributors(c)),
    "AccountDesk.accounts": _listed(lambda d, c: d.accounts.accounts(c)),
    "LicenceDesk.licences": _listed(_licences),
    "LicenceDesk.charges": _shown(_accounts, lambda d, account: d.licences.charges(OPERATOR, account)),
    "LicenceDesk.charges, a month ago": _shown(
        _accounts, lambda d, account: d.licences.charges(OPERATOR, account, "2026-10")
    ),
    "LicenceDesk.prices": _listed(lambda d, c: d.licences.prices(c)),
    "LicenceDesk.billing": _shown(_accounts, lambda d, account: d.licences.billing(OPERATOR, account)),
    "LicenceRequestDesk.requests": _listed(lambda d, c: d.licence_requests.requests(c)),
    "NumberDesk.numbers": _listed(lambda d, c: d.numbers.numbers(c)),
    "NumberDesk.number": _shown(_ids("numbers", "N-"), lambda d, one: d.numbers.number(OPERATOR, one)),
    "NumberDesk.held": _listed(lambda d, c: d.numbers.held(c)),
    "NumberDesk.people": _shown(_ids("numbers", "N-"), _people_of_number),
    "AgentDesk.agents": _listed(lambda d, c: d.agents.agents(c)),
    "RetryDesk.select": _listed(lambda d, c: d.retry.select(c)),
    "StockDesk.esims": _listed(lambda d, c: d.stock.esims(c)),
    "StockDesk.profiles": _listed(lambda d, c: d.stock.profiles(c)),
    "PlanDesk.plans": _listed(lambda d, c: d.travel_plans.plans(c)),
    "PlanDesk.plan": _shown(_ids("travel_plans", "TP-"), lambda d, plan: d.travel_plans.plan(OPERATOR, plan)),
    "PlanDesk.find": _shown(
        _ids("subscribers", "SB-"), lambda d, one: d.travel_plans.find(OPERATOR, ["France"], one)
    ),
    "SubscriberDesk.subscribers": _listed(lambda d, c: d.subscribers.subscribers(c)),
    "SubscriberDesk.subscriber": _shown(
        _ids("subscribers", "SB-"), lambda d, one: d.subscribers.subscriber(OPERATOR, one)
    ),
    "ReportDesk.reports": _shown(_ids("esim_lines", "EL-"), lambda d, one: d.reports.reports(OPERATOR, one)),
    "LineBook.lines": _listed(lambda d, c: d.line_book.lines(c)),
    "LineBook.line": _shown(_ids("esim_lines", "EL-"), lambda d, one: d.line_book.line(OPERATOR, one)),
    # at last, as it is an event of its own that a code was shown
    "QrDesk.show": _shown(_ids("sims", "S-", "kind = 'esim'"), _code),
}
"""By desk and method. A test compares it with all methods that only show something."""


async def answers(desks: Desks) -> dict[str, dict[str, Any]]:
    """All that the desks answer: by method, and caller or record."""
    return {name: {about: answer async for about, answer in read(desks)} for name, read in READS.items()}


def _by_id(records: list[Any]) -> list[Any]:
    """The records of a list, whose sequence another version may choose."""
    if all(isinstance(record, dict) and "id" in record for record in records):
        return sorted(records, key=lambda record: str(record["id"]))
    return records


def differences(recorded: Any, now: Any, where: str = "") -> list[str]:
    """What a user saw then and does not see now. New fields are none."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        found = []
        for name, value in recorded.items():
            place = f"{where}.{name}" if where else name
            found += differences(value, now[name], place) if name in now else [f"{place} is gone: {value!r}"]
        return found
    if isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        pairs = zip(_by_id(recorded), _by_id(now), strict=True)
        return [
            one
            for n, (then, is_now) in enumerate(pairs)
            for one in differences(then, is_now, f"{where}[{n}]")
        ]
    return [] if recorded == now else [f"{where} was {recorded!r} and is {now!r}"]
