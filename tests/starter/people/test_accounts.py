"""AccountDesk: created, renamed, closed and opened again; and a closed one takes nothing new (F67)."""

import asyncio

import pytest

from models.errors import NotFound, Refused
from models.identifiers import order_id
from models.language import Language
from models.orders.kinds import Swap
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance, Placement
from models.orders.rules import TARGETS
from models.people.callers import AllAccounts, By, Caller, Permission, Role
from models.people.reminders import AccountReminders
from starter import callers
from starter.people.accounts import AccountDesk
from starter.people.profiles import ProfileDesk
from store import events
from store.orders import acceptance, steps
from store.people import account_settings, reminder_schedules
from store.people import accounts as changes
from store.session import Database
from tests.builders import (
    ACCOUNT,
    ANA,
    OPERATOR,
    acknowledge,
    ana,
    as_csv,
    empty_slot,
    iccid,
    item,
    line,
    place,
    process,
    refused_fleet,
    run,
    until_blocked,
    world,
)
from tests.qr_world import codes_of, qr_world


async def told(database: Database, account_id: int = 1) -> list[tuple[str, str]]:
    """What happened to the account, and by whom."""
    async with database.reading() as connection:
        found = await events.of(connection, AllAccounts(), f"account:{account_id}")
    return [(event.type, event.actor) for event in found]


@pytest.mark.covers("F67", "F39")
async def test_a_new_account_has_a_default_profile_with_all_nine_targets(database: Database) -> None:
    accounts = AccountDesk(database, Language.FR)
    made = await accounts.create(OPERATOR, "  Nord ", contact="office@nord.example")
    assert (made.name, made.language, made.contact_email) == ("Nord", "fr", "office@nord.example")
    assert (made.closed_at, made.open_orders) == (None, 0)
    (profile,) = await ProfileDesk(database).profiles(OPERATOR, "Nord")
    assert (profile.is_default, profile.enabled) == (True, TARGETS)
    assert await told(database, made.id) == [("account.created", "operator")]
    assert (await accounts.create(OPERATOR, "Sud", "en")).language == "en"
    assert [account.name for account in await accounts.accounts(OPERATOR)] == ["Nord", "Sud"]


@pytest.mark.covers("F67")
async def test_a_name_is_one_account_s(database: Database) -> None:
    accounts = AccountDesk(database)
    await accounts.create(OPERATOR, "Nord")
    await accounts.create(OPERATOR, "Sud")
    for call in (accounts.create(OPERATOR, " Nord"), accounts.rename(OPERATOR, "Sud", "Nord")):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["name_in_use"]
    for wrong in ("", " ", "a\nb", "x" * 201, "\0"):
        with pytest.raises(Refused) as refused:
            await accounts.create(OPERATOR, wrong)
        assert codes_of(refused) == ["name_invalid"]
    for wrong in ("none", "a@b.example\nBcc: c@d.example"):
        with pytest.raises(Refused) as refused:
            await accounts.create(OPERATOR, "Ouest", contact=wrong)
        assert codes_of(refused) == ["email_invalid"]
    renamed = await accounts.rename(OPERATOR, "Sud", "Sud-Ouest")
    assert await accounts.rename(OPERATOR, "Sud-Ouest", "Sud-Ouest") == renamed
    assert await told(database, renamed.id) == [
        ("account.created", "operator"),
        ("account.renamed", "operator"),
    ]
    with pytest.raises(NotFound):
        await accounts.rename(OPERATOR, "Sud", "Est")


async def test_of_two_who_create_the_same_account_at_once_one_is_refused(database: Database) -> None:
    accounts = AccountDesk(database)
    answers = await asyncio.gather(
        *(accounts.create(OPERATOR, "Nord") for _ in range(4)), return_exceptions=True
    )
    failures = [answer for answer in answers if isinstance(answer, Refused)]
    assert [failure.refusals[0].code for failure in failures] == ["name_in_use"] * 3


