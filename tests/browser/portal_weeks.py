"""Some weeks of an account, for the pictures of the tour: the demonstration's chapters about travel and
licences, orders by day, a profile and a webhook, then the work that the demonstration leaves open.
"""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from models.orders.lifecycle import OrderKind
from models.orders.rules import TARGETS, Action
from models.people.callers import Role
from sandbox.demo import fleet, licences, travel
from sandbox.demo.open_work import OpenWork, leave_open
from sandbox.demo.pages import line_for
from sandbox.demo.scene import Scene
from sandbox.demo.webhooks import Receiver, receiving
from sandbox.stage import Timeline, running_sandbox
from settings import Settings, sandbox_clock
from starter import callers
from starter.catalogue.desk import CatalogueDesk
from starter.codes.desk import QrDesk
from starter.fleet.desk import FleetDesk
from starter.licences.licences import LicenceDesk
from starter.operations.clock import ClockDesk
from starter.operations.webhooks import WebhookDesk
from starter.orders.desk import OrderDesk
from starter.people.profiles import ProfileDesk
from starter.people.sandbox_people import sign_ins
from starter.people.users import UserDesk
from starter.travel.reports import ReportDesk
from store.session import Database
from temporal.connection import connect
from tests.builders import OPERATOR
from tests.temporal_server import eventually

PROFILE = "Field staff"
_ORDERS = (2, 1, 3, 0, 2, 1, 3, 1, 2, 1, 0, 1)
"""How many orders are placed, two days apart."""
_LATE_FROM = 9
"""From then on orders of the desk are left open: the first reminder comes after two days."""
_STEP = timedelta(days=2)
_EVERY_CANCELLED = 5
_EVERY_USED = 4
_USED = 210_000_000
_OTHER_PRICES = {"voice_sms": "8.00", "voice_sms_data_pro": "16.00"}


@dataclass(frozen=True)
class Weeks:
    """What the pictures show: who signs in, where, and which webhook."""

    portal: str
    work: OpenWork
    webhook: str


@asynccontextmanager
async def some_weeks() -> AsyncIterator[Weeks]:
    """A sandbox in which they have passed, until the block ends."""
    async with _scene() as scene, receiving() as receiver:
        await travel.travel(scene)
        await _orders_by_day(scene)
        await licences.licences(scene)
        await _more_licences(scene)
        await _profile(scene)
        webhook = await _webhook(scene, receiver)
        work = await leave_open(scene, ("licences", "travel"))
        await _attempts(scene, webhook)
        if scene.timeline.wrong:
            raise AssertionError(scene.timeline.wrong)
        yield Weeks(scene.qr_desk.settings.portal_url, work, webhook)


@asynccontextmanager
async def _scene() -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="esim-weeks-") as folder:
        async with running_sandbox(Path(folder), None, "--clock") as (data, _):
            os.environ["ESIM_DATA_DIR"] = folder
            settings = Settings(answer_timeout=60, webhooks_to_loopback=True)
            database, client = Database(settings.database_url), await connect(settings)
            timeline = Timeline(Console(highlight=False))
            try:
                user = await fleet.imported(timeline, database)
                yield Scene(
                    timeline,
                    OrderDesk(client, database, settings),
                    QrDesk(client, database, settings),
                    FleetDesk(database),
                    CatalogueDesk(database),
                    client,
                    data,
                    user,
                )
            finally:
                await database.close()
                del os.environ["ESIM_DATA_DIR"]


async def _orders_by_day(scene: Scene) -> None:
    """Orders are placed and end; the last ones of the desk stay open while days pass."""
    clock = ClockDesk(scene.client, scene.desk.database, scene.qr_desk.settings)
    mark = sandbox_clock(scene.folder.path)
    reports = ReportDesk(scene.client, scene.desk.database, scene.qr_desk.settings)
    people = await sign_ins(OPERATOR, scene.desk.database, scene.folder.path)
    desk = next(one for one in people if one.role == Role.PROVIDER_DESK)
    placed = 0
    for step, number in enumerate(_ORDERS):
        for _ in range(number):
            placed += 1
            if step >= _LATE_FROM:
                line, pack = await line_for(scene, desk)
                await scene.place(OrderKind.SWITCH_TO_ESIM, line, pack)
            else:
                await _ended(scene, cancelled=placed % _EVERY_CANCELLED == 0)
        if step % _EVERY_USED == 0:
            await reports.usage(OPERATOR, "EL-1", "Italy", _USED, key=f"usage-{step}")
        await clock.advance(OPERATOR, mark, _STEP)


async def _ended(scene: Scene, *, cancelled: bool) -> None:
    line = await scene.line(Action.SWITCH_TO_ESIM, with_employee=True)
    order = await scene.place(OrderKind.SWITCH_TO_ESIM, line)
    if cancelled:
        await scene.desk.cancel(OPERATOR, order, reason="The employee keeps the old phone.")
        return
    await scene.desk.acknowledge(OPERATOR, order)
    await scene.desk.processed(OPERATOR, order, iccid=scene.next_iccid())


async def _more_licences(scene: Scene) -> None:
    desk, account = LicenceDesk(scene.desk.database), scene.user.account
    owner = await callers.user(scene.desk.database, "olga@acme.example")
    for add_on, price in _OTHER_PRICES.items():
        await desk.set_price(OPERATOR, account, add_on, price)
    await desk.buy(owner, account, "voice_sms", 5)
    await desk.buy(owner, account, "voice_sms_data_pro", 3)


async def _profile(scene: Scene) -> None:
    profiles, account = ProfileDesk(scene.desk.database), scene.user.account
    await profiles.create_profile(OPERATOR, account, PROFILE)
    await profiles.enable(OPERATOR, account, PROFILE, TARGETS[:5])
    await UserDesk(scene.desk.database).edit_user(OPERATOR, "manager@sandbox.example", profile=PROFILE)


async def _webhook(scene: Scene, receiver: Receiver) -> str:
    """A receiver that does not know the secret yet, so that the first events fail there."""
    desk = WebhookDesk(scene.desk.database, scene.qr_desk.settings)
    receiver.secret = "whsec_bm90LXRoZS1zZWNyZXQtb2YtdGhpcy13ZWJob29r"
    made = await desk.create(
        OPERATOR,
        receiver.url,
        types=["order.submitted", "order.provider_processing", "order.processed"],
        description="Orders for the warehouse",
        account=scene.user.account,
    )
    return made.view.webhook_id


async def _attempts(scene: Scene, webhook: str) -> None:
    """Wait for the first attempts."""
    desk = WebhookDesk(scene.desk.database, scene.qr_desk.settings)
    await eventually(lambda: desk.attempts(OPERATOR, webhook), lambda page: len(page) > 1, within=60)
