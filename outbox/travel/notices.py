"""The e-mails besides those of orders: to subscribers about their plans, to staff about the stock; their
texts are in `wording/travel/notices`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from models.travel.profiles import Notice
from outbox.emails import Email
from outbox.sender import Outgoing
from store.travel.notice_facts import NoticeFacts
from wording.facts import Countries, Volume

_PLAN = ("line_name", "plan", "data")
_FROM = ("reference", "account")


@dataclass(frozen=True, kw_only=True, repr=False)
class TravelNotice(Email):
    """`reference` is the id of the notice."""

    texts: ClassVar[str] = "travel_notices"
    reference: str
    account: str


@dataclass(frozen=True, kw_only=True, repr=False)
class OfPlan(TravelNotice):
    """To the subscriber, about a plan."""

    line_name: str
    plan: str
    data: Volume


@dataclass(frozen=True, kw_only=True, repr=False)
class Used80(OfPlan):
    """80 % of the data is used (T35)."""

    name: ClassVar[str] = "travel_used_80"
    rows: ClassVar[tuple[str, ...]] = (*_PLAN, "ends_at", *_FROM)
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Used100(OfPlan):
    """All data is used: the plan has ended (T29, T35)."""

    name: ClassVar[str] = "travel_used_100"
    rows: ClassVar[tuple[str, ...]] = (*_PLAN, *_FROM)


@dataclass(frozen=True, kw_only=True, repr=False)
class LapsesSoon(OfPlan):
    """The plan lapses in a few days if it is not used (T28)."""

    name: ClassVar[str] = "travel_lapses_soon"
    rows: ClassVar[tuple[str, ...]] = (*_PLAN, "countries", "lapses_at", *_FROM)
    countries: Countries
    lapses_at: datetime
    withdrawn: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class InstallSoon(TravelNotice):
    """The eSIM is withdrawn in a few days if it is not installed (T40)."""

    name: ClassVar[str] = "travel_install_soon"
    rows: ClassVar[tuple[str, ...]] = ("line_name", "plans", "install_by", *_FROM)
    line_name: str
    plans: str | None
    install_by: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class NotInstalled(TravelNotice):
    """The eSIM was never installed and has been withdrawn; its plans wait for another one (T28, T40)."""

    name: ClassVar[str] = "travel_not_installed"
    rows: ClassVar[tuple[str, ...]] = ("line_name", "plans", "lapses_at", *_FROM)
    line_name: str
    plans: str | None
    lapses_at: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class StockLow(TravelNotice):
    """To staff: a profile's stock is below its threshold (T26)."""

    name: ClassVar[str] = "staff_stock_low"
    rows: ClassVar[tuple[str, ...]] = ("profile", "free", "threshold", *_FROM)
    profile: int
    free: int
    threshold: int


@dataclass(frozen=True, kw_only=True, repr=False)
class OrderWaits(TravelNotice):
    """To staff: an order waits for stock of a profile (T17)."""

    name: ClassVar[str] = "staff_order_waits"
    rows: ClassVar[tuple[str, ...]] = ("profile", "waiting", "waiting_since", *_FROM)
    profile: int
    waiting: int
    waiting_since: datetime | None


NOTICES: Mapping[Notice, type[TravelNotice]] = {
    Notice.USED_80: Used80,
    Notice.USED_100: Used100,
    Notice.LAPSES_SOON: LapsesSoon,
    Notice.INSTALL_SOON: InstallSoon,
    Notice.NOT_INSTALLED: NotInstalled,
    Notice.STOCK_LOW: StockLow,
    Notice.ORDER_WAITS: OrderWaits,
}
"""The e-mail of each notice."""


def outgoing(facts: NoticeFacts) -> list[Outgoing]:
    """The e-mail to the subscriber, or to each of the staff."""
    known = {
        **vars(facts),
        "reference": facts.about.id,
        "data": None if facts.data_bytes is None else Volume(facts.data_bytes),
        "countries": Countries(facts.countries),
    }
    email = NOTICES[facts.notice].of(known)
    return [Outgoing(email, to) for to in facts.recipients]
