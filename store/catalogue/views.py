"""Reads the catalogue, and selects the packs that can be ordered for a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.catalogue.views import PackView
from models.fleet.inventory import SIM_CARDS_SECTION
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from store.catalogue.tables import PackItemRow, PackRow
from store.paging import built_once, by_account
from store.people.tables import AccountRow, DistributorRow, ProviderRow
from store.scopes import shaped, within


@dataclass(frozen=True)
class CatalogueFilter:
    """Which items are wanted; None: any."""

    provider: str | None = None
    distributor: str | None = None
    available: bool | None = None


async def items(
    connection: AsyncConnection,
    scope: Scope,
    wanted: Wanted = WHOLE,
    chosen: CatalogueFilter = CatalogueFilter(),
) -> Page[PackView]:
    """Every item of every order pack that is wanted, by account, pack and section."""
    shape, known = shaped(scope)
    values = {name: value for name, value in vars(chosen).items() if value is not None}
    listed = _listed(shape, frozenset(values))
    return (await by_account(scope, *_SORTED).page(connection, listed, wanted, known | values)).of(pack_view)


_SORTED = (
    PackRow.name,
    func.coalesce(PackItemRow.section, ""),
    func.coalesce(PackItemRow.name, ""),
    func.coalesce(PackItemRow.id, 0),
)


_CHOSEN: Mapping[str, ColumnElement[bool]] = {
    "provider": ProviderRow.name == bindparam("provider"),
    "distributor": DistributorRow.name == bindparam("distributor"),
    "available": PackRow.available == bindparam("available"),
}


@built_once
def _listed(scope: Scope, chosen: frozenset[str]) -> Select[*tuple[Any, ...]]:
    conditions = [_CHOSEN[name] for name in sorted(chosen)]
    return select_packs().where(within(scope, PackRow.account_id), *conditions)


def esim_of(provider: Any) -> ColumnElement[bool]:
    """Whether the item is an eSIM of this provider (an id); a pack has at most one."""
    return and_(PackItemRow.esim, PackItemRow.provider_id == provider)


def eligible(provider: Any) -> ColumnElement[bool]:
    """Whether the pack may be ordered for a line of this provider (F8): it is available and has, among the
    SIM Cards, an eSIM of the provider.
    """
    return and_(PackRow.available, PackItemRow.section == SIM_CARDS_SECTION, esim_of(provider))


def select_packs() -> Select[*tuple[Any, ...]]:
    """Select order packs with their items, one row for each item; the caller adds conditions."""
    return (
        select(
            PackRow.id,
            PackRow.name,
            func.coalesce(PackItemRow.name, "").label("item"),
            func.coalesce(PackItemRow.section, "").label("section"),
            ProviderRow.name.label("provider"),
            func.coalesce(PackItemRow.esim, False).label("esim"),
            DistributorRow.name.label("distributor"),
            PackRow.available,
            AccountRow.name.label("account"),
        )
        .join(AccountRow, AccountRow.id == PackRow.account_id)
        .join(DistributorRow, DistributorRow.id == PackRow.distributor_id)
        .outerjoin(PackItemRow, PackItemRow.pack_id == PackRow.id)
        .outerjoin(ProviderRow, ProviderRow.id == PackItemRow.provider_id)
    )


def pack_view(row: Any) -> PackView:
    """The model of a row of `select_packs`."""
    return PackView(**row._mapping)
