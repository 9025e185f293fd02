"""After an upgrade and the loss of Temporal's data, all that was open is started again and finished."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from models.codes.requests import RequestStatus
from models.orders.lifecycle import OrderStatus
from models.travel.profiles import Outcome, PlanState
from settings import Settings
from starter.desks import Desks
from starter.operations import clock
from starter.operations.restarts import Restarted
from store.clock import mark_clock
from store.operations.unfinished import Waiting, waiting
from store.session import Database
from temporal.travel.schedule import keep_sweeping
from tests.builders import OPERATOR, iccid
from tests.starter.travel.files import esim, stock_file
from tests.system.qr_scene import a_code
from tests.system.scene import Scene, a_mailbox
from tests.temporal_server import a_server, eventually
from tests.upgrade.kept import Kept

MARK = "0" * 32
FROM_STOCK = {"add_line", "add_plan", "replace_line_esim"}
PATIENCE = 90.0


class Upgraded:
    """A scene of the new version around the upgraded database, with a Temporal that knows nothing."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.desks: Desks = Desks.of(scene.temporal.client, scene.database, scene.settings)
        self._iccids = iter(range(20_000, 21_000))
        self._codes = iter(range(5_000, 6_000))

    async def unfinished(self) -> list[Waiting]:
        async with self.scene.database.reading() as connection:
            return await waiting(connection, OPERATOR.scope)

    async def recovered(self) -> list[str]:
        """Start everything that has no workflow."""
        lost = await self.desks.recovery.find(OPERATOR)
        done = await self.desks.recovery.start(OPERATOR, lost)
        assert {one.outcome for one in done} == {Restarted.STARTED}
        return [one.id for one in done]

    async def finish_orders(self) -> list[str]:
        """What distributors do, and an import of stock; the ids of the orders that were open."""
        orders = self.desks.orders
        found = await orders.orders(OPERATOR, open_only=True, limit=1000)
        for order in found:
            if order.kind in FROM_STOCK:
                continue
            if order.status is OrderStatus.SUBMITTED:
                await orders.acknowledge(OPERATOR, order.id)
            await orders.processed(OPERATOR, order.id, iccid=iccid(next(self._iccids)))
        assert {order.kind for order in found} >= FROM_STOCK
        return [order.id for order in found]

    async def import_stock(self) -> None:
        """Two eSIMs for each order that waits for one."""
        rows, number = [], 900
        for profile in await self.desks.stock.profiles(OPERATOR, "Acme"):
            for _ in range(2 * profile.waiting):
                number += 1
                rows.append(esim(number, profile=profile.profile))
        await self.desks.stock.import_stock(OPERATOR, "Acme", stock_file(*rows))

    async def upload_codes(self) -> list[str]:
        """Codes for all open requests, whose ids these are."""
        found = await self.desks.code_book.waiting(OPERATOR, open_only=True, limit=1000)
        asked = [one for one in found if one.status == RequestStatus.REQUESTED]
        for one in asked:
            await self.desks.codes.import_code(OPERATOR, f"S-{one.sim_id}", str(a_code(next(self._codes))))
        return [one.id for one in asked]

    async def connect(self) -> list[int]:
        """Phones connect in France: the ids of the plans that this started."""
        started = []
        for line in await self.desks.line_book.lines(OPERATOR):
            name = f"EL-{line.id}"
            if line.sim_state != "active" or [plan.state for plan in line.plans] != [PlanState.QUEUED]:
                continue
            report = await self.desks.reports.connect(OPERATOR, name, key=f"after {name}", country="France")
            started += [report.assignment_id] if report.outcome is Outcome.STARTED else []
        return [plan for plan in started if plan is not None]

    async def states(self) -> dict[int, PlanState]:
        """The state of each plan on a line."""
        lines = await self.desks.line_book.lines(OPERATOR)
        return {plan.id: plan.state for line in lines for plan in line.plans}

    async def days_pass(self, days: int) -> None:
        """So many days pass, from one due time to the next, as on a sandbox's clock."""
        await keep_sweeping(self.scene.temporal.client, self.scene.settings)
        async with self.scene.database.transaction() as connection:
            await mark_clock(connection, MARK)
        done = await self.desks.clock.advance(OPERATOR, MARK, timedelta(days=days))
        assert done is not None


@pytest.fixture
async def upgraded(
    kept: Kept, database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[Upgraded]:
    async with a_server() as temporal, a_mailbox() as mailbox:
        settings = Settings(
            data_dir=tmp_path,
            database_url=database_url,
            temporal_address=temporal.address,
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            secret_keys=kept.keys,
            answer_timeout=timedelta(seconds=60),
        )
        scene = Scene(temporal, database, settings, mailbox)
        scene._ahead = kept.clock - datetime.now(UTC)
        yield Upgraded(scene)


@pytest.mark.timeout(300)
@pytest.mark.covers("W7", "W10")
async def test_all_that_was_open_is_started_again_and_finished(
    kept: Kept, upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = upgraded.scene
    monkeypatch.setattr(clock, "LONGEST_HOP", timedelta(days=10))  # else a sweep for each day
    assert set(await upgraded.recovered()) == kept.unfinished
    async with scene.worker():
        orders = await upgraded.finish_orders()
        await upgraded.import_stock()
        requests = await upgraded.upload_codes()
        assert requests
        for order in orders:
            await eventually(
                partial(upgraded.desks.orders.order, OPERATOR, order),
                lambda seen: seen.status is OrderStatus.PROCESSED,
                within=PATIENCE,
            )
        # orders that are processed now have requested codes, too
        await eventually(upgraded.upload_codes, lambda found: not found, within=PATIENCE)
        for request in requests:
            seen = await upgraded.desks.code_book.request(OPERATOR, request)
            assert seen.status is RequestStatus.IMPORTED
        started = await upgraded.connect()
        await upgraded.days_pass(31)
        states = await upgraded.states()
        assert started
        assert {states[plan] for plan in started} == {PlanState.EXPIRED}
        assert PlanState.ACTIVE not in states.values()
        assert await upgraded.unfinished() == []
    assert await scene.sql("SELECT workflow_id, step, reason FROM holds") == []
    assert len({mail.message_id for mail in scene.mailbox.mails}) == len(scene.mailbox.mails)
