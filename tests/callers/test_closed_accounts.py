"""A closed account takes nothing new by any call of a desk, also by one made while it is being closed (F67).

Every call of every desk is tried. Those that add a record to the account are found by counting.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from models.errors import Refused, Unavailable
from models.people.callers import By, Role
from starter.desks import Desks
from store.people import accounts as changes
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, as_csv, item, line, run
from tests.callers.sample import Call
from tests.callers.samples import SAMPLES
from tests.callers.world import Known, who
from tests.qr_world import code
from tests.starter.licences.files import unused
from tests.starter.travel.files import esim, stock_file

OPENED = "UPDATE accounts SET closed_at = NULL WHERE id = 1"
CLOSED = "UPDATE accounts SET closed_at = esim_now() WHERE id = 1"
HAS = """
SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'account_id'
UNION SELECT 'contacts' UNION SELECT 'contact_roles' UNION SELECT 'profile_targets'
"""
KEPT_OF_WORK = {"events", "holds"}
"""Records of what was done or tried, which a closed account has, too."""
FINISHES = {
    "OrderDesk.cancel": "the note of an order that is open",
    "ContactDesk.add_contact": "an open order may be held until its distributor has a contact",
    "ProfileDesk.enable": "a profile that the account has",
    "QrDesk.import_code": "an order is done when its eSIM has a code",
    "QrDesk.notify": "of a code that the SIM has",
    "AccountDesk.create": "another account",
    "ApiKeyDesk.create_platform_key": "a key of no account",
    "NumberDesk.suspend": "the reason of a change that adds no number",
    "NumberDesk.stop_esim": "the reason of a change that adds no number",
    "LicenceDesk.give_back": "its charges end",
    "WebhookDesk.delete": "an endpoint fewer",
    "WebhookDesk.replay": "events that the account has",
    "WebhookDesk.rotate": "a secret that leaked is replaced, and the one before signs for a while",
    **dict.fromkeys(
        ("ReportDesk.connect", "ReportDesk.usage", "ReportDesk.installed"),
        "what a network says of plans that subscribers have",
    ),
}
"""What the operator may still do, and why."""
ADDED_BY_SAMPLES = {
    "AgentDesk.create_agent",
    "UserDesk.create_user",
    "MailedDesk.invite",
    "ProfileDesk.create_profile",
    "LicenceDesk.buy",
    "LicenceDesk.change",
    "LicenceDesk.set_price",
    "LicenceDesk.set_billing",
    "StockDesk.set_threshold",
    "PlanDesk.create_plan",
    "PlanDesk.import_plans",
    "PlanDesk.import_rates",
    "SubscriberDesk.import_subscribers",
    "SubscriberDesk.add_subscriber",
    "JobDesk.submit_file",
    "WebhookDesk.create",
    "EmployeeDesk.add_employee",
    "GroupDesk.create_group",
    "EmployeeDesk.remove_employee",
    "GroupDesk.delete_group",
    "ContactDesk.remove_contact",
    "AccountDesk.set_reminders",
    "ProfileDesk.delete_profile",
}
TRIED = {"LicenceDesk.check_price"}
"""What is done and taken back, to see whether it would be refused."""
# their samples add nothing
ADDING: dict[str, Call] = {
    "FleetDesk.import_fleet": lambda d, c, _, a: d.fleet.import_fleet(c, as_csv(line(50, account=a))),
    "CatalogueDesk.import_catalogue": lambda d, c, _, a: d.catalogue.import_catalogue(
        c, as_csv(item("New", account=a))
    ),
    "FleetEditDesk.set_employee": lambda d, c, k, _: d.edits.set_employee(
        c, [k.line], "new@acme.example", name="New"
    ),
    "FleetEditDesk.set_groups": lambda d, c, k, _: d.edits.set_groups(c, [k.line], ["New"], create=True),
    "FleetEditDesk.edit_line": lambda d, c, k, _: d.edits.edit_line(c, k.line, groups=["New"], create=True),
    "LicenceRequestDesk.request": lambda d, _, k, a: _requested(d, a),
}
ADDING["ApiKeyDesk.create"] = lambda d, c, _, __: d.api_keys.create(c, "New", user="bot@acme.example")
ADDING["StockDesk.import_stock"] = lambda d, c, _, a: d.stock.import_stock(c, a, stock_file(esim()))
ADDING["NumberDesk.import_numbers"] = lambda d, c, _, a: d.numbers.import_numbers(
    c, as_csv(unused(50, account=a))
)


async def _requested(desks: Desks, account: str) -> Any:
    """By a user: the operator is none."""
    administrator = await who(desks.database, f"{Role.ADMINISTRATOR}@acme.example")
    return await desks.licence_requests.request(administrator, account, "voice_sms", 1)


CALLS: dict[str, Call] = {name: sample.call for name, sample in SAMPLES.items()} | ADDING
CALLS["QrDesk.import_code"] = lambda d, c, k, _: d.codes.import_code(c, k.esim, str(code(7)))
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def held(database: Database) -> Mapping[str, int]:
    """How many records of each kind the account has."""
    (row,) = await run(database, await counting(database))
    return dict(row._mapping)


async def counting(database: Database) -> str:
    """The query for that."""
    tables = {name for (name,) in await run(database, HAS)}
    assert tables >= KEPT_OF_WORK
    counts = (f"(SELECT count(*) FROM {table}) AS {table}" for table in sorted(tables - KEPT_OF_WORK))
    return f"SELECT {', '.join(counts)}"


async def codes(desks: Desks, known: Known, name: str) -> set[str]:
    """Why the operator is refused; nothing where the call was done, as far as it goes without Temporal."""
    try:
        await CALLS[name](desks, OPERATOR, known, ACCOUNT)
    except Refused as refused:
        return {reason.code for reason in refused.refusals}
    except Unavailable:
        return set()
    return set()


@pytest.mark.covers("F67")
async def test_no_call_adds_anything_to_a_closed_account(
    database: Database, desks: Desks, acme: Known
) -> None:
    found: dict[str, Any] = {}
    for name in sorted(set(CALLS) - set(FINISHES)):
        await run(database, CLOSED)
        before = await held(database)
        await codes(desks, acme, name)
        if await held(database) != before:
            found[name] = {what: n for what, n in (await held(database)).items() if n != before[what]}
    assert found == {}


@pytest.mark.parametrize("name", sorted(FINISHES))
async def test_what_open_orders_and_present_codes_need_is_added(
    database: Database, desks: Desks, acme: Known, name: str
) -> None:
    await run(database, CLOSED)
    before = await held(database)
    assert await codes(desks, acme, name) == set()
    assert await held(database) != before


@pytest.mark.covers("F67")
async def test_what_is_added_while_the_account_is_being_closed_is_refused(
    database: Database, desks: Desks, acme: Known
) -> None:
    added = []
    for name in sorted(set(CALLS) - set(FINISHES)):
        await run(database, OPENED)
        before = await held(database)
        async with database.transaction() as connection:
            await changes.close(connection, 1, By("operator"))
            calling = asyncio.create_task(codes(desks, acme, name))
            async with asyncio.timeout(20):
                while not calling.done() and (await run(database, WAITING))[0][0] == 0:
                    pass
            waited = not calling.done()
        refused = await calling
        assert await held(database) == before, name
        if waited and refused:
            added.append(name)
    assert set(added) == {*ADDED_BY_SAMPLES, *TRIED, *ADDING}
