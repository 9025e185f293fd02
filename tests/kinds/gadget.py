"""A kind of order whose eSIM is held by a gadget, which is no line. Its provider acknowledges at once with
an ICCID. When it is processed two people are written to, each by an e-mail of its own, and the life of the
gadget begins: another workflow.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

import worker
from activities.follow_ups import FOLLOW_UPS
from models.errors import Refusal
from models.fleet.inventory import SimKind, SimState
from models.language import Language
from models.orders.kinds import KINDS, Kind
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.ordered import Ordered, Shown
from models.orders.placement import Placement, ProviderAnswer
from models.orders.views import OrderDetails
from models.refusals import DECLARED
from models.refusals.declared import CONFLICT, NOT_FOUND, Declared
from models.values import RecordId
from outbox.orders import EMAILS
from outbox.sender import Outbox, Outgoing
from providers.registry import PORTS, PROVIDERS
from store.fleet.tables import SimRow
from store.mail_subjects import Person
from store.orders.effects import Decision, Details, Effect
from store.orders.follow_ups import Due
from store.orders.kinds import EFFECTS
from store.orders.locked_order import LockedOrder
from store.orders.tables import OrderRow
from store.people.tables import ProviderRow
from store.row import now
from store.session import Database
from tests.builders import iccid
from tests.kinds.entries import (
    TEXTS,
    Facts,
    KindEmail,
    answers_at_once,
    entries,
    outgoing,
    requester_of,
)
from tests.kinds.gadget_rows import GadgetOrderRow, GadgetRow
from wording.emails import SUBJECTS

KIND = "test_gadget"
OWNER, KEEPER = "gadget_owner", "gadget_keeper"
START_LIFE = "start_gadget_life"
REFUSALS = {
    "unknown_gadget": Declared("The account has no such gadget.", NOT_FOUND),
    "gadget_broken": Declared("The gadget is broken.", CONFLICT),
}


class Gadget(Ordered):
    kind: Literal["test_gadget"] = "test_gadget"
    gadget_id: RecordId
    answered: bool = True

    @property
    def subject(self) -> str:
        return f"gadget:{self.gadget_id}"


class GadgetDetails(OrderDetails):
    gadget: str

    @property
    def title(self) -> str:
        return self.gadget

    def facts(self) -> list[tuple[str, str | None]]:
        return [("gadget", self.gadget)]


def iccid_for(order_id: str) -> str:
    """The eSIM that the provider keeps for this order: asked again, it is the same."""
    return iccid(int(hashlib.sha256(order_id.encode()).hexdigest()[:9], 16))


class Gadgets:
    details: ClassVar[Details | None] = Details(
        select(GadgetOrderRow.order_id, GadgetRow.name.label("gadget")).join(
            GadgetRow, GadgetRow.id == GadgetOrderRow.gadget_id
        ),
        GadgetDetails,
    )

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        what = placement.what
        assert isinstance(what, Gadget)
        found = select(GadgetRow.broken, GadgetRow.provider_id, ProviderRow.name).join(
            ProviderRow, ProviderRow.id == GadgetRow.provider_id
        )
        mine = (GadgetRow.id == what.gadget_id, GadgetRow.account_id == placement.account_id)
        gadget = (await connection.execute(found.where(*mine))).one_or_none()
        if gadget is None:
            return Decision([Refusal.of("unknown_gadget")])
        if gadget.broken:
            return Decision([Refusal.of("gadget_broken")])
        other = select(OrderRow.id).where(OrderRow.subject == what.subject, OrderRow.status.in_(OPEN))
        if in_the_way := await connection.scalar(other):
            return Decision([Refusal.of("open_order", order=in_the_way)])
        return Decision(
            provider_id=gadget.provider_id,
            shown=Shown(provider=gadget.name),
            details=(GadgetOrderRow, {"gadget_id": what.gadget_id}),
        )

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        if taken := await _taken(connection, order, iccid):
            return taken
        provider_id = select(OrderRow.provider_id).where(OrderRow.id == order.id).scalar_subquery()
        added = insert(SimRow).values(
            account_id=order.account_id,
            iccid=iccid,
            kind=SimKind.ESIM,
            state=SimState.TEMPORARY,
            provider_id=provider_id,
            holder=order.subject,
            order_id=order.id,
        )
        esim_id = (await connection.execute(added.returning(SimRow.id))).scalar_one()
        return Effect([("esim.temporary_created", {"sim": esim_id})], iccid=iccid, esim_id=esim_id)

    async def enter_iccid(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str
    ) -> Effect | Refusal:
        if taken := await _taken(connection, order, iccid):
            return taken
        temporary = (SimRow.order_id == order.id, SimRow.state == SimState.TEMPORARY)
        entered = update(SimRow).where(*temporary).values(iccid=iccid).returning(SimRow.id)
        esim_id = (await connection.execute(entered)).scalar_one()
        return Effect([("esim.iccid_entered", {"sim": esim_id, "iccid": iccid})], iccid=iccid)

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        known = iccid or order.iccid
        if known is None:
            return Refusal.of("iccid_unknown")
        if taken := await _taken(connection, order, known):
            return taken
        happenings: list[tuple[str, dict[str, Any]]] = []
        held = (SimRow.holder == order.subject, SimRow.state == SimState.ACTIVE)
        gone: dict[str, Any] = {"state": SimState.DISCARDED, "holder": None, "discarded_at": now()}
        discarded = update(SimRow).where(*held).values(gone).returning(SimRow.id)
        old = (await connection.scalars(discarded)).all()
        happenings += [("sim.discarded", {"sim": sim}) for sim in old]
        activated = update(SimRow).where(SimRow.order_id == order.id, SimRow.state == SimState.TEMPORARY)
        new = activated.values(state=SimState.ACTIVE, iccid=known).returning(SimRow.id)
        happenings.append(("esim.activated", {"sim": (await connection.execute(new)).scalar_one()}))
        return Effect(happenings, iccid=known, follow_ups=[(START_LIFE, life_of(order.id))])

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        temporary = (SimRow.order_id == order.id, SimRow.state == SimState.TEMPORARY)
        deleted = (await connection.scalars(delete(SimRow).where(*temporary).returning(SimRow.id))).all()
        return Effect([("esim.temporary_deleted", {"sim": sim}) for sim in deleted])


async def _taken(connection: AsyncConnection, order: LockedOrder, iccid: str | None) -> Refusal | None:
    owner = select(SimRow.id).where(SimRow.iccid == iccid)
    if iccid is None or await connection.scalar(owner) in (None, order.esim_id):
        return None
    return Refusal.of("iccid_in_use", iccid=iccid)


class GadgetPort:
    """Reserves an eSIM by the order's id; processes later."""

    def __init__(self, database: Database, _: Outbox, __: object) -> None:
        self._database = database

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        if not await answers_at_once(self._database, order_id):
            return ProviderAnswer()
        return ProviderAnswer(acknowledged=True, iccid=iccid_for(order_id))

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        pass

    async def again(self, order_id: str, kind: str, asked: int, retries: int) -> None:
        pass

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        pass


