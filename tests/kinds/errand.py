"""A kind of order that leaves a follow-up and an e-mail to people when it is acknowledged, and another e-mail
when it is processed; otherwise like `instant`, with a provider that answers nothing by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Literal

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from activities.follow_ups import FOLLOW_UPS
from models.errors import Refusal
from models.orders.kinds import KINDS, Kind
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered
from models.orders.placement import Placement
from outbox.orders import EMAILS
from providers.registry import PORTS, PROVIDERS
from store.orders.effects import Decision, Effect
from store.orders.follow_ups import Due
from store.orders.kinds import EFFECTS
from store.orders.locked_order import LockedOrder
from store.session import Database
from tests.kinds.entries import TEXTS, KindEmail, entries
from tests.kinds.instant import InstantEmails, InstantPort, Instants
from wording.emails import SUBJECTS

KIND = "test_errand"
RUN_ERRAND = "run_errand"
NOTICE, RECEIPT = "errand_notice", "errand_receipt"


class Errand(Ordered):
    kind: Literal["test_errand"] = "test_errand"
    answered: bool = False


class Errands(Instants):
    details = None

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        return Decision()

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        return Effect(follow_ups=[(RUN_ERRAND, order.id)])


class ErrandNotice(KindEmail):
    name = NOTICE
    texts = KIND


class ErrandReceipt(KindEmail):
    name = RECEIPT
    texts = KIND


class ErrandEmails(InstantEmails):
    emails: ClassVar[Mapping[str, type[KindEmail]]] = {NOTICE: ErrandNotice, RECEIPT: ErrandReceipt}

    def to_people(self, status: OrderStatus) -> Sequence[str]:
        sent = {OrderStatus.PROVIDER_PROCESSING: (NOTICE,), OrderStatus.PROCESSED: (RECEIPT,)}
        return sent.get(status, ())


async def run_errand(_: Client, due: Due, __: Database) -> None:
    """Done as soon as it is begun."""


@contextmanager
def registered() -> Iterator[None]:
    """The kind has its entry in every dictionary."""
    with entries(
        (SUBJECTS, {KIND: TEXTS}),
        (KINDS, {KIND: Kind("An errand", Errand)}),
        (EFFECTS, {KIND: Errands()}),
        (PROVIDERS, {KIND: "errand_port"}),
        (PORTS, {"errand_port": InstantPort}),
        (EMAILS, {KIND: ErrandEmails()}),
        (FOLLOW_UPS, {RUN_ERRAND: run_errand}),
    ):
        yield
