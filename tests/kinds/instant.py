"""A kind of order with no ICCID, no eSIM and no subject; its provider acknowledges and processes at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Literal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from models.errors import Refusal
from models.orders.kinds import KINDS, Kind
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from models.orders.placement import Placement, ProviderAnswer
from models.orders.views import OrderDetails
from models.refusals import DECLARED
from models.refusals.declared import CONFLICT, Declared
from outbox.orders import EMAILS
from outbox.sender import Outbox, Outgoing
from providers.registry import PORTS, PROVIDERS
from store.orders.effects import Decision, Details, Effect
from store.orders.kinds import EFFECTS
from store.orders.locked_order import LockedOrder
from store.session import Database
from tests.kinds.entries import (
    TEXTS,
    Facts,
    KindEmail,
    TestRow,
    answers_at_once,
    entries,
    migrate,
    outgoing,
    requester_of,
)
from wording.emails import SUBJECTS

KIND = "test_instant"
RECEIPT = "instant_receipt"


class Instant(Ordered):
    kind: Literal["test_instant"] = "test_instant"
    colour: str = "red"
    answered: bool = True


class InstantOrderRow(TestRow):
    __tablename__ = "instant_orders"
    order_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    colour: Mapped[str]


class InstantDetails(OrderDetails):
    colour: str

    @property
    def title(self) -> str:
        return f"something {self.colour}"

    def facts(self) -> list[tuple[str, str | None]]:
        return [("colour", self.colour)]


async def prepare(database: Database) -> None:
    await migrate(
        database,
        "CREATE TABLE sold_out (colour varchar PRIMARY KEY)",
        """
        CREATE TABLE instant_orders (
            order_id varchar PRIMARY KEY, account_id bigint NOT NULL, colour varchar NOT NULL,
            FOREIGN KEY (order_id, account_id) REFERENCES orders (id, account_id))
        """,
    )


class Instants:
    details: ClassVar[Details | None] = Details(
        select(InstantOrderRow.order_id, InstantOrderRow.colour), InstantDetails
    )

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        what = placement.what
        assert isinstance(what, Instant)
        sold_out = text("SELECT 1 FROM sold_out WHERE colour = :colour")
        if (await connection.execute(sold_out, {"colour": what.colour})).first():
            return Decision([Refusal.of("sold_out", colour=what.colour)])
        return Decision(details=(InstantOrderRow, {"colour": what.colour}))

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        return Effect()

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        return Effect()

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        return Effect()


class InstantPort:
    def __init__(self, database: Database, _: Outbox, __: object) -> None:
        self._database = database

    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        done = await answers_at_once(self._database, order_id)
        return ProviderAnswer(acknowledged=done, processed=done)

    async def remind(
        self, order_id: str, kind: str, waiting_in: OrderStatus, number: int, retries: int
    ) -> None:
        pass

    async def again(self, order_id: str, kind: str, asked: int, retries: int) -> None:
        pass

    async def withdraw(self, order_id: str, kind: str, retries: int) -> None:
        pass


class InstantReceipt(KindEmail):
    name = RECEIPT
    texts = KIND


class InstantEmails:
    emails: ClassVar[Mapping[str, type[KindEmail]]] = {RECEIPT: InstantReceipt}

    def to_people(self, status: OrderStatus) -> Sequence[str]:
        return (RECEIPT,) if status is OrderStatus.PROCESSED else ()

    async def read(self, connection: AsyncConnection, order_id: str) -> Facts:
        return await requester_of(connection, order_id)

    def outgoing(self, facts: Facts, step: str) -> list[Outgoing]:
        return [outgoing(facts, self.emails[step], facts.requester)]


@contextmanager
def registered() -> Iterator[None]:
    """The kind has its entry in every dictionary."""
    with entries(
        (DECLARED, {"sold_out": Declared("There is nothing {colour} any more.", CONFLICT)}),
        (SUBJECTS, {KIND: TEXTS}),
        (KINDS, {KIND: Kind("Something at once", Instant)}),
        (EFFECTS, {KIND: Instants()}),
        (PROVIDERS, {KIND: "instant_port"}),
        (PORTS, {"instant_port": InstantPort}),
        (EMAILS, {KIND: InstantEmails()}),
    ):
        yield
