"""Two firms for tests of callers: Acme, with one of everything, and Bolt, with people only.

Ana, Ben and the others are of Acme; Cleo owns Bolt, so she has every right there is, and none of Acme's
records may exist for her.
"""

import json
from dataclasses import dataclass

from models.feed import Cursor
from models.fleet.grid import InventoryQuery
from models.identifiers import reference
from models.licences.add_ons import AddOn
from models.orders.lifecycle import HoldReason
from models.people.callers import Caller, Role, UserKind
from models.travel.kinds import AddLine
from settings import Settings
from starter import callers
from starter.desks import Desks
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
from temporal.connection import connect
from tests.builders import ACCOUNT, OPERATOR, DataDesks, as_csv, empty_slot, iccid, line, place, run
from tests.licences_world import add_agent, add_number
from tests.qr_world import hold, qr_world
from tests.travel_world import (
    ASIA,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
)

BOLT = "Bolt"
CLEO = "cleo@bolt.example"
BEN = "ben@acme.example"
ZED = "zed@acme.example"
KEYS = KeyRing.new_key()
NO_TEMPORAL = "127.0.0.1:9"
"""Nothing answers there: a call that gets as far as Temporal is told that it is away."""


@dataclass(frozen=True)
class Known:
    """What Acme has, as people name it, and what no account has."""

    line: str
    sim: str
    esim: str
    order: str
    refused: str
    """An order that was refused."""
    request: str
    notification: str
    contact: str
    user: str
    agent: str
    number: str
    upload_token: str
    download_token: str
    link: str
    """The upload link."""
    licence: str
    purchase: str
    licence_request: str
    esim_line: str
    subscriber: str
    travel_plan: str
    assignment: str
    stock: str
    """An eSIM that lies in travel stock."""
    api_key: str
    webhook: str
    job: str
    device: str
    view: str
    """A view of the inventory that the manager saved."""
    event: str
    """A change, as the audit and the feed name it."""
    employee: str
    """One who uses no SIM."""
    group: str
    """A management group with a line."""
    profile: str = "Clerk"
    distributor: str = "Telvia"
    account: str = "A-1"


async def build(database: Database) -> Known:
    """Fill an empty database; what is in it."""
    esim = line(1, sim_type="esim")
    qr = await qr_world(database, esim, line(2), line(3, sim_type="esim"), line(4), keys=KEYS)
    desks = DataDesks(database)
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(9, account=BOLT)))
    for role in Role:
        if role is not Role.OPERATOR:
            of = "Telvia" if role is Role.PROVIDER_DESK else None
            address = f"{role}@acme.example"
            await desks.users.create_user(OPERATOR, ACCOUNT, role, address, role=role, distributor=of)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Ben", BEN, role=Role.VIEWER)
    zed = await desks.users.create_user(OPERATOR, ACCOUNT, "Zed", ZED, role=Role.VIEWER)
    await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Clerk")
    await desks.users.create_user(OPERATOR, BOLT, "Cleo", CLEO, role=Role.OWNER)
    request = await qr.asked(3, "open")
    version = (await qr.take(1)).version.id
    notification = await qr.notify(version)
    held = await qr.notify(version, key="held", to="carl@acme.example")
    await hold(qr, held.id, HoldReason.MAIL_REJECTED)
    await hold(qr, request, HoldReason.NO_QR_CODE)
    refused = await place(database, 4, quantity=2)
    order = await place(database, 4)
    found = await desks.fleet.line(OPERATOR, "+33639980004")
    assert found.sim is not None
    agent = await add_agent(database)
    stock = reference("S", await add_stock(database))
    known = Known(
        line=reference("L", found.id),
        sim=reference("S", found.sim.id),
        esim="S-1",
        order=order.order_id,
        refused=refused.order_id,
        request=request,
        notification=notification.id,
        contact=reference("C", qr.contacts[0]),
        user=reference("U", zed.id),
        agent=reference("AG", agent),
        number=reference("N", await add_number(database, 1, agent)),
        upload_token=await qr.upload_link(request, sim=3),
        download_token=await qr.download_link(notification, version),
        link="link:1",
        **await _licences(database),
        esim_line=await _esim_line(database, order.order_id),
        subscriber=reference("SB", await add_subscriber(database, 2)),
        travel_plan=reference("TP", await add_travel_plan(database, "Asia", countries=ASIA)),
        assignment=await _assignment(database, order.order_id),
        stock=stock,
        api_key=await _api_key(database),
        webhook=await _webhook(database),
        job=await _job(database, reference("L", found.id)),
        device=await _device(database, found.device),
        view=await _view(database),
        event=await _event(database),
        employee=await _employee(database),
        group=await _group(database),
    )
    await _left_line(database)
    await run(
        database,
        "INSERT INTO mails (id, account_id, qr_notification_id, template, recipient, message_id, state)"
        " VALUES ('kept', 1, :about, 'manager_notified', 'manager', '<kept@esim.example>', 'sent')"
        " RETURNING id",
        about=notification.id,
    )
    return known


