"""`make demo`: a few orders on a throw-away sandbox, every outcome checked in the database and in Temporal.

Exits 0 only if all was right. `--keep` leaves the sandbox running until Ctrl-C, to look around in the Web UI.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from models.callers import Caller
from models.errors import EsimError, Refused
from models.inventory import LineView, SimKind, SimState, UserView
from models.lifecycle import OrderKind, OrderStatus
from models.order_views import OrderView
from models.rules import DISCARD_WARNING, Action
from sandbox.data_dir import DataDir
from sandbox.demo_qr import QrChapter
from sandbox.errors import SandboxError
from sandbox.mails import list_mails
from sandbox.stage import Timeline, running_sandbox, wait_until
from settings import Settings
from starter import callers
from starter.desk import OrderDesk, OrderDraft
from starter.inventory import Inventory
from starter.qr_desk import QrDesk
from starter.temporal import connect, leave
from store.session import Database
from workflows.search_attributes import ORDER_STATUS

OPERATOR = callers.operator()
HERE = Path(__file__).parent
ANSWER_SECONDS = 60


@dataclass
class Demo:
    """The story, told at one desk."""

    timeline: Timeline
    desk: OrderDesk
    qr_desk: QrDesk
    stock: Inventory
    client: Client
    folder: DataDir
    _iccids: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))
    _used: set[int] = field(default_factory=set)

    async def play(self) -> None:
        """All chapters, one after another."""
        user = await self._import()
        await self._switch(user)
        await self._cancel(user)
        await self._replace(user)
        await self._refuse(user)
        await self._qr_code(user)
        await self._kill_the_worker(user)
        await self._look_at_everything()

    async def _import(self) -> UserView:
        self.timeline.chapter("A fleet and its catalogue are imported")
        report = await self.stock.import_fleet(OPERATOR, (HERE / "fleet.csv").read_bytes())
        self.timeline.says(f"{report.rows} lines imported from sandbox/fleet.csv")
        await self.stock.import_catalogue(OPERATOR, (HERE / "catalogue.csv").read_bytes())
        again = await self.stock.import_fleet(OPERATOR, (HERE / "fleet.csv").read_bytes())
        self.timeline.check("Importing the same file again changes nothing", right=again.changes == 0)
        user = await self.stock.create_user(OPERATOR, "Acme Logistics", "Ana Ruiz", "ana.ruiz@acme.example")
        self.timeline.says("Ana may order: the default profile has all nine actions enabled")
        return user

    async def _switch(self, user: UserView) -> None:
        line = await self._line(user, Action.SWITCH_TO_ESIM, with_employee=True)
        self.timeline.chapter(f"Line {line.msisdn} is switched from its physical SIM to an eSIM")
        self.timeline.says(f"Warned: {DISCARD_WARNING}")
        order = await self._place(OrderKind.SWITCH_TO_ESIM, line, user)
        before = await self.stock.line(OPERATOR, line.msisdn)
        self.timeline.check("No temporary eSIM before the acknowledgement", right=before.temporary is None)
        await self.desk.acknowledge(OPERATOR, order)
        self.timeline.says("The provider acknowledges: provider processing in progress")
        now = await self.stock.line(OPERATOR, line.msisdn)
        self._check_temporary(line, now)
        iccid = self._next_iccid()
        await self.desk.enter_iccid(OPERATOR, order, iccid)
        self.timeline.says(f"ICCID {iccid} is entered")
        await self.desk.processed(OPERATOR, order)
        self.timeline.says("The provider has processed the order")
        await self._check_swapped(order, line, iccid)

    async def _cancel(self, user: UserView) -> None:
        line = await self._line(user, Action.SWITCH_TO_ESIM)
        self.timeline.chapter(f"The order for line {line.msisdn} is cancelled while the provider works on it")
        order = await self._place(OrderKind.SWITCH_TO_ESIM, line, user)
        await self.desk.acknowledge(OPERATOR, order, iccid=self._next_iccid())
        self.timeline.says("Acknowledged: a temporary eSIM exists")
        await self.desk.cancel(OPERATOR, order, reason="The employee keeps the old phone.")
        self.timeline.says("Cancelled")
        after = await self.stock.line(OPERATOR, line.msisdn)
        self.timeline.check("The temporary eSIM is deleted", right=after.temporary is None)
        self.timeline.check("The SIM in place is as it was", right=after.sim == line.sim)
        try:
            await self.desk.processed(OPERATOR, order, iccid=self._next_iccid())
            refused = False
        except Refused as refusal:
            self.timeline.says(f"A late 'processed' is refused: {refusal}")
            refused = True
        unchanged = await self.stock.line(OPERATOR, line.msisdn)
        self.timeline.check(
            "A processed that comes too late changes nothing", right=refused and unchanged == after
        )
        events = [event.type for event in (await self.desk.order(OPERATOR, order)).events]
        self.timeline.check(
            "and is kept as an incident", right="incident.processed_after_cancelled" in events
        )
        await self._check_workflow(order, "cancelled")

    async def _replace(self, user: UserView) -> None:
        line = await self._line(user, Action.REPLACE_ESIM)
        self.timeline.chapter(f"The defective eSIM of line {line.msisdn} is replaced")
        order = await self._place(OrderKind.REPLACE_ESIM, line, user)
        await self.desk.acknowledge(OPERATOR, order)
        iccid = self._next_iccid()
        await self.desk.processed(OPERATOR, order, iccid=iccid)
        self.timeline.says(f"Acknowledged, then processed with ICCID {iccid} in one call")
        await self._check_swapped(order, line, iccid)

    async def _refuse(self, user: UserView) -> None:
        line = await self._line(user, Action.REPLACE_ESIM)
        self.timeline.chapter(f"Switching line {line.msisdn}, which has an eSIM already, is refused")
        orders = len(await self.desk.orders(OPERATOR, limit=1000))
        try:
            await self._place(OrderKind.SWITCH_TO_ESIM, line, user)
            reasons = []
        except Refused as refusal:
            self.timeline.says(str(refusal))
            reasons = [reason.code for reason in refusal.refusals]
        self.timeline.check("Refused, with the reason", right=reasons == ["already_esim"])
        self.timeline.check("Nothing changed", right=await self.stock.line(OPERATOR, line.msisdn) == line)
        kept = await self.desk.orders(OPERATOR, status=OrderStatus.REFUSED, line=line.msisdn)
        self.timeline.check(
            "The refusal is kept for people, with the same reason",
            right=[reason.code for order in kept for reason in order.refusals] == reasons,
        )
        self.timeline.check(
            "No order came of it", right=len(await self.desk.orders(OPERATOR, limit=1000)) == orders
        )
        await self._check_workflow(kept[0].id, "refused")

    async def _qr_code(self, user: UserView) -> None:
        line, other = [await self._line(user, Action.REPLACE_ESIM) for _ in range(2)]
        self.timeline.chapter(
            f"The QR code of the eSIM on line {line.msisdn} is asked for, and comes as a PDF"
        )
        chapter = QrChapter(self.timeline, self.qr_desk, self.stock, self.client, self.folder)
        await chapter.play(line, other, user)

    async def _kill_the_worker(self, user: UserView) -> None:
        line = await self._line(user, Action.SWITCH_TO_ESIM)
        self.timeline.chapter("The worker is killed with SIGKILL in the middle of an order")
        order = await self._place(OrderKind.SWITCH_TO_ESIM, line, user)
        await self.desk.acknowledge(OPERATOR, order)
        iccid = self._next_iccid()
        victim = self._worker_pid()
        processed = asyncio.create_task(self.desk.processed(OPERATOR, order, iccid=iccid))
        while (await self.desk.order(OPERATOR, order)).status is not OrderStatus.PROCESSED:
            pass  # at once when the swap is written: before Temporal or anybody else is told
        os.kill(victim, signal.SIGKILL)
        when = "after it had answered" if processed.done() else "before it could tell anybody"
        self.timeline.says(f"Worker {victim} killed right after it had written the swap, {when}")
        self.timeline.says("Temporal gives it ten seconds, then asks another worker")
        await processed
        await self._check_swapped(order, line, iccid)
        successor = await wait_until(lambda: self._worker_after(victim), "another worker")
        self.timeline.says(f"Worker {successor} took over, and the call was answered")

    async def _look_at_everything(self) -> None:
        self.timeline.chapter("The whole fleet")
        lines = await self.stock.lines(OPERATOR)
        mails = list_mails(self.folder.mailbox)
        self.timeline.says(f"{len(lines)} lines, {len(mails)} mails in the mailbox")
        self.timeline.check("No temporary eSIM is left", right=all(line.temporary is None for line in lines))
        self.timeline.check("No order is open", right=all(line.open_order is None for line in lines))
        orders = await self.desk.orders(OPERATOR)
        told = {order.id: sum(order.id in mail.subject for mail in mails) for order in orders}
        self.timeline.check(
            "Every accepted order was mailed to its distributor and its end to people",
            right=all(told[order.id] >= 2 for order in orders),
        )

    # --- the same again and again ---------------------------------------------------------------------

    async def _caller(self, user: UserView) -> Caller:
        return await callers.user(self.desk.database, user.email)

    async def _line(self, user: UserView, action: Action, *, with_employee: bool = False) -> LineView:
        """The next line that offers the action, and has exactly the one pack."""
        for line in await self.stock.lines(OPERATOR, account=user.account):
            if (
                line.id in self._used
                or line.sim is None
                or (with_employee and not (line.sim.employee and line.sim.groups))
            ):
                continue
            offers = await self.stock.actions(await self._caller(user), line.msisdn)
            if any(offer.action is action and not offer.refusals for offer in offers):
                self._used.add(line.id)
                return line
        raise Refused.because("demo", action=action)

    async def _place(self, kind: OrderKind, line: LineView, user: UserView) -> str:
        shop = await self.stock.shop(await self._caller(user), line.msisdn)
        pack = shop.chosen or (shop.packs[0] if shop.packs else None)
        placed = await self.desk.place(
            await self._caller(user),
            OrderDraft(
                kind=kind,
                line=line.msisdn,
                pack=str(pack.id) if pack else None,
                discard_confirmed=True,
            ),
        )
        chosen = f"pack {pack.name!r}" if pack else "no pack"
        self.timeline.says(f"{placed.order_id} is submitted ({chosen})")
        async for order in self.desk.watch(OPERATOR, placed.order_id, every=0.05):
            if any(event.type == "mail.sent" for event in order.events):
                break
        self.timeline.says("The order was mailed to the distributor")
        return placed.order_id

    def _check_temporary(self, before: LineView, now: LineView) -> None:
        temporary = now.temporary
        self.timeline.check(
            "A temporary eSIM exists, marked SIM-Temp",
            right=temporary is not None and temporary.mark == "SIM-Temp" and temporary.kind is SimKind.ESIM,
        )
        self.timeline.check(
            "in the groups of the SIM in place, with its employee",
            right=temporary is not None
            and before.sim is not None
            and (temporary.groups, temporary.employee) == (before.sim.groups, before.sim.employee),
        )
        self.timeline.check("The SIM in place is still active", right=now.sim == before.sim)

    async def _check_swapped(self, order: str, before: LineView, iccid: str) -> None:
        now = await self.stock.line(OPERATOR, before.msisdn)
        old = before.sim
        assert old is not None  # noqa: S101  chosen so
        self.timeline.check(
            f"eSIM {iccid} is active on the line, with the groups and the employee of the SIM before it",
            right=now.sim is not None
            and (now.sim.iccid, now.sim.state, now.sim.kind) == (iccid, SimState.ACTIVE, SimKind.ESIM)
            and (now.sim.groups, now.sim.employee) == (old.groups, old.employee),
        )
        gone = await self.stock.sim(OPERATOR, f"S-{old.id}")
        self.timeline.check(
            f"SIM {old.iccid} is discarded and in no management group",
            right=gone.state is SimState.DISCARDED and gone.groups == (),
        )
        await self._check_workflow(order, "processed")

    async def _check_workflow(self, order: str, status: str) -> None:
        handle = self.client.get_workflow_handle(order)
        await handle.result()
        seen = (await handle.describe()).typed_search_attributes.get(ORDER_STATUS)
        stored: OrderView = await self.desk.order(OPERATOR, order)
        self.timeline.check(
            f"Temporal and the database say {status}", right=seen == status == stored.status.value
        )

    def _next_iccid(self) -> str:
        digits = f"893310{next(self._iccids):012d}"
        total = sum(
            sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(digits))
        )
        return digits + str(-total % 10)

    async def _worker_after(self, victim: int) -> int | None:
        pid = self._worker_pid()
        return None if pid == victim else pid

    def _worker_pid(self) -> int:
        addresses = self.folder.running_addresses()
        assert addresses is not None  # noqa: S101  it runs
        return addresses.pids["worker"]


async def demonstrate(console: Console, *, keep: bool) -> int:
    """Play the demonstration; the number of things that were wrong."""
    folder = Path(tempfile.mkdtemp(prefix="esim-demo-"))
    timeline = Timeline(console)
    timeline.chapter("A throw-away sandbox starts: PostgreSQL, Temporal, a mailbox, a worker")
    with contextlib.suppress(asyncio.CancelledError) if keep else contextlib.nullcontext():
        await _play_on(timeline, console, folder, keep=keep)
    return len(timeline.wrong)


async def _play_on(timeline: Timeline, console: Console, folder: Path, *, keep: bool) -> None:
    try:
        async with running_sandbox(folder) as (data, addresses):
            timeline.says(f"Ready. Temporal Web UI: {addresses.temporal_ui_url}")
            os.environ["ESIM_DATA_DIR"] = str(folder)
            settings = Settings(answer_timeout=ANSWER_SECONDS)
            database = Database(settings.database_url)
            client = await connect(settings)
            try:
                desk, stock = OrderDesk(client, database, settings), Inventory(database)
                qr_desk = QrDesk(client, database, settings)
                await Demo(timeline, desk, qr_desk, stock, client, data).play()
            finally:
                await database.close()
            timeline.sum_up()
            if keep:
                console.print(f"\nThe sandbox stays: export ESIM_DATA_DIR={folder}\nCtrl-C ends it.")
                await asyncio.Event().wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the demonstration from a shell."""
    parser = argparse.ArgumentParser(description="Play a few orders on a throw-away sandbox and check them.")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox running until Ctrl-C")
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    try:
        return 1 if asyncio.run(demonstrate(console, keep=options.keep)) else 0
    except (EsimError, SandboxError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the sandbox is removed.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    leave(main())