@pytest.mark.covers("F67")
async def test_only_the_operator_creates_renames_and_closes(database: Database) -> None:
    desks = await world(database)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Olga", "olga@acme.example", role=Role.OWNER)
    owner = await ana(database, "olga@acme.example")
    accounts = AccountDesk(database)
    assert not owner.may(Permission.MANAGE_ACCOUNTS)
    for call in (
        accounts.create(owner, "New"),
        accounts.rename(owner, ACCOUNT, "New"),
        accounts.close(owner, ACCOUNT),
        accounts.reopen(owner, ACCOUNT),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert codes_of(refused) == ["not_permitted"]
    assert [account.name for account in await accounts.accounts(owner)] == [ACCOUNT]


@pytest.mark.covers("F67")
async def test_a_closed_account_takes_no_new_orders_and_its_open_ones_finish(database: Database) -> None:
    desks = await world(database, line(1), line(2), line(3))
    first, second = await place(database, 1), await place(database, 2)
    closed = await AccountDesk(database).close(OPERATOR, ACCOUNT)
    assert closed.closed_at is not None
    assert closed.open_orders == 2
    third = await accept(database, 3)
    assert third.status is OrderStatus.REFUSED
    assert [reason.code for reason in third.refusals] == ["account_closed"]
    assert await run(database, "SELECT id FROM orders WHERE id = :id", id=third.order_id) == []
    await acknowledge(database, first)
    await process(database, first, iccid(900))
    async with database.transaction() as connection:
        done = await steps.acknowledge(connection, second.order_id, By("contact:1"))
    assert done.refusal is None, "the distributor goes on"
    shown = await desks.fleet.line(OPERATOR, "L-1")
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.open_order) == (iccid(900), None)
    assert await AccountDesk(database).close(OPERATOR, ACCOUNT) == closed.model_copy(
        update={"open_orders": 1}
    )
    await AccountDesk(database).reopen(OPERATOR, ACCOUNT)
    assert (await accept(database, 3)).accepted, "the key of a refused order is free"
    assert await told(database) == [
        ("account.created", "operator"),
        ("account.closed", "operator"),
        ("account.reopened", "operator"),
    ]


@pytest.mark.covers("F67", "S5")
async def test_the_users_of_a_closed_account_cannot_act(database: Database) -> None:
    desks = await world(database, line(1))
    desk = "desk@telvia.example"
    await desks.users.create_user(
        OPERATOR, ACCOUNT, "Dora", desk, role=Role.PROVIDER_DESK, distributor="Telvia"
    )
    before = await ana(database)
    order = await place(database, 1)
    await AccountDesk(database).close(OPERATOR, ACCOUNT)
    with pytest.raises(Refused) as refused:
        await callers.user(database, ANA)
    assert codes_of(refused) == ["account_closed"]
    async with database.transaction() as connection:
        cancelled = await steps.cancel(connection, order.order_id, By(before.actor))
    assert cancelled.refusal is not None
    assert cancelled.refusal.code == "account_closed"
    # the distributor's staff finish what is open
    dora: Caller = await callers.user(database, desk)
    async with database.transaction() as connection:
        assert (await steps.acknowledge(connection, order.order_id, By(dora.actor))).refusal is None
    assert len(await desks.fleet.lines(OPERATOR, ACCOUNT)) == 1, "the operator reads its data"
    await AccountDesk(database).reopen(OPERATOR, ACCOUNT)
    assert (await callers.user(database, ANA)).actor == before.actor


@pytest.mark.covers("F67")
async def test_a_closed_account_requests_no_qr_code(database: Database) -> None:
    qr = await qr_world(database)
    open_before = await qr.asked(1, "before")
    await AccountDesk(database).close(OPERATOR, ACCOUNT)
    refused = await qr.ask(1, "after")
    assert "account_closed" in [reason.code for reason in refused.refusals]
    assert await run(database, "SELECT id FROM qr_requests WHERE status = 'requested'") == [(open_before,)]


@pytest.mark.covers("F67")
async def test_nothing_is_imported_into_a_closed_account(database: Database) -> None:
    desks = await world(database)
    await AccountDesk(database).close(OPERATOR, ACCOUNT)
    said = await refused_fleet(desks.fleet, as_csv(empty_slot(7), empty_slot(8, account="Other")))
    assert said == ["Line 2: account: The account is closed; the platform's operator can open it again."]
    with pytest.raises(Refused) as refused:
        await desks.catalogue.import_catalogue(OPERATOR, as_csv(item("New pack")))
    assert "account: The account is closed" in str(refused.value)
    await AccountDesk(database).reopen(OPERATOR, ACCOUNT)
    assert (await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(7)))).created["lines"] == 1