_KEEPER = select(GadgetRow.id, GadgetRow.name, GadgetRow.keeper_email).join(
    GadgetOrderRow, GadgetOrderRow.gadget_id == GadgetRow.id
)


class GadgetOwner(KindEmail):
    name = OWNER
    texts = KIND


class GadgetKeeper(KindEmail):
    name = KEEPER
    texts = KIND


class GadgetEmails:
    def to_people(self, status: OrderStatus) -> Sequence[str]:
        return (OWNER, KEEPER) if status is OrderStatus.PROCESSED else ()

    async def read(self, connection: AsyncConnection, order_id: str) -> Facts:
        facts = await requester_of(connection, order_id)
        row = (await connection.execute(_KEEPER.where(GadgetOrderRow.order_id == order_id))).one()
        kept_by = Person(f"keeper:{row.id}", "Keeper", row.keeper_email, Language.EN)
        return Facts(facts.order_id, facts.account_id, facts.status, facts.requester, row.name, kept_by)

    def outgoing(self, facts: Facts, step: str) -> list[Outgoing]:
        email, to = (GadgetOwner, facts.requester) if step == OWNER else (GadgetKeeper, facts.keeper)
        return [outgoing(facts, email, to)] if to else []


@workflow.defn(name="GadgetLife", sandboxed=False)
class GadgetLife:
    """What begins when a gadget has its eSIM."""

    @workflow.run
    async def run(self, order_id: str) -> str:
        return order_id


def life_of(order_id: str) -> str:
    return f"gadget-life-{order_id}"


async def start_life(client: Client, due: Due, _: Database) -> None:
    """A gadget has one life: started again, it is the same."""
    try:
        await client.start_workflow(
            GadgetLife.run,
            due.order_id,
            id=due.target,
            task_queue=activity.info().task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    except WorkflowAlreadyStartedError:
        return


@contextmanager
def registered() -> Iterator[None]:
    """The kind has its entry in every dictionary, and the worker its workflow."""
    with entries(
        (DECLARED, REFUSALS),
        (SUBJECTS, {KIND: TEXTS}),
        (KINDS, {KIND: Kind("An eSIM for a gadget", Gadget)}),
        (EFFECTS, {KIND: Gadgets()}),
        (PROVIDERS, {KIND: "gadget_port"}),
        (PORTS, {"gadget_port": GadgetPort}),
        (EMAILS, {KIND: GadgetEmails()}),
        (FOLLOW_UPS, {START_LIFE: start_life}),
    ):
        worker.WORKFLOWS.append(GadgetLife)
        try:
            yield
        finally:
            worker.WORKFLOWS.remove(GadgetLife)
