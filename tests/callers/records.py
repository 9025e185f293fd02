"""One record of each subject for Acme, as desks and processed orders leave them."""

import json

from models.feed import Cursor
from models.fleet.grid import InventoryQuery
from models.identifiers import reference
from models.licences.add_ons import AddOn
from models.people.callers import Role, UserKind
from models.travel.kinds import AddLine
from settings import Settings
from starter import callers
from starter.fleet.saved_views import SavedViewDesk
from starter.licences.licences import LicenceDesk
from starter.operations.webhooks import WebhookDesk
from starter.people.api_keys import ApiKeyDesk
from starter.people.employees import EmployeeDesk
from starter.people.users import UserDesk
from store.key_ring import KeyRing
from store.licences import request_rows
from store.operations import jobs
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, iccid, run
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan


async def api_key(database: Database, keys: str) -> str:
    """A key of a service user."""
    users, bot = UserDesk(database), "bot@acme.example"
    await users.create_user(OPERATOR, ACCOUNT, "Bot", bot, role=Role.VIEWER, kind=UserKind.SERVICE)
    made = await ApiKeyDesk(database, Settings(secret_keys=keys)).create(OPERATOR, "Reports", user=bot)
    return made.view.key_id


async def webhook(database: Database, keys: str) -> str:
    """An endpoint on loopback, which the desks of these tests do not call."""
    desk = WebhookDesk(database, Settings(secret_keys=keys, webhooks_to_loopback=True))
    made = await desk.create(OPERATOR, "http://127.0.0.1:9/hooks", account=ACCOUNT)
    return made.view.webhook_id


async def device(database: Database, name: str) -> str:
    (row,) = await run(database, "SELECT id FROM devices WHERE name = :name", name=name)
    return reference("D", row.id)


async def event(database: Database) -> str:
    """The order that was placed."""
    (row,) = await run(
        database, "SELECT epoch, xid::text, id FROM events WHERE type = 'order.submitted' ORDER BY id LIMIT 1"
    )
    return str(Cursor(row.epoch, int(row.xid), row.id))


async def view(database: Database) -> str:
    """A view of the inventory of the manager."""
    manager = await callers.user(database, f"{Role.MANAGER}@acme.example")
    return (await SavedViewDesk(database).save(manager, "Orange", InventoryQuery(provider="Orange"))).view_id


async def employee(database: Database) -> str:
    added = await EmployeeDesk(database).add_employee(OPERATOR, ACCOUNT, "Elsa", "elsa@acme.example")
    return reference("E", added.id)


async def group(database: Database) -> str:
    (row,) = await run(
        database, "SELECT min(g.id) AS id FROM management_groups g JOIN line_groups ON group_id = g.id"
    )
    return reference("G", row.id)


async def job(database: Database, line_name: str, keys: str) -> str:
    """A job that waits to be run."""
    rows = json.dumps([{"kind": "switch_to_esim", "line": line_name, "discard_confirmed": True}])
    manager = await callers.user(database, f"{Role.MANAGER}@acme.example")
    async with database.transaction() as connection:
        new = jobs.NewJob(manager.account, "place_orders", rows.encode(), 1, "waiting", dry_run=False)
        made = await jobs.create(connection, KeyRing(keys), new, manager)
    return made.view.job_id


async def esim_line(database: Database, order_id: str) -> str:
    """A subscriber's eSIM line, without an eSIM."""
    subscriber = await add_subscriber(database)
    rows = await run(
        database,
        "INSERT INTO esim_lines (account_id, subscriber_id, name, profile, complimentary, order_id)"
        " SELECT account_id, id, 'France', 7, false, :order FROM subscribers WHERE id = :id RETURNING id",
        order=order_id,
        id=subscriber,
    )
    return reference("EL", rows[0].id)


LEFT = 900
"""The number of an eSIM that has left its line."""


async def left_line(database: Database) -> None:
    """An eSIM line whose eSIM was discarded: late reports still name it."""
    subscriber = await add_subscriber(database, 3)
    await add_esim_line(database, subscriber, LEFT, by=f"{Role.SUPPORT}@acme.example")
    what = AddLine(subscriber_id=subscriber, plan_id=1).model_dump_json()
    await run(database, "UPDATE orders SET what = CAST(:what AS jsonb) WHERE what = '{}'", what=what)
    await run(
        database,
        "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = esim_now() WHERE iccid = :iccid",
        iccid=iccid(70_000 + LEFT),
    )


async def assignment(database: Database, order_id: str) -> str:
    """A queued plan on that line."""
    (row,) = await run(database, "SELECT id FROM esim_lines")
    plan = await assign_plan(database, row.id, await add_travel_plan(database), order=order_id)
    await run(
        database,
        "INSERT INTO line_reports (account_id, esim_line_id, key, report, at, outcome)"
        " SELECT account_id, id, 'a', 'installed', esim_now(), 'noted' FROM esim_lines",
    )
    return reference("PA", plan)


async def licences(database: Database) -> dict[str, str]:
    """A licence, its price and purchase, and a request for another one."""
    licences = LicenceDesk(database)
    await licences.set_price(OPERATOR, ACCOUNT, "voice_sms", "10.00")
    bought = await licences.buy(OPERATOR, ACCOUNT, "voice_sms", 1)
    administrator = await callers.user(database, f"{Role.ADMINISTRATOR}@acme.example")
    async with database.transaction() as connection:
        request = await request_rows.request(
            connection, 1, administrator.user, AddOn.VOICE_SMS_DATA, 1, None, "a", administrator.by
        )
    return {
        "licence": reference("LI", bought.new[0]),
        "purchase": bought.reference,
        "licence_request": request.id,
    }
