"""The tables of how an account is charged for its licences, and of its prices."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CHAR, CheckConstraint, Date, ForeignKey, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.licences.add_ons import AddOn
from store.personal import CODE
from store.row import Row, among


class BillingRow(Row):
    """How an account is charged for its licences; fixed by the first purchase (L34)."""

    __tablename__ = "billing"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    cycle_day: Mapped[int | None]
    """1 to 31; NULL until the first purchase, whose day it becomes unless one was set before."""
    time_zone: Mapped[str] = mapped_column(server_default=text("'Europe/Paris'"), info=CODE)
    currency: Mapped[str] = mapped_column(CHAR(3), server_default=text("'EUR'"), info=CODE)
    __table_args__ = (CheckConstraint("cycle_day BETWEEN 1 AND 31", name="cycle_day"),)


TIME_ZONE = func.coalesce(BillingRow.time_zone, "Europe/Paris")
"""The time zone of an account, as a column of a statement with `BillingRow` outer joined."""


class PriceRow(Row):
    """The monthly price of an add-on for an account, from a day on (L35)."""

    __tablename__ = "add_on_prices"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    add_on: Mapped[str] = mapped_column(primary_key=True, info=CODE)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    __table_args__ = (
        CheckConstraint(among("add_on", AddOn), name="add_on"),
        CheckConstraint("amount >= 0", name="amount"),
    )
