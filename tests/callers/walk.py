"""Asking every desk, as a stranger, for what another firm has."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import NoResultFound

from models.errors import NotFound, Refused, Unavailable
from models.orders.lifecycle import OrderStatus
from models.people.callers import Caller, LinkBearer, OfAccount, OfLink, OfOrderLink
from starter.desks import Desks
from tests.builders import ACCOUNT
from tests.callers.samples import LINKS, SAMPLES
from tests.callers.store_reads import shown_by_the_store
from tests.callers.world import BOLT, UNKNOWN, Known, who

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


async def differences(desks: Desks, caller: Caller, acme: Known) -> AsyncGenerator[str]:
    """Every call that does not answer a stranger about Acme's records as about records that nobody has."""
    for name, sample in SAMPLES.items():
        if sample.names_nothing:
            continue
        foreign = await answered(sample.call(desks, caller, acme, ACCOUNT))
        unknown = await answered(sample.call(desks, caller, UNKNOWN, NOWHERE))
        hidden = unknown[0] is NotFound or "account_not_yours" in unknown[1]  # of a row of a file
        if not hidden or _without_ids(foreign, acme) != _without_ids(unknown, acme):
            yield f"{name}: {foreign} is not {unknown}"
    for name, call in LINKS.items():
        # a token for the other purpose is no token at all
        token = acme.download_token if name in _UPLOADING else acme.upload_token
        foreign = await answered(call(desks, LinkBearer(token)))
        unknown = await answered(call(desks, LinkBearer(UNKNOWN.upload_token)))
        if unknown[0] is not NotFound or foreign != unknown:
            yield f"LinkDesk.{name}: {foreign} is not {unknown}"


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


async def leaks(desks: Desks, caller: Caller) -> AsyncGenerator[str]:
    """Every list that shows a stranger something of Acme."""
    for name, call in LISTS.items():
        _, shown = await answered(call(desks, caller))
        if _SENTINELS.search(shown.replace(BOLT, "")):
            yield f"{name}: {shown}"


async def everything_a_stranger_sees(desks: Desks, acme: Known, *, whole: bool = True) -> list[str]:
    """All that a caller of another firm can learn of Acme: nothing, where every scope is asked.

    Unless `whole`, the rest is left out once something was found.
    """
    cleo = await who(desks.database, "cleo@bolt.example")
    assert isinstance(cleo.scope, OfAccount)
    elsewhere = OfLink(link_id=10**6, account_id=cleo.scope.account_id, sim_id=10**6)
    by_mail = OfOrderLink(10**6, cleo.scope.account_id, UNKNOWN.order)
    found: list[str] = []
    for looked in (
        shown_by_the_store(desks, cleo.scope, acme),
        shown_by_the_store(desks, elsewhere, acme),
        shown_by_the_store(desks, by_mail, acme),
        leaks(desks, cleo),
        differences(desks, cleo, acme),
    ):
        async with aclosing(looked) as shown:
            async for one in shown:
                found.append(one)
                if not whole:
                    return found
    return found