async def _api_key(database: Database) -> str:
    """A key of a service user."""
    users, bot = UserDesk(database), "bot@acme.example"
    await users.create_user(OPERATOR, ACCOUNT, "Bot", bot, role=Role.VIEWER, kind=UserKind.SERVICE)
    made = await ApiKeyDesk(database, Settings(secret_keys=KEYS)).create(OPERATOR, "Reports", user=bot)
    return made.view.key_id


async def _webhook(database: Database) -> str:
    """An endpoint on loopback, which the desks of these tests do not call."""
    desk = WebhookDesk(database, Settings(secret_keys=KEYS, webhooks_to_loopback=True))
    made = await desk.create(OPERATOR, "http://127.0.0.1:9/hooks", account=ACCOUNT)
    return made.view.webhook_id


async def _device(database: Database, name: str) -> str:
    (row,) = await run(database, "SELECT id FROM devices WHERE name = :name", name=name)
    return reference("D", row.id)


async def _event(database: Database) -> str:
    """The order that was placed."""
    (row,) = await run(
        database, "SELECT epoch, xid::text, id FROM events WHERE type = 'order.submitted' ORDER BY id LIMIT 1"
    )
    return str(Cursor(row.epoch, int(row.xid), row.id))


async def _view(database: Database) -> str:
    """A view of the inventory of the manager."""
    manager = await who(database, f"{Role.MANAGER}@acme.example")
    return (await SavedViewDesk(database).save(manager, "Orange", InventoryQuery(provider="Orange"))).view_id


async def _employee(database: Database) -> str:
    added = await EmployeeDesk(database).add_employee(OPERATOR, ACCOUNT, "Elsa", "elsa@acme.example")
    return reference("E", added.id)


async def _group(database: Database) -> str:
    (row,) = await run(
        database, "SELECT min(g.id) AS id FROM management_groups g JOIN line_groups ON group_id = g.id"
    )
    return reference("G", row.id)


async def _job(database: Database, line_name: str) -> str:
    """A job that waits to be run."""
    rows = json.dumps([{"kind": "switch_to_esim", "line": line_name, "discard_confirmed": True}])
    manager = await who(database, f"{Role.MANAGER}@acme.example")
    async with database.transaction() as connection:
        new = jobs.NewJob(manager.account, "place_orders", rows.encode(), 1, "waiting", dry_run=False)
        made = await jobs.create(connection, KeyRing(KEYS), new, manager)
    return made.view.job_id


async def _esim_line(database: Database, order_id: str) -> str:
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


async def _left_line(database: Database) -> None:
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


async def _assignment(database: Database, order_id: str) -> str:
    """A queued plan on that line."""
    (row,) = await run(database, "SELECT id FROM esim_lines")
    plan = await assign_plan(database, row.id, await add_travel_plan(database), order=order_id)
    await run(
        database,
        "INSERT INTO line_reports (account_id, esim_line_id, key, report, at, outcome)"
        " SELECT account_id, id, 'a', 'installed', esim_now(), 'noted' FROM esim_lines",
    )
    return reference("PA", plan)


async def _licences(database: Database) -> dict[str, str]:
    """A licence, its price and purchase, and a request for another one."""
    licences = LicenceDesk(database)
    await licences.set_price(OPERATOR, ACCOUNT, "voice_sms", "10.00")
    bought = await licences.buy(OPERATOR, ACCOUNT, "voice_sms", 1)
    administrator = await who(database, f"{Role.ADMINISTRATOR}@acme.example")
    async with database.transaction() as connection:
        request = await request_rows.request(
            connection, 1, administrator.user, AddOn.VOICE_SMS_DATA, 1, None, "a", administrator.by
        )
    return {
        "licence": reference("LI", bought.new[0]),
        "purchase": bought.reference,
        "licence_request": request.id,
    }


UNKNOWN = Known(
    line="L-99999",
    sim="S-99999",
    esim="S-99999",
    order="order-aaaaaaaaaaaaaaaa",
    refused="order-aaaaaaaaaaaaaaaa",
    request="qr-request-aaaaaaaaaaaaaaaa",
    notification="qr-notification-aaaaaaaaaaaaaaaa",
    contact="C-99999",
    user="U-99999",
    agent="AG-99999",
    number="N-99999",
    upload_token="no-such-token",
    download_token="no-such-token",
    link="link:99999",
    licence="LI-99999",
    purchase="LP-99999",
    licence_request="licence-request-aaaaaaaaaaaaaaaa",
    esim_line="EL-99999",
    subscriber="SB-99999",
    travel_plan="TP-99999",
    assignment="PA-99999",
    stock="S-99999",
    api_key="K-99999",
    webhook="WH-99999",
    profile="No such profile",
    distributor="No such distributor",
    account="A-99999",
    job="J-99999",
    device="D-99999",
    view="V-99999",
    event="MS4xMDA0LjQ",
    employee="E-99999",
    group="G-99999",
)


async def open_desks(database: Database, url: str) -> Desks:
    """All desks, with a Temporal that is away."""
    settings = Settings(database_url=url, temporal_address=NO_TEMPORAL, secret_keys=KEYS)
    client = await connect(settings, lazy=True)
    return Desks.of(client, database, settings)


async def who(database: Database, address: str) -> Caller:
    """The user with this address, as they call now."""
    return await callers.user(database, address)
