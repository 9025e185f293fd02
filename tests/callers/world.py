"""Two firms for tests of callers: Acme, with one of everything, and Bolt, with people only.

Ana, Ben and the others are of Acme; Cleo owns Bolt, so she has every right there is, and none of Acme's
records may exist for her.
"""

from dataclasses import dataclass

from models.identifiers import reference
from models.orders.lifecycle import HoldReason
from models.people.callers import Caller, Role
from settings import Settings
from starter import callers
from starter.desks import Desks
from store.key_ring import KeyRing
from store.session import Database
from temporal.connection import connect
from tests.builders import ACCOUNT, OPERATOR, DataDesks, as_csv, empty_slot, line, place, run
from tests.callers import records
from tests.licences_world import add_agent, add_number
from tests.qr_world import hold, qr_world
from tests.travel_world import (
    ASIA,
    add_stock,
    add_subscriber,
    add_travel_plan,
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
    employee: str
    """One who uses no SIM."""
    group: str
    """A management group with a line."""
    event: str
    """A change, as the audit and the feed name it."""
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
        **await records.licences(database),
        esim_line=await records.esim_line(database, order.order_id),
        subscriber=reference("SB", await add_subscriber(database, 2)),
        travel_plan=reference("TP", await add_travel_plan(database, "Asia", countries=ASIA)),
        assignment=await records.assignment(database, order.order_id),
        stock=stock,
        api_key=await records.api_key(database, KEYS),
        webhook=await records.webhook(database, KEYS),
        job=await records.job(database, reference("L", found.id), KEYS),
        device=await records.device(database, found.device),
        view=await records.view(database),
        employee=await records.employee(database),
        group=await records.group(database),
        event=await records.event(database),
    )
    await records.left_line(database)
    await run(
        database,
        "INSERT INTO mails (id, account_id, qr_notification_id, template, recipient, message_id, state)"
        " VALUES ('kept', 1, :about, 'manager_notified', 'manager', '<kept@esim.example>', 'sent')"
        " RETURNING id",
        about=notification.id,
    )
    return known


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
    employee="E-99999",
    group="G-99999",
    event="MS4xMDA0LjQ",
)


async def open_desks(database: Database, url: str) -> Desks:
    """All desks, with a Temporal that is away."""
    settings = Settings(database_url=url, temporal_address=NO_TEMPORAL, secret_keys=KEYS)
    client = await connect(settings, lazy=True)
    return Desks.of(client, database, settings)


async def who(database: Database, address: str) -> Caller:
    """The user with this address, as they call now."""
    return await callers.user(database, address)
