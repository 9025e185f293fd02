"""What all tables share: constraint names, column types, and foreign keys that stay within an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Function,
    Identity,
    MetaData,
    Select,
    String,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.orders.lifecycle import OPEN
from store.personal import not_personal


class Row(DeclarativeBase):
    """A table of the inventory."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: BigInteger, datetime: DateTime(timezone=True), dict[str, Any]: JSONB}  # noqa: RUF012


def among(column: str, values: Any) -> str:
    """The SQL condition that a column has one of these values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


def constants(values: Any) -> list[ColumnElement[str]]:
    """Values of an enumeration for `in_`, as part of the statement's text. As parameters they would hide from
    a plan that PostgreSQL keeps that an index of only these rows has them.
    """
    return [literal_column(f"'{value}'", String) for value in sorted(values)]


def has(rows: Select[Any]) -> ColumnElement[bool]:
    """Whether there is such a row, as a column of a page of a list. EXISTS may be answered from a table of
    all such rows, made for the few that are asked about.
    """
    return rows.limit(literal_column("1")).scalar_subquery().is_not(None)


STATUS_OPEN = among("status", OPEN)
"""The SQL condition that an order is open: neither processed, cancelled nor refused."""


def now() -> Function[datetime]:
    """When the transaction began: `esim_now()`, the only clock of stored times (`store.clock`)."""
    return func.esim_now(type_=DateTime(timezone=True))


def clock() -> Function[datetime]:
    """The present time, which moves on within a transaction: `esim_clock()`."""
    return func.esim_clock(type_=DateTime(timezone=True))


def own_id() -> Mapped[int]:
    """The primary key of a record: a number from an identity column."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def made_key() -> Mapped[str | None]:
    """The mark of the idempotency key that the record was made under (`models.identifiers.mark_of_key`)."""
    return mapped_column(info=not_personal("a digest of a key that the caller chose"))


def made_as() -> Mapped[str | None]:
    """The mark of that key with what the record was made of (`store.made_keys`)."""
    return mapped_column(info=not_personal("a digest of a key that the caller chose, with the content"))


def owner() -> Mapped[int]:
    """The account a record belongs to."""
    return mapped_column(ForeignKey("accounts.id"))


def of_account(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """A foreign key to a record of the row's own account. It refuses a record of another account."""
    return ForeignKeyConstraint([column, "account_id"], [f"{table}.id", f"{table}.account_id"], **options)
