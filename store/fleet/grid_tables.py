"""The inventory as it is listed, and the views of it that users save.

`inventory_rows` repeats what is in other tables, so that every filter and sort has an index: triggers write
it in the transaction of each change (`store/migrations/inventory_0014.py`, `refresh_inventory`).
Nothing else does.
"""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import CODE, REFERENCE, Erase, not_personal, personal
from store.row import Row, of_account, own_id, owner

_PLAIN = String(collation="C")
_OF_THINGS = not_personal("the name of a thing, or the number of a line or a SIM, which the account owns")
_GIN: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}


def _sorted(*keys: str) -> Index:
    columns = ("account_id", "discarded", *keys, "id")
    return Index(f"ix_inventory_rows_{keys[0]}", *columns, postgresql_include=list(FILTERED))


FILTERED = ("provider_id", "distributor_id", "traits", "some_groups")
"""What the indexes hold besides their keys: by these a sorted list is filtered without reading its rows."""

SEARCHED = ("facets", "words", "by_number", "by_iccid")
"""What facets and words are looked for in."""


WITHOUT_CODE = "line_id IS NOT NULL AND (traits & 514) = 2"
"""The SQL condition of lines whose eSIM has no code, also where one is requested: bits of `traits`."""
CODE_NONE = "(traits & 2048) <> 0"
"""The SQL condition of rows whose eSIM has no code and none is requested. A view that ships lists them,
and they may all be at the end of its sort.
"""


class InventoryRow(Row):
    """A slot of a device that has a line, or a SIM without a slot that is no travel eSIM."""

    __tablename__ = "inventory_rows"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Twice the id of the line; of a SIM without a slot twice its id, and one."""
    account_id: Mapped[int] = owner()
    line_id: Mapped[int | None]
    sim_id: Mapped[int | None]
    """The SIM in place, or the one without a slot."""
    temporary_id: Mapped[int | None]
    device_id: Mapped[int | None]
    slot: Mapped[int]
    """0: none."""
    discarded: Mapped[bool]
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), info=personal(Erase.BLANK))
    order_id: Mapped[str | None] = mapped_column(info=REFERENCE)
    """The open order."""
    code: Mapped[str] = mapped_column(info=CODE)
    """`requested`, `present`, or empty."""
    by_device: Mapped[str] = mapped_column(_PLAIN, info=_OF_THINGS)
    """Sort keys of names begin with 0; where there is no name it is 1, which comes last."""
    by_number: Mapped[str] = mapped_column(_PLAIN, info=_OF_THINGS)
    by_iccid: Mapped[str] = mapped_column(_PLAIN, info=_OF_THINGS)
    by_employee: Mapped[str] = mapped_column(_PLAIN, info=personal(Erase.REPLACE, erased="'1'"))
    by_provider: Mapped[str] = mapped_column(_PLAIN, info=_OF_THINGS)
    newest: Mapped[int]
    """The id of the newest SIM."""
    provider_id: Mapped[int]
    distributor_id: Mapped[int]
    """0: none."""
    traits: Mapped[int]
    """What is true of the row: a bit each (`store.fleet.grid_conditions.TRAITS`)."""
    some_groups: Mapped[int]
    """A bit for each group, by its id modulo 63; so some groups share one."""
    facets: Mapped[list[str]] = mapped_column(ARRAY(_PLAIN), info=REFERENCE)
    """What filters look for, such as `7/kind/esim` (in account 7) and `group/3`."""
    words: Mapped[str] = mapped_column(TSVECTOR, info=personal(Erase.REPLACE, erased="''::tsvector"))
    """What a search looks for: words, addresses, ids; numbers backwards after a `<`."""
    __table_args__ = (
        _sorted("by_device", "slot"),
        *map(_sorted, ("by_number", "by_iccid", "by_employee", "by_provider", "newest")),
        Index("ix_inventory_rows_employee_id", "employee_id"),
        Index("ix_inventory_rows_without_code", "account_id", "line_id", postgresql_where=text(WITHOUT_CODE)),
        Index(
            "ix_inventory_rows_code_none",
            *("account_id", "discarded", "by_device", "slot", "id"),
            postgresql_include=list(FILTERED),
            postgresql_where=text(CODE_NONE),
        ),
        Index("ix_inventory_rows_facets", "facets", **_GIN),
        Index("ix_inventory_rows_words", "words", **_GIN),
    )


class InventoryViewRow(Row):
    """A view of the inventory that a user saved: filter, sort and columns, as the query of its address."""

    __tablename__ = "inventory_views"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    user_id: Mapped[int]
    name: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    query: Mapped[str] = mapped_column(info=personal(Erase.DELETE_ROW))
    """May name an employee who is looked for."""
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether all users of the account have it."""
    __table_args__ = (
        of_account("user_id", "users"),
        UniqueConstraint("user_id", "name"),
        UniqueConstraint("id", "account_id"),
        Index("ix_inventory_views_shared", "account_id", "name", postgresql_where=text("shared")),
    )


class InventoryDefaultRow(Row):
    """The view, their own or a shared one, with which a user's inventory opens."""

    __tablename__ = "inventory_defaults"
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = owner()
    view_id: Mapped[int] = mapped_column(index=True, info=personal(Erase.DELETE_ROW))
    __table_args__ = (
        of_account("user_id", "users"),
        of_account("view_id", "inventory_views", ondelete="CASCADE"),
    )


class BulkConfirmationRow(Row):
    """A bulk action that was confirmed, and what it made: a repeat is answered with it."""

    __tablename__ = "bulk_confirmations"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    made_key: Mapped[str] = mapped_column(primary_key=True, info=REFERENCE)
    """The mark of the idempotency key."""
    asked: Mapped[str] = mapped_column(info=not_personal("a digest of what was confirmed"))
    plan: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=not_personal("names of rows (`L-42`), each with the pack that is ordered for it")
    )
    """NULL if a job does it."""
    made: Mapped[list[Any] | None] = mapped_column(
        JSONB, info=not_personal("names of rows and of what was made, and codes of refusals with parameters")
    )
    """NULL until all rows are done."""
