"""The e-mails of orders about travel eSIMs, all to the subscriber; their texts are in `wording/travel`.

An order that adds a line sends two, each by a step of its own: the QR code and the confirmation (T11, T25).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from models.travel.life import LASTS
from models.travel.sending import SentAgain
from outbox.emails import Email
from outbox.sender import Outgoing
from store.travel import emails
from store.travel.emails import ConfirmationFacts
from wording.facts import Countries, Price, Volume

CODE = "qr_code"
"""The name of the step that sends the QR code."""
CONFIRMATION = SentAgain.CONFIRMATION.value
"""The name of the step that sends the confirmation; followed by `:` and a mark, if it is sent again (T43)."""


@dataclass(frozen=True, kw_only=True, repr=False)
class TravelEmail(Email):
    """`reference` is the id of the order or notification."""

    texts: ClassVar[str] = "travel"
    reference: str
    account: str
    line_name: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class SubscriberEsim(TravelEmail):
    """To the subscriber: the QR code of the eSIM, and how iPhones and Android phones install it (T11)."""

    name: ClassVar[str] = "subscriber_esim"
    rows: ClassVar[tuple[str, ...]] = ("line_name", "reference", "account", "iccid_tail")
    button: ClassVar[str | None] = "download"
    shows_code: ClassVar[bool] = True
    iccid_tail: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class SubscriberConfirmation(TravelEmail):
    """To the subscriber: which plan they have, on which eSIM, and when its days begin (T11, T14)."""

    name: ClassVar[str] = "subscriber_confirmation"
    rows: ClassVar[tuple[str, ...]] = (
        *("action", "plan", "countries", "data", "lasts", "price", "line_name", "usable_until"),
        *("reference", "account"),
    )
    kind: str
    plan: str
    countries: Countries
    data: Volume
    lasts: timedelta
    price: Price
    usable_until: datetime


class TravelEmails:
    """The e-mails of a kind of order about travel eSIMs, by the names of its steps; see
    `outbox.orders.OrderEmails` and `SendsCode`. A cancelled order sends none to the subscriber.
    """

    code_step = CODE

    def __init__(self, *steps: str) -> None:
        self._steps = steps

    def to_people(self, status: OrderStatus) -> Sequence[str]:
        """The steps where the order is processed."""
        return self._steps if status is OrderStatus.PROCESSED else ()

    async def notification(self, connection: AsyncConnection, order_id: str) -> str | None:
        """The notification of the order's eSIM."""
        return await emails.notification_of(connection, order_id)

    async def read(self, connection: AsyncConnection, order_id: str) -> ConfirmationFacts:
        """The plan that was given, its line and the subscriber."""
        return await emails.confirmation_facts(connection, order_id)

    def outgoing(self, facts: ConfirmationFacts, step: str) -> list[Outgoing]:
        """The confirmation; `step` says whether it is sent again."""
        _, _, again = step.partition(":")
        email = SubscriberConfirmation(
            reference=facts.order_id,
            account=facts.account,
            line_name=facts.line_name,
            kind=facts.order_kind.value,
            plan=facts.plan,
            countries=Countries(facts.countries),
            data=Volume(facts.data_bytes),
            lasts=LASTS,
            price=Price(facts.price, facts.currency),
            usable_until=facts.lapses_at,
        )
        return [Outgoing(email, facts.subscriber, turn=(again,) if again else ())]