@pytest.mark.covers("F67")
async def test_an_order_that_is_being_accepted_is_accepted_before_the_account_is_closed(
    database: Database,
) -> None:
    await world(database)
    async with database.transaction() as accepting:
        first = await acceptance.accept(accepting, placement(1))
        closing = asyncio.create_task(AccountDesk(database).close(OPERATOR, ACCOUNT))
        await asyncio.wait([closing], timeout=0.5)
        assert not closing.done(), "it waits for the order"
    assert first.accepted
    assert (await closing).open_orders == 1


@pytest.mark.covers("F67")
async def test_an_order_that_comes_while_the_account_is_being_closed_is_refused(database: Database) -> None:
    await world(database)
    async with database.transaction() as connection:
        await changes.close(connection, 1, By("operator"))
        waiting = asyncio.create_task(accept(database, 1))
        await asyncio.wait([waiting], timeout=0.5)
        assert not waiting.done(), "it waits for the account"
    assert [reason.code for reason in (await waiting).refusals] == ["account_closed"]


async def test_another_language_and_orders_do_not_wait_for_each_other(database: Database) -> None:
    await world(database, line(1), line(2))
    async with database.transaction() as connection:
        await account_settings.set_language(connection, 1, Language.FR, By("operator"))
        assert (await asyncio.wait_for(accept(database, 1), 5)).accepted
    async with database.transaction() as accepting:
        await acceptance.accept(accepting, placement(2))
        await asyncio.wait_for(AccountDesk(database).set_language(OPERATOR, None, "en"), 5)


@pytest.mark.covers("F67")
@pytest.mark.parametrize("begun", [0, 6, 12])
async def test_closing_and_ordering_at_once_never_leaves_an_order_accepted_after_the_close(
    database: Database, begun: int
) -> None:
    await world(database, *(line(number) for number in range(1, 25)))
    under_way = asyncio.Semaphore(0)

    async def order(number: int) -> bool:
        under_way.release()
        return (await accept(database, number)).accepted

    async def close() -> None:
        for _ in range(begun):
            await under_way.acquire()
        await AccountDesk(database).close(OPERATOR, ACCOUNT)

    closing = asyncio.create_task(close())
    accepted = await asyncio.gather(*map(order, range(1, 25)))
    await closing
    (found,) = await run(
        database,
        """
SELECT count(*) FILTER (WHERE type = 'order.submitted') AS accepted,
    count(*) FILTER (WHERE type = 'order.refused') AS refused,
    coalesce(max(id) FILTER (WHERE type = 'order.submitted'), 0) AS last,
    max(id) FILTER (WHERE type = 'account.closed') AS closed
FROM events""",
    )
    assert (found.accepted, found.accepted + found.refused) == (sum(accepted), 24)
    assert found.last < found.closed
    assert not (await accept(database, 1, "afterwards")).accepted


def placement(number: int, key: str = "a") -> Placement:
    """An order of Ana's for the line of this number, as if she had called before the account was closed."""
    what = Swap(kind="switch_to_esim", line_id=number, pack_id=1, discard_confirmed=True)
    return Placement(order_id=order_id(1, f"{number} {key}"), account_id=1, user_id=1, what=what)


async def accept(database: Database, number: int, key: str = "a") -> Acceptance:
    """What becomes of it."""
    async with database.transaction() as connection:
        return await acceptance.accept(connection, placement(number, key))


@pytest.mark.covers("P11")
async def test_of_two_people_who_set_different_reminders_at_once_both_are_heard(database: Database) -> None:
    await world(database)
    accounts = AccountDesk(database)
    await accounts.set_reminders(OPERATOR, ACCOUNT, {"acknowledgement_days": 9})
    async with database.transaction() as connection:
        first = AccountReminders(reminders=4)
        await reminder_schedules.choose(connection, 1, first, OPERATOR.by, others_stay=True)
        change = accounts.set_reminders(OPERATOR, ACCOUNT, {"qr_reminders": 2}, others_stay=True)
        second = asyncio.create_task(change)
        await until_blocked(database, second)
    await second
    saved = await accounts.reminders(OPERATOR, ACCOUNT)
    assert (saved.acknowledgement_days, saved.reminders, saved.qr_reminders) == (9, 4, 2)
    whole = await accounts.set_reminders(OPERATOR, ACCOUNT, {"qr_reminders": 1})
    assert (whole.acknowledgement_days, whole.reminders, whole.qr_reminders) == (None, None, 1)
