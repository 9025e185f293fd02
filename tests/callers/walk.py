"""Asking every desk, as a stranger, for what another firm has."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from sqlalchemy.exc import NoResultFound

from models.errors import NotFound, Refused, Unavailable
from models.orders.lifecycle import OrderStatus
from models.people.callers import Caller, LinkBearer, OfAccount, OfLink, OfOrderLink, Scope
from starter.desks import Desks
from tests.builders import ACCOUNT
from tests.callers.samples import LINKS, SAMPLES
from tests.callers.store_reads import STORE, shown_by_the_store
from tests.callers.world import BOLT, CLEO, UNKNOWN, Known, who

NOWHERE = "Nowhere"
_IDS = re.compile(
    "|".join(re.escape(name) for name in (*asdict(UNKNOWN).values(), NOWHERE)),
)
_SENTINELS = re.compile(
    r"Acme|acme\.example|telvia|order-|qr-request-|qr-notification-|\+3363998000[1-4]|\+33612000001"
    r"|licence-request-|Gina|Rosa|Euro 1|travel-line-"
)

Answer = tuple[type, str]


async def answered(call: Awaitable[Any]) -> Answer:
    """What came of a call, as the caller sees it: the kind of the answer, and all of its bytes."""
    try:
        return type(None), repr(await call)
    except (Refused, Unavailable, NoResultFound) as failure:
        reasons = [reason.model_dump_json() for reason in getattr(failure, "refusals", ())]
        return type(failure), f"{failure} {reasons}"


SAYS_WHY_NOT = {"FleetDesk.actions", "InventoryDesk.device", "InventoryDesk.why_not"}
"""Calls that say of each action why it is not offered, to the caller or to another user."""


async def difference(desks: Desks, caller: Caller, name: str, acme: Known) -> str:
    """How a call answers a stranger about Acme's records, if not as about records that nobody has."""
    call = SAMPLES[name].call
    foreign = await answered(call(desks, caller, acme, ACCOUNT))
    unknown = await answered(call(desks, caller, UNKNOWN, NOWHERE))
    hidden = unknown[0] is NotFound or "account_not_yours" in unknown[1]  # of a row of a file
    alike = hidden and _without_ids(foreign, acme) == _without_ids(unknown, acme)
    return "" if alike else f"{name}: {foreign} is not {unknown}"


async def difference_by_link(desks: Desks, name: str, acme: Known) -> str:
    """The same of a call with a token for the other purpose, which is no token at all."""
    token = acme.download_token if name in _UPLOADING else acme.upload_token
    foreign = await answered(LINKS[name](desks, LinkBearer(token)))
    unknown = await answered(LINKS[name](desks, LinkBearer(UNKNOWN.upload_token)))
    alike = unknown[0] is NotFound and foreign == unknown
    return "" if alike else f"LinkDesk.{name}: {foreign} is not {unknown}"


_UPLOADING = frozenset(LINKS) - {"download_page", "reveal", "download"}


def _without_ids(answer: Answer, acme: Known) -> Answer:
    """The answer without what the caller named: of that alone may it be another one."""
    text = _IDS.sub("ID", answer[1])
    for name in (*asdict(acme).values(), ACCOUNT):
        text = re.sub(rf"\b{re.escape(name)}\b", "ID", text)
    return answer[0], text


LISTS: dict[str, Callable[[Desks, Caller], Awaitable[Any]]] = {
    "orders": lambda d, c: d.orders.orders(c),
    "lines": lambda d, c: d.fleet.lines(c),
    "lines without code": lambda d, c: d.fleet.lines(c, without_code=True),
    "lines of group": lambda d, c: d.fleet.lines(c, group="Sales", device="Phone 1"),
    "waiting": lambda d, c: d.code_book.waiting(c),
    "requests": lambda d, c: d.code_book.requests(c),
    "notifications": lambda d, c: d.code_book.notifications(c),
    "catalogue": lambda d, c: d.catalogue.catalogue(c),
    "accounts": lambda d, c: d.accounts.accounts(c),
    "profiles": lambda d, c: d.profiles.profiles(c),
    "users": lambda d, c: d.users.users(c),
    "contacts": lambda d, c: d.contacts.contacts(c),
    "distributors and contacts": lambda d, c: d.contacts.overview(c),
    "employees": lambda d, c: d.people.employees(c),
    "groups": lambda d, c: d.people.groups(c),
    "distributors": lambda d, c: d.contacts.distributors(c),
    "refused": lambda d, c: d.orders.orders(c, status=OrderStatus.REFUSED),
    "held": lambda d, c: d.retry.select(c),
    "held work": lambda d, c: d.retry.held(c),
    "jobs": lambda d, c: d.jobs.jobs(c),
    "audit": lambda d, c: d.audit.entries(c),
    "mail_log": lambda d, c: d.mail_log.mails(c),
    "numbers": lambda d, c: d.numbers.numbers(c),
    "unassigned numbers": lambda d, c: d.numbers.numbers(c, assigned=False),
    "agents": lambda d, c: d.agents.agents(c),
    "licences": lambda d, c: d.licences.licences(c),
    "licence counts": lambda d, c: d.licences.counts(c),
    "prices": lambda d, c: d.licences.prices(c),
    "stock": lambda d, c: d.stock.esims(c),
    "stock profiles": lambda d, c: d.stock.profiles(c),
    "licence requests": lambda d, c: d.licence_requests.requests(c),
    "travel plans": lambda d, c: d.travel_plans.plans(c),
    "travel plans of a journey": lambda d, c: d.travel_plans.find(c, ["France"]),
    "subscribers": lambda d, c: d.subscribers.subscribers(c),
    "eSIM lines": lambda d, c: d.line_book.lines(c),
    "subscribers of a name": lambda d, c: d.subscribers.subscribers(c, find="Rosa"),
}


async def leak(desks: Desks, caller: Caller, name: str) -> str:
    """The list, if it shows a stranger something of Acme."""
    _, shown = await answered(LISTS[name](desks, caller))
    return f"{name}: {shown}" if _SENTINELS.search(shown.replace(BOLT, "")) else ""


Look = Callable[[], Awaitable[str]]
"""Asks once; what it shows of Acme, or nothing."""


async def looks_of_a_stranger(desks: Desks, acme: Known) -> dict[str, Look]:
    """All ways in which a caller of another firm could learn of Acme: each shows nothing, where every scope
    is asked.
    """
    cleo = await who(desks.database, CLEO)
    assert isinstance(cleo.scope, OfAccount)
    scopes: dict[str, Scope] = {
        "another account": cleo.scope,
        "a link": OfLink(link_id=10**6, account_id=cleo.scope.account_id, sim_id=10**6),
        "a link of an order": OfOrderLink(10**6, cleo.scope.account_id, UNKNOWN.order),
    }
    naming = (name for name, sample in SAMPLES.items() if not sample.names_nothing)
    return {
        **{
            f"{name} in the scope of {whose}": partial(shown_by_the_store, desks, scope, name, acme)
            for whose, scope in scopes.items()
            for name in STORE
        },
        **{f"the list of {name}": partial(leak, desks, cleo, name) for name in LISTS},
        **{name: partial(difference, desks, cleo, name, acme) for name in naming},
        **{f"LinkDesk.{name}": partial(difference_by_link, desks, name, acme) for name in LINKS},
    }
