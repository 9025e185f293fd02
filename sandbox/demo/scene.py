"""What every chapter of the demonstration uses: the desks, and the actions and checks that they share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from models.catalogue.views import PackView
from models.errors import Refused
from models.fleet.inventory import LineView, SimState
from models.orders.lifecycle import OrderKind
from models.orders.rules import Action
from models.orders.views import OrderView
from models.people.callers import Caller
from models.people.views import UserView
from sandbox.data_dir import DataDir
from sandbox.stage import Timeline
from starter import callers
from starter.catalogue.desk import CatalogueDesk
from starter.codes.desk import QrDesk
from starter.fleet.desk import FleetDesk
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from workflows.search_attributes import ORDER_STATUS

OPERATOR = callers.operator()
FILES = Path(__file__).parent.parent
"""Where the fleet and the catalogue of the demonstration are."""


@dataclass
class Scene:
    """An imported fleet, a user who may order, and the desks that the chapters call."""

    timeline: Timeline
    desk: OrderDesk
    qr_desk: QrDesk
    fleet: FleetDesk
    catalogue: CatalogueDesk
    client: Client
    folder: DataDir
    user: UserView
    _iccids: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))
    _used: set[int] = field(default_factory=set)

    async def caller(self) -> Caller:
        """The user as a caller of desks."""
        return await callers.user(self.desk.database, self.user.email)

    async def line(self, action: Action, *, with_employee: bool = False) -> LineView:
        """The next unused line that offers the action."""
        for line in await self.fleet.lines(OPERATOR, account=self.user.account):
            if (
                line.id in self._used
                or line.sim is None
                or (with_employee and not (line.sim.employee and line.sim.groups))
            ):
                continue
            offers = await self.fleet.actions(await self.caller(), line.msisdn)
            if any(offer.action is action and not offer.refusals for offer in offers):
                self._used.add(line.id)
                return line
        raise Refused.because("demo", action=action)

    async def place(self, kind: OrderKind, line: LineView, pack: PackView | None = None) -> str:
        """Place an order for the line, wait until it was mailed to the distributor, and return its id.

        Without `pack` the one that the shop chose, or its first.
        """
        if pack is None:
            shop = await self.catalogue.shop(await self.caller(), line.msisdn)
            pack = shop.chosen or (shop.packs[0] if shop.packs else None)
        placed = await self.desk.place(
            await self.caller(),
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

    async def check_swapped(self, order: str, before: LineView, iccid: str) -> None:
        """Check that the eSIM has the line, groups and employee of the SIM before, which is discarded."""
        now = await self.fleet.line(OPERATOR, before.msisdn)
        old = before.sim
        assert old is not None  # noqa: S101  chosen so
        self.timeline.check(
            f"eSIM {iccid} is active on the line, with the groups and the employee of the SIM before it",
            right=now.sim is not None
            and (now.sim.iccid, now.sim.state, now.sim.kind.value) == (iccid, SimState.ACTIVE, "esim")
            and (now.sim.groups, now.sim.employee) == (old.groups, old.employee),
        )
        gone = await self.fleet.sim(OPERATOR, f"S-{old.id}")
        self.timeline.check(
            f"SIM {old.iccid} is discarded and in no management group",
            right=gone.state is SimState.DISCARDED and gone.groups == (),
        )
        await self.check_workflow(order, "processed")

    async def check_workflow(self, order: str, status: str) -> None:
        """Check that the workflow has ended with the same status as in the database."""
        handle = self.client.get_workflow_handle(order)
        await handle.result()
        seen = (await handle.describe()).typed_search_attributes.get(ORDER_STATUS)
        stored: OrderView = await self.desk.order(OPERATOR, order)
        self.timeline.check(
            f"Temporal and the database say {status}", right=seen == status == stored.status.value
        )

    def next_iccid(self) -> str:
        """An ICCID that no SIM has, with its check digit."""
        digits = f"893310{next(self._iccids):012d}"
        total = sum(
            sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(digits))
        )
        return digits + str(-total % 10)

    def worker_pid(self) -> int:
        """The process of the worker that runs now."""
        addresses = self.folder.running_addresses()
        assert addresses is not None  # noqa: S101  it runs
        return addresses.pids["worker"]
