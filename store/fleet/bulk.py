"""Reads what a bulk action is judged by, for all its rows at once (P6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.fleet.grid import RowState
from models.fleet.inventory import SimState
from models.fleet.rows import GridRow
from models.identifiers import parse_reference
from models.orders.rules import Facts
from models.people.callers import OfAccount
from models.people.views import ContactRole
from store.catalogue.tables import PackItemRow, PackRow
from store.catalogue.views import eligible
from store.codes.tables import QrRequestRow
from store.fleet.grid import of_ids
from store.people.tables import (
    ContactRoleRow,
    ContactRow,
    DistributorRow,
    ProfileTargetRow,
    ProviderRow,
    UserRow,
)

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class BulkFacts:
    """What is the same for many rows: the user's targets, packs by provider, contacts by distributor; and the
    open request of a SIM.
    """

    targets: frozenset[str]
    packs: dict[str, dict[int, str]]
    """The names of the eligible packs by their ids, by provider."""
    contacts: dict[str, frozenset[int]]
    requests: dict[int, str]

    def of(self, row: GridRow) -> Facts:
        """The facts about a row, as an order of it would be judged."""
        return Facts(
            slot=row.slot,
            sim_kind=row.sim_type,
            sim_state=None if row.state is RowState.EMPTY else SimState(row.state),
            enabled_targets=self.targets,
            esim_packs=self.packs.get(row.provider, {}),
            qr_contacts=self.contacts.get(row.distributor or "", frozenset()),
            open_order=row.open_order,
            open_qr_request=self.requests.get(row.sim_id or 0),
        )


def ids_of(names: Sequence[str]) -> list[int]:
    """The ids of rows by their names (`L-42`, `S-7`). Raises `NotFound` (`unknown_rows`)."""
    found: list[int] = []
    for name in dict.fromkeys(names):
        line, sim = parse_reference("L", name), parse_reference("S", name)
        if name.strip().isdigit() or (line is None and sim is None):
            raise NotFound.because("unknown_rows")
        found.append(2 * line if line is not None else 2 * (sim or 0) + 1)
    return found


async def rows(connection: AsyncConnection, scope: OfAccount, ids: Sequence[int]) -> list[GridRow]:
    """The rows with these ids. Raises `NotFound` (`unknown_rows`) if the account does not have one."""
    found: list[GridRow] = []
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        found += await of_ids(connection, scope, ids[start : start + _ROWS_AT_ONCE])
    if len(found) != len(ids):
        raise NotFound.because("unknown_rows")
    return found


async def facts(
    connection: AsyncConnection, scope: OfAccount, user_id: int, sims: Collection[int]
) -> BulkFacts:
    """The facts about rows with these SIMs in place, for a user."""
    account = scope.account_id
    targets = (
        select(ProfileTargetRow.target)
        .join(UserRow, UserRow.profile_id == ProfileTargetRow.profile_id)
        .where(UserRow.id == user_id, UserRow.account_id == account)
    )
    packs: dict[str, dict[int, str]] = {}
    available = (
        select(ProviderRow.name.label("provider"), PackRow.id, PackRow.name)
        .join(PackItemRow, PackItemRow.pack_id == PackRow.id)
        .join(ProviderRow, ProviderRow.id == PackItemRow.provider_id)
        .where(PackRow.account_id == account, eligible(ProviderRow.id))
        .order_by(PackRow.name, PackRow.id)
    )
    for row in await connection.execute(available):
        packs.setdefault(row.provider, {})[row.id] = row.name
    contacts: dict[str, frozenset[int]] = {}
    with_role = (
        select(DistributorRow.name, ContactRow.id)
        .join(ContactRow, ContactRow.distributor_id == DistributorRow.id)
        .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
        .where(DistributorRow.account_id == account, ContactRoleRow.role == ContactRole.ESIM_QR_CODE)
    )
    for distributor, contact in await connection.execute(with_role):
        contacts[distributor] = contacts.get(distributor, frozenset()) | {contact}
    asked = await connection.execute(_REQUESTS, {"account": account, "sims": list(sims)})
    return BulkFacts(
        targets=frozenset(await connection.scalars(targets)),
        packs=packs,
        contacts=contacts,
        requests={row.sim_id: row.id for row in asked},
    )


_REQUESTS = select(QrRequestRow.sim_id, QrRequestRow.id).where(
    QrRequestRow.account_id == bindparam("account"),
    QrRequestRow.status == RequestStatus.REQUESTED,
    QrRequestRow.sim_id == any_(bindparam("sims", type_=ARRAY(BigInteger))),
)
