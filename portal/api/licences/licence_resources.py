"""Licences, purchases, prices and charges as the API answers them."""

from datetime import date, datetime

from pydantic import Field

from models.identifiers import named, reference
from models.licences.add_ons import AddOn
from models.licences.charges import ChargeReason
from models.licences.history import AddOnChange
from models.licences.licence_views import (
    AddOnCount,
    BillingView,
    ChargesView,
    ChargeView,
    LicenceChange,
    LicenceStatus,
    LicenceView,
    PriceChange,
    PriceView,
    PurchaseView,
)
from portal.api.fields import Currency, Resource, one_of
from portal.api.licences.shared import AddOnName, Money

_BILLED = {"cycle_day", "time_zone", "currency", "fixed"}


class NumberOfLicence(Resource):
    """The number that uses a licence."""

    id: str = Field(examples=["N-7"])
    msisdn: str


class LicenceResource(Resource):
    """A licence: what it is today, who uses it, and what is planned."""

    id: str = Field(examples=["LI-3"])
    add_on: AddOnName
    status: str = Field(description=one_of(LicenceStatus))
    number: NumberOfLicence | None
    usable_until: date | None = Field(description="Its last day, if it was given back.")
    next_add_on: str | None = Field(description="The cheaper add-on that it becomes on the day `next_from`.")
    next_from: date | None

    @classmethod
    def of(cls, view: LicenceView) -> "LicenceResource":
        """The licence as it is answered."""
        number = None
        if view.number_id is not None and view.number is not None:
            number = NumberOfLicence(id=reference("N", view.number_id), msisdn=view.number)
        shown = {"add_on", "status", "usable_until", "next_add_on", "next_from"}
        return cls(**view.model_dump(include=shown), id=view.reference, number=number)


class LicenceChangeResource(Resource):
    """A licence after its add-on was changed."""

    licence: LicenceResource
    change: str | None = Field(description=f"Null: it is, or becomes, this already. {one_of(AddOnChange)}")
    applies_from: date | None
    amount: Money = Field(description="The charge of an upgrade.")
    currency: Currency

    @classmethod
    def of(cls, change: LicenceChange) -> "LicenceChangeResource":
        """The change as it is answered."""
        return cls(
            licence=LicenceResource.of(change.licence),
            change=change.change,
            applies_from=change.applies_from,
            amount=str(change.amount),
            currency=change.currency,
        )


class AddOnResource(Resource):
    """An add-on, and how many licences of it the account has: `bought` is the sum of the others."""

    add_on: AddOnName
    name: str = Field(examples=["Voice+SMS+Data"])
    bought: int
    in_use: int
    free: int
    given_back: int = Field(description="Free, and usable only until their last day.")

    @classmethod
    def of(cls, add_on: AddOn, count: AddOnCount | None) -> "AddOnResource":
        """The add-on as it is answered; without a count there are no licences of it."""
        none = {"bought": 0, "in_use": 0, "free": 0, "given_back": 0}
        return cls(
            add_on=add_on, name=add_on.label, **(count.model_dump(include=set(none)) if count else none)
        )


class PurchaseResource(Resource):
    """A purchase of licences."""

    id: str = Field(examples=["LP-5"])
    add_on: AddOnName
    quantity: int
    bought_at: datetime
    bought_by: str = Field(examples=["U-3"])
    licences: list[str] = Field(description="All licences of the purchase.", examples=[["LI-3"]])
    again: list[str] = Field(description="Those that had been given back, and were bought again at no cost.")
    amount: Money = Field(description="Until the end of the billing cycle; then each is charged monthly.")
    currency: Currency
    answered_requests: list[str]

    @classmethod
    def of(cls, purchase: PurchaseView) -> "PurchaseResource":
        """The purchase as it is answered."""
        return cls(
            id=purchase.reference,
            add_on=purchase.add_on,
            quantity=purchase.quantity,
            bought_at=purchase.at,
            bought_by=named(purchase.bought_by),
            licences=[reference("LI", one) for one in (*purchase.again, *purchase.new)],
            again=[reference("LI", one) for one in purchase.again],
            amount=str(purchase.amount),
            currency=purchase.currency,
            answered_requests=list(purchase.answered),
        )


class ChargeResource(Resource):
    """A charge of a licence for the days from `day` to `period_end`."""

    day: date
    licence: str = Field(examples=["LI-3"])
    add_on: AddOnName
    reason: str = Field(description=one_of(ChargeReason))
    period_start: date
    period_end: date
    amount: Money
    currency: Currency

    @classmethod
    def of(cls, charge: ChargeView) -> "ChargeResource":
        """The charge as it is answered."""
        shown = {"day", "add_on", "reason", "period_start", "period_end", "currency"}
        return cls(
            **charge.model_dump(include=shown),
            licence=reference("LI", charge.licence_id),
            amount=str(charge.amount),
        )


class ChargesResource(Resource):
    """The charges whose day lies in a month, up to today, and their sum."""

    month: str = Field(examples=["2026-11"])
    total: Money
    currency: Currency
    charges: list[ChargeResource] = Field(description="By day and licence.")

    @classmethod
    def of(cls, found: ChargesView) -> "ChargesResource":
        """The charges as they are answered."""
        return cls(
            month=found.month,
            total=str(found.total),
            currency=found.currency,
            charges=[ChargeResource.of(charge) for charge in found.charges],
        )


class PriceResource(Resource):
    """What an add-on costs the account a month, from a day on."""

    add_on: AddOnName
    since: date
    amount: Money
    currency: Currency
    applies_from: date | None = Field(
        description="The first billing cycle that is charged at it; null while there is no cycle day."
    )

    @classmethod
    def of(cls, price: PriceView) -> "PriceResource":
        """The price as it is answered."""
        shown = price.model_dump(include={"add_on", "since", "currency", "applies_from"})
        return cls(**shown, amount=str(price.amount))


class PriceChangeResource(Resource):
    """The prices of an add-on before and after one is set, by their days: the answer of a dry run."""

    price: PriceResource
    before: list[PriceResource]
    after: list[PriceResource]

    @classmethod
    def of(cls, change: PriceChange) -> "PriceChangeResource":
        """The prices as they are answered."""
        return cls(
            price=PriceResource.of(change.price),
            before=list(map(PriceResource.of, change.before)),
            after=list(map(PriceResource.of, change.after)),
        )


class BillingResource(Resource):
    """How the account is charged."""

    cycle_day: int | None = Field(description="Null: the day of the first purchase will be.")
    time_zone: str = Field(examples=["Europe/Paris"])
    currency: Currency
    fixed: bool = Field(description="By the first purchase: nothing of it can be changed any more.")

    @classmethod
    def of(cls, view: BillingView) -> "BillingResource":
        """The billing as it is answered."""
        return cls(**view.model_dump(include=_BILLED))
