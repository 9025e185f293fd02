"""Travel eSIMs with their codes, orders and subscribers do not exist for users who may not see them."""

import re
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from models.errors import EsimError, NotFound, Refused
from models.identifiers import reference
from models.orders.lifecycle import HoldReason, OrderStatus
from models.people.callers import PERMISSIONS, USER_ROLES, Caller, Permission, Role
from models.travel.kinds import AddLine
from starter.desks import Desks
from store.key_ring import KeyRing
from tests.builders import ACCOUNT, OPERATOR, iccid, run
from tests.callers.everything import everything
from tests.callers.samples import SAMPLES
from tests.callers.walk import LISTS
from tests.callers.world import KEYS, UNKNOWN, Known, who
from tests.qr_world import QrWorld, hold
from tests.starter.travel.files import esim, stock_file
from tests.travel_orders import accepted, asked, ordered, processed, submit
from tests.travel_world import SUE, add_subscriber, add_travel_plan

PROFILE = 9
MSISDN, ADDRESS = "+12125550777", "vera@home.example"
OF_TRAVEL = {permission for permission in Permission if permission.endswith("_travel")}
"""What only the staff may do, who may see travel eSIMs."""
UNSEEING: list[Role] = [role for role in USER_ROLES if Permission.VIEW_TRAVEL not in PERMISSIONS[role]]
SEEING = [role for role in USER_ROLES if role not in UNSEEING]


@dataclass(frozen=True)
class Travel:
    """Acme's travel eSIMs: one on a line, one that is reserved and a free one, with a code each."""

    desks: Desks
    names: tuple[Known, ...]
    """What callers can name of it, in all words: each eSIM by its id, then each by its ICCID."""
    secret: re.Pattern[str]
    """What shows that it exists."""

    def named_by(self, role: Role, *, every: bool) -> Sequence[Known]:
        """What a role names: at night all, by day one eSIM by its id and another one by its ICCID, so that
        three roles name all.
        """
        esims, place = len(self.names) // 2, UNSEEING.index(role)
        return self.names if every else (self.names[place % esims], self.names[esims + (place + 1) % esims])

    def shows(self, answer: Any) -> list[str]:
        """What of it an answer holds."""
        return [found for text in everything(answer) for found in self.secret.findall(text)]


@pytest.fixture
async def travel(desks: Desks, acme: Known) -> Travel:
    """Besides all that Acme has: a line of Vera's, a notification of its code that is held, an order that
    is processed, one that is open and held, and one that was refused.
    """
    database = desks.database
    await desks.users.create_user(OPERATOR, ACCOUNT, "Sue", SUE, role=Role.SUPPORT)
    rows = (esim(number, profile=PROFILE) for number in (1, 2, 3))
    await desks.stock.import_stock(OPERATOR, ACCOUNT, stock_file(*rows))
    vera = await add_subscriber(database, 7, email=ADDRESS, msisdn=MSISDN)
    plan = await add_travel_plan(database, "Grand Tour", profile=PROFILE)
    what = AddLine(subscriber_id=vera, plan_id=plan)
    done, open_one = await processed(database, what), await ordered(database, what)
    assert await submit(database, open_one, what.kind) == iccid(80_002)
    refused = await asked(database, AddLine(subscriber_id=vera, plan_id=99_999))
    assert not (await accepted(database, refused)).accepted
    sims = await run(
        database,
        "SELECT sim_id AS id, s.account_id FROM travel_stock s WHERE profile = :profile ORDER BY sim_id",
        profile=PROFILE,
    )
    versions = await run(database, "SELECT id FROM qr_versions WHERE sim_id = :sim", sim=sims[0].id)
    qr = QrWorld(database, KeyRing(KEYS), sims[0].account_id, 1, (), 0)
    sent = await qr.notify(versions[0].id, sims[0].id, "vera", ADDRESS)
    await qr.download_link(sent, versions[0].id)
    for held in (sent.id, open_one):
        await hold(qr, held, HoldReason.MAIL_REJECTED)
    (link,) = await run(database, "SELECT id FROM links WHERE notification_id = :id", id=sent.id)
    (line,) = await run(database, "SELECT id FROM esim_lines WHERE subscriber_id = :id", id=vera)
    esims = [reference("S", sim.id) for sim in sims] + [iccid(80_000 + number) for number in (1, 2, 3)]
    orders = [done, open_one, refused.order_id]
    names = tuple(
        replace(
            UNKNOWN,
            sim=esims[place],
            esim=esims[place],
            stock=esims[place],
            order=orders[place % len(orders)],
            notification=sent.id,
            link=f"link:{link.id}",
            esim_line=reference("EL", line.id),
            subscriber=reference("SB", vera),
            travel_plan=reference("TP", plan),
        )
        for place in range(len(esims))
    )
    secrets = (
        *orders,
        sent.id,
        *esims[3:],
        ADDRESS,
        "Rosa 7",
        MSISDN,
        "Grand Tour",
        "TRAVEL-000",
        "add_line",
    )
    return Travel(desks, names, re.compile("|".join(map(re.escape, secrets))))


