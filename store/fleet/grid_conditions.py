"""Turns a filter of the inventory into conditions on `inventory_rows`, of two sorts.

`by_facets` finds the rows, wherever they are in a sort: an index finds each facet and each word. `by_traits`
filters a list that is read in its sort: the indexes of the sorts hold what it asks. Facets, words and traits
are written into the statement: PostgreSQL then plans each filter by how many rows it has.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger

from models.fleet.grid import InventoryFilter, RowCode, RowOrder, RowState
from models.fleet.inventory import SimKind
from models.identifiers import parse_reference
from models.people.callers import OfAccount
from store.fleet.grid_tables import CODE_NONE, InventoryRow
from store.fleet.grid_words import of_words
from store.fleet.tables import DeviceRow
from store.people.tables import DistributorRow, EmployeeRow, GroupRow, ProviderRow

NO_EMPLOYEE = "none"
_TRAITS = (
    *(SimKind.PHYSICAL, SimKind.ESIM),
    *(RowState.ACTIVE, RowState.SUSPENDED, RowState.EMPTY, RowState.IN_STOCK, RowState.TEMPORARY),
    *(RowOrder.SUBMITTED, RowOrder.PROVIDER_PROCESSING),
    *("code/present", "code/requested", "code/none", "to_do", "employee/none", "slot/1", "slot/2", "slot/3"),
)
TRAITS: dict[str, int] = {str(name): 1 << place for place, name in enumerate(_TRAITS)}
"""The bit of each trait, as the migration writes it."""
_CODE_NONE = f"code/{RowCode.NONE}"
_GROUP_BITS = 63
_FACET = re.compile(r"[a-z0-9_/]+")
_NAMED = ("provider", "employee", "group", "device", "distributor")
_LETTERS = {"employee": "E", "device": "D"}


OF_ACCOUNT = bindparam("of_account", type_=BigInteger)
"""The account whose rows are asked for: a parameter of all statements."""


@dataclass(frozen=True)
class Conditions:
    """What a filter asks of a row, as SQL: a statement is built once for the same conditions."""

    discarded: bool
    """Whether discarded SIMs are asked for."""
    facets: tuple[str, ...]
    traits: tuple[str, ...]
    exact: bool = True
    """Whether `traits` says all that `facets` says."""
    of_group: bool = False
    """Whether it does but for the group."""
    of_words: bool = False
    """Whether words are looked for."""

    @property
    def base(self) -> list[ColumnElement[bool]]:
        """The account, and whether discarded SIMs are asked for."""
        return [InventoryRow.account_id == OF_ACCOUNT, InventoryRow.discarded.is_(self.discarded)]

    @property
    def asked(self) -> list[ColumnElement[bool]]:
        """The facets and the words."""
        return _conditions(self.facets)

    @property
    def had(self) -> list[ColumnElement[bool]]:
        """The traits."""
        return _conditions(self.traits)

    @property
    def by_facets(self) -> list[ColumnElement[bool]]:
        """All of it, as the rows are found."""
        return [*self.base, *self.asked]

    @property
    def by_traits(self) -> list[ColumnElement[bool]]:
        """As much of it as the indexes of the sorts hold."""
        return [*self.base, *self.had]


def _conditions(texts: Iterable[str]) -> list[ColumnElement[bool]]:
    return [literal_column(text, Boolean) for text in texts]


async def of_filter(
    connection: AsyncConnection, scope: OfAccount, wanted: InventoryFilter
) -> Conditions | None:
    """The conditions of a filter, with at most one statement; None: no row can fulfil it."""
    if wanted.contradicts_itself:
        return None
    ids = await _ids_of_names(connection, scope, wanted)
    if ids is None:
        return None
    facets = [*_facets(scope.account_id, wanted, ids)]
    if wanted.q is not None:
        searched = of_words(wanted.q)
        if searched is None:
            return None
        facets.append(searched)
    rest = ({"employee", "device", "group"} & set(ids)) | ({"q"} if wanted.q is not None else set())
    return Conditions(
        discarded=wanted.state is RowState.DISCARDED,
        facets=tuple(facets),
        traits=tuple(_traits(wanted, ids)),
        exact=not rest,
        of_group=rest == {"group"},
        of_words=wanted.q is not None,
    )


# --- facets ------------------------------------------------------------------------------------------------


def _facets(account: int, wanted: InventoryFilter, ids: dict[str, list[int]]) -> Iterator[str]:
    all_of = [f"{account}/{name}" for name in _own(wanted)]
    for name, numbers in ids.items():
        of = f"{account}/provider" if name == "provider" else name
        if len(numbers) == 1:
            all_of.append(f"{of}/{numbers[0]}")
        else:
            yield _holds("&&", [f"{of}/{number}" for number in numbers])
    if all_of:
        yield _holds("@>", all_of)
        # once more, so that PostgreSQL expects fewer: for many it would look through the table, and the first
        # thousand may be at its end
        yield _holds("@>", all_of[-1:])


def _own(wanted: InventoryFilter) -> Iterator[str]:
    """What follows from another condition is left out, so that estimates stay right."""
    if wanted.sim_type is not None and wanted.code is None:
        yield f"kind/{wanted.sim_type}"
    if wanted.state is not None and wanted.state is not RowState.DISCARDED:
        yield f"state/{wanted.state}"
    if wanted.order is not None and wanted.state is not RowState.TEMPORARY:
        yield f"order/{wanted.order}"
    if wanted.code is not None:
        yield f"code/{wanted.code}"
    if wanted.slot is not None:
        yield f"slot/{wanted.slot}"
    if wanted.to_do:
        yield "to_do"
    if wanted.employee == NO_EMPLOYEE:
        yield "employee/none"


def _holds(operator: str, facets: list[str]) -> str:
    if not all(map(_FACET.fullmatch, facets)):
        raise ValueError("a facet that the statement cannot hold")
    return f"inventory_rows.facets {operator} '{{{','.join(facets)}}}'"


# --- traits ------------------------------------------------------------------------------------------------


def _traits(wanted: InventoryFilter, ids: dict[str, list[int]]) -> Iterator[str]:
    names = [name for name in _bits(wanted) if name in TRAITS and name != _CODE_NONE]
    if names:
        bits = sum({TRAITS[name] for name in names})
        yield f"inventory_rows.traits & {bits} = {bits}"
    if wanted.code is RowCode.NONE:  # in the words of the index of these rows
        yield CODE_NONE
    either = TRAITS[RowOrder.SUBMITTED] | TRAITS[RowOrder.PROVIDER_PROCESSING]
    if wanted.order is RowOrder.OPEN:
        yield f"inventory_rows.traits & {either} <> 0"
    elif wanted.order is RowOrder.NONE:
        yield f"inventory_rows.traits & {either} = 0"
    for name in ("provider", "distributor"):
        if name in ids:
            yield f"inventory_rows.{name}_id = {ids[name][0]}"
    if "group" in ids:
        yield f"inventory_rows.some_groups & {1 << ids['group'][0] % _GROUP_BITS} <> 0"


def _bits(wanted: InventoryFilter) -> Iterator[str]:
    for value in (wanted.sim_type, wanted.state, wanted.order):
        if value is not None:
            yield str(value)
    for name in ("code", "slot"):
        value = getattr(wanted, name)
        if value is not None:
            yield f"{name}/{value}"
    if wanted.to_do:
        yield "to_do"
    if wanted.employee == NO_EMPLOYEE:
        yield "employee/none"


# --- names -------------------------------------------------------------------------------------------------


def _same(table: Any, name: str) -> ColumnElement[bool]:
    return func.lower(table.name) == func.lower(bindparam(name, type_=String))


def _ids(table: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.array_agg(table.id)).where(*conditions).scalar_subquery()


_ACCOUNT = bindparam("account", type_=BigInteger)
_NAMES = select(
    _ids(ProviderRow, _same(ProviderRow, "provider")).label("provider"),
    _ids(
        EmployeeRow,
        EmployeeRow.account_id == _ACCOUNT,
        or_(
            _same(EmployeeRow, "employee"),
            func.lower(EmployeeRow.email) == func.lower(bindparam("employee", type_=String)),
        ),
    ).label("employee"),
    _ids(GroupRow, GroupRow.account_id == _ACCOUNT, GroupRow.name == bindparam("group", type_=String)).label(
        "group"
    ),
    _ids(
        DeviceRow, DeviceRow.account_id == _ACCOUNT, DeviceRow.name == bindparam("device", type_=String)
    ).label("device"),
    _ids(DistributorRow, DistributorRow.account_id == _ACCOUNT, _same(DistributorRow, "distributor")).label(
        "distributor"
    ),
)


async def _ids_of_names(
    connection: AsyncConnection, scope: OfAccount, wanted: InventoryFilter
) -> dict[str, list[int]] | None:
    """The ids of what the filter names; None where it names what the account does not have."""
    asked = {name: getattr(wanted, name) for name in _NAMED if getattr(wanted, name) is not None}
    if wanted.employee == NO_EMPLOYEE:
        asked.pop("employee")
    ids = {name: _reference(name, text) for name, text in asked.items()}
    if not all(ids.values()):
        known = {"account": scope.account_id, **dict.fromkeys(_NAMED), **asked}
        row = (await connection.execute(_NAMES, known)).one()
        ids = {name: found or row._mapping[name] or [] for name, found in ids.items()}
    return ids if all(ids.values()) else None


def _reference(name: str, text: str) -> list[int]:
    """The id that is named as such: `E-3`. A bare number may be a name."""
    if name not in _LETTERS or text.isdigit():
        return []
    number = parse_reference(_LETTERS[name], text)
    return [] if number is None else [number]
