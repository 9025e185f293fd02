"""What was done with one licence, day by day, and what it is by that: its add-on and until when.

A licence is bought once. It can be given back, and bought again while it is still usable; once that is over,
buying is another licence. Entries of one day count in their sequence, and after the start of a period.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.licences.add_ons import AddOn
from models.licences.periods import Period, next_period, period_of
from models.licences.prices import PriceList
from models.values import View


class Bought(View):
    """An owner buys the licence; its first entry, and its only one of this kind."""

    what: Literal["bought"] = "bought"
    on: date
    add_on: AddOn


class GivenBack(View):
    """The licence stays usable to the end of its period, without credit (L32). A change that was planned for
    the next period is void, also if the licence is bought again.
    """

    what: Literal["given_back"] = "given_back"
    on: date


class BoughtAgain(View):
    """The licence is bought again, as the add-on it is, before the end of the period that is paid (L33)."""

    what: Literal["bought_again"] = "bought_again"
    on: date


class Changed(View):
    """The licence changes to another add-on, now or at the next period (`AddOnChange`). It replaces a change
    that was planned; one to the add-on that the licence is withdraws it.
    """

    what: Literal["changed"] = "changed"
    on: date
    add_on: AddOn


Entry = Annotated[Bought | GivenBack | BoughtAgain | Changed, Field(discriminator="what")]


class AddOnChange(StrEnum):
    """When a change to another add-on applies, and what it costs (L36)."""

    UPGRADE = "upgrade"
    """To a dearer one: applies that day, with a charge of the difference for the days left."""
    SAME_PRICE = "same_price"
    """Applies that day and costs nothing."""
    DOWNGRADE = "downgrade"
    """To a cheaper one: applies at the start of the next period; what is paid stays."""


@dataclass(frozen=True)
class Terms:
    """What a licence is on a day."""

    add_on: AddOn
    period: Period
    """The period that is paid."""
    planned: AddOn | None = None
    """What it becomes at the start of the next period, after a downgrade."""
    given_back: bool = False
    """Whether it ends with the period."""


@dataclass(frozen=True)
class Step:
    """One moment in the life of a licence: an entry, or without one the start of a period."""

    on: date
    entry: Entry | None
    before: Terms | None
    after: Terms


def add_on_change(day: date, was: AddOn, to: AddOn, prices: PriceList, cycle_day: int) -> AddOnChange:
    """Whether a change is an upgrade or a downgrade, at the prices of the day's period."""
    paid = prices.price_on(was, day, cycle_day).amount
    asked = prices.price_on(to, day, cycle_day).amount
    if asked == paid:
        return AddOnChange.SAME_PRICE
    return AddOnChange.UPGRADE if asked > paid else AddOnChange.DOWNGRADE


def steps(history: Sequence[Entry], prices: PriceList, cycle_day: int, through: date) -> Iterator[Step]:
    """What happens to a licence up to a day, that day included: each entry and each start of a period.

    Raises ValueError at an entry that cannot follow the ones before it.
    """
    now: Terms | None = None
    for entry, previous in zip(history, [None, *history], strict=False):
        if previous and entry.on < previous.on:
            raise ValueError(f"An entry of {entry.on} follows one of {previous.on}.")
        if entry.on > through:
            break
        for step in _renewals(now, cycle_day, entry.on):
            yield step
            now = step.after
        before, now = now, _after(now, entry, prices, cycle_day)
        yield Step(entry.on, entry, before, now)
    yield from _renewals(now, cycle_day, through)


def terms_on(history: Sequence[Entry], prices: PriceList, cycle_day: int, day: date) -> Terms | None:
    """What a licence is at the end of a day; None before it was bought and once it is gone."""
    now: Terms | None = None
    for step in steps(history, prices, cycle_day, day):
        now = step.after
    return now if now and day <= now.period.end else None


def add_on_on(history: Sequence[Entry], prices: PriceList, cycle_day: int, day: date) -> AddOn | None:
    """Which add-on a licence is at the end of a day; None before it was bought and once it is gone."""
    now = terms_on(history, prices, cycle_day, day)
    return now.add_on if now else None


def usable_until(history: Sequence[Entry], cycle_day: int) -> date | None:
    """The last day of a licence that was given back (L32); None if it was not, or was bought again."""
    last = history[-1] if history else None
    return period_of(last.on, cycle_day).end if isinstance(last, GivenBack) else None


def _renewals(now: Terms | None, cycle_day: int, day: date) -> Iterator[Step]:
    """The periods that begin by a day, the first of them with the add-on that was planned."""
    while now and not now.given_back and now.period.end < day:
        period = next_period(now.period, cycle_day)
        renewed = Terms(now.planned or now.add_on, period)
        yield Step(period.start, None, now, renewed)
        now = renewed


def _after(now: Terms | None, entry: Entry, prices: PriceList, cycle_day: int) -> Terms:
    """What the licence is after an entry."""
    if isinstance(entry, Bought):
        if now:
            raise ValueError(f"On {entry.on} the licence is bought already.")
        return Terms(entry.add_on, period_of(entry.on, cycle_day))
    if not now:
        raise ValueError(f"On {entry.on} the licence is not bought yet.")
    if entry.on > now.period.end:
        raise ValueError(f"On {entry.on} the licence is gone: it ended on {now.period.end}.")
    if isinstance(entry, BoughtAgain):
        if not now.given_back:
            raise ValueError(f"On {entry.on} the licence is not given back.")
        return replace(now, given_back=False)
    if now.given_back:
        raise ValueError(f"On {entry.on} the licence is given back already.")
    if isinstance(entry, GivenBack):
        return replace(now, given_back=True, planned=None)
    return _changed(now, entry, prices, cycle_day)


def _changed(now: Terms, entry: Changed, prices: PriceList, cycle_day: int) -> Terms:
    if entry.add_on is (now.planned or now.add_on):
        raise ValueError(f"On {entry.on} the licence is, or is to become, {entry.add_on} already.")
    if add_on_change(entry.on, now.add_on, entry.add_on, prices, cycle_day) is AddOnChange.DOWNGRADE:
        return replace(now, planned=entry.add_on)
    return replace(now, add_on=entry.add_on, planned=None)