async def _answer(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except EsimError as failure:
        return failure


def _alike(answer: Any, named: Known) -> tuple[type, str]:
    """An answer without the names that the caller gave."""
    text = repr(
        [reason.model_dump_json() for reason in answer.refusals] if isinstance(answer, Refused) else answer
    )
    for name in sorted((*asdict(named).values(), *asdict(UNKNOWN).values()), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "ID", text)
    return type(answer), text


async def _differences(
    travel: Travel, caller: Caller, names: Sequence[Known], calls: Iterable[str] = SAMPLES
) -> set[str]:
    """The calls that answer about a travel eSIM in another way than about what no account has."""
    found = set()
    for name in calls:
        sample = SAMPLES[name]
        if sample.names_nothing:
            continue
        unknown = _alike(await _answer(sample.call(travel.desks, caller, UNKNOWN, ACCOUNT)), UNKNOWN)
        for known in names:
            answer = await _answer(sample.call(travel.desks, caller, known, ACCOUNT))
            if _alike(answer, known) != unknown:
                found.add(name)
                break
    return found


async def _lists(travel: Travel, caller: Caller) -> set[str]:
    """The lists in which something of travel eSIMs is."""
    desks = travel.desks
    more = {
        "open orders": desks.orders.orders(caller, open_only=True),
        "held orders": desks.orders.orders(caller, held=True),
        "orders of the account": desks.orders.orders(caller, account=ACCOUNT),
        "refused orders of the account": desks.orders.orders(
            caller, account=ACCOUNT, status=OrderStatus.REFUSED
        ),
        "held codes": desks.code_book.waiting(caller, ACCOUNT, held=True),
    }
    calls = {name: call(desks, caller) for name, call in LISTS.items()} | more
    return {name for name, call in calls.items() if travel.shows(await _answer(call))}


EVERY = pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.night)])


@EVERY
@pytest.mark.covers("T1")
@pytest.mark.parametrize("role", UNSEEING)
async def test_a_travel_esim_does_not_exist_for_users_who_may_not_see_it(
    role: Role, travel: Travel, *, every: bool
) -> None:
    caller = await who(travel.desks.database, f"{role}@acme.example")
    assert await _differences(travel, caller, travel.named_by(role, every=every)) == set()
    assert await _lists(travel, caller) == set()


@pytest.mark.covers("T1")
@pytest.mark.parametrize("role", UNSEEING)
async def test_calls_about_travel_are_refused_to_users_who_may_not_see_it(role: Role, travel: Travel) -> None:
    caller = await who(travel.desks.database, f"{role}@acme.example")
    for name, sample in SAMPLES.items():
        if sample.needs in OF_TRAVEL:
            for known in travel.names:
                answer = await _answer(sample.call(travel.desks, caller, known, ACCOUNT))
                unseen = role is Role.PROVIDER_DESK and isinstance(answer, NotFound)
                refused = isinstance(answer, Refused) and answer.refusals[0].code == "not_permitted"
                assert refused or unseen, f"{name}: {answer!r}"
                assert not travel.shows(answer), name


@pytest.mark.covers("T1")
async def test_what_is_held_of_travel_esims_is_counted_for_users_who_may_see_it(travel: Travel) -> None:
    counts = {
        role: await travel.desks.code_book.held(await who(travel.desks.database, f"{role}@acme.example"))
        for role in (Role.VIEWER, Role.MANAGER, Role.SUPPORT)
    }
    assert counts == {Role.VIEWER: 2, Role.MANAGER: 2, Role.SUPPORT: 3}


FOUND = {
    *("OrderDesk.order", "OrderDesk.people", "OrderDesk.watch", "OrderDesk.retry", "FleetDesk.sim"),
    *("CodeBook.history", "CodeBook.notification", "CodeBook.people", "RetryDesk.one"),
    *("QrDesk.show", "QrDesk.notify", "QrDesk.revoke", "QrDesk.revoke_link", "QrDesk.import_code"),
}
"""Calls that find a travel eSIM, or something about one."""


@pytest.mark.covers("T1")
@pytest.mark.parametrize("role", SEEING)
async def test_staff_find_travel_esims_by_the_same_calls(role: Role, travel: Travel) -> None:
    caller = await who(travel.desks.database, f"{role}@acme.example")
    assert await _lists(travel, caller) >= {
        *("orders", "refused", "open orders", "held orders", "waiting", "held codes", "stock"),
        *("subscribers", "travel plans"),
    }
    assert await _differences(travel, caller, travel.names, FOUND) == FOUND
