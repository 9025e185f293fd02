"""The facts that the rules check, read in one statement so that they are consistent."""

from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, String

from models.codes.requests import RequestStatus
from models.orders.rules import Facts
from models.people.views import ContactRole
from store.catalogue.tables import PackItemRow, PackRow
from store.catalogue.views import eligible
from store.codes.tables import QrRequestRow
from store.fleet.tables import STATES_IN_PLACE, LineRow, SimRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.people.tables import ContactRoleRow, ContactRow, ProfileTargetRow, UserRow


async def line_facts(connection: AsyncConnection, line_id: int, user_id: int) -> tuple[Facts, int | None]:
    """The facts about a line and the SIM in place, and that SIM's id; the line must exist."""
    return read((await connection.execute(LINE_FACTS, {"line": line_id, "user": user_id})).one())


async def device_facts(connection: AsyncConnection, device_id: int, user_id: int) -> dict[int, Facts]:
    """The facts about each line of a device, by the line's id."""
    rows = await connection.execute(_DEVICE_FACTS, {"device": device_id, "user": user_id})
    return {row.line_id: read(row)[0] for row in rows}


async def sim_facts(connection: AsyncConnection, sim_id: int, user_id: int) -> Facts:
    """The facts about one SIM, whatever its state; the SIM must exist."""
    return read((await connection.execute(_SIM_FACTS, {"sim": sim_id, "user": user_id})).one())[0]


def _facts() -> Select[Any]:
    provider = func.coalesce(LineRow.provider_id, SimRow.provider_id)
    account = func.coalesce(LineRow.account_id, SimRow.account_id)
    targets = (
        select(func.array_agg(ProfileTargetRow.target))
        .join(UserRow, UserRow.profile_id == ProfileTargetRow.profile_id)
        .where(UserRow.id == bindparam("user"), UserRow.account_id == account)
    )
    packs = (
        select(func.jsonb_object_agg(PackRow.id, PackRow.name))
        .join(PackItemRow, PackItemRow.pack_id == PackRow.id)
        .where(PackRow.account_id == account, eligible(provider))
    )
    contacts = (
        select(func.array_agg(ContactRow.id))
        .join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
        .where(
            ContactRow.distributor_id == SimRow.distributor_id,
            ContactRoleRow.role == ContactRole.ESIM_QR_CODE,
        )
    )
    is_open = OrderRow.status.in_(OPEN_STATUSES)
    open_order = select(OrderRow.id).where(OrderRow.subject == LineRow.subject, is_open)
    open_qr_request = select(QrRequestRow.id).where(
        QrRequestRow.sim_id == SimRow.id, QrRequestRow.status == RequestStatus.REQUESTED
    )
    none_of = array([], type_=String)
    return select(
        LineRow.slot,
        SimRow.id.label("sim_id"),
        SimRow.kind.label("sim_kind"),
        SimRow.state.label("sim_state"),
        func.coalesce(
            targets.correlate(LineRow, SimRow).scalar_subquery(), none_of, type_=ARRAY(String)
        ).label("targets"),
        packs.correlate(LineRow, SimRow).scalar_subquery().label("packs"),
        func.coalesce(
            contacts.correlate(LineRow, SimRow).scalar_subquery(),
            array([], type_=BigInteger),
            type_=ARRAY(BigInteger),
        ).label("qr_contacts"),
        open_order.correlate(LineRow, SimRow).scalar_subquery().label("open_order"),
        open_qr_request.correlate(LineRow, SimRow).scalar_subquery().label("open_qr_request"),
    )


LINE_FACTS = (
    _facts()
    .select_from(LineRow)
    .outerjoin(SimRow, and_(SimRow.holder == LineRow.subject, SimRow.state.in_(STATES_IN_PLACE)))
    .where(LineRow.id == bindparam("line"))
)
"""The facts about a line, for a statement that reads more about it at the same moment; see `read`."""
_DEVICE_FACTS = (
    _facts()
    .add_columns(LineRow.id.label("line_id"))
    .select_from(LineRow)
    .outerjoin(SimRow, and_(SimRow.holder == LineRow.subject, SimRow.state.in_(STATES_IN_PLACE)))
    .where(LineRow.device_id == bindparam("device"))
)
_SIM_FACTS = (
    _facts()
    .select_from(SimRow)
    .outerjoin(LineRow, LineRow.subject == SimRow.holder)
    .where(SimRow.id == bindparam("sim"))
)


def read(row: Any) -> tuple[Facts, int | None]:
    """The facts in a row of `LINE_FACTS`, and the id of the SIM in place."""
    facts = Facts(
        slot=row.slot,
        sim_kind=row.sim_kind,
        sim_state=row.sim_state,
        enabled_targets=frozenset(row.targets),
        esim_packs={int(pack): name for pack, name in (row.packs or {}).items()},
        qr_contacts=frozenset(row.qr_contacts),
        open_order=row.open_order,
        open_qr_request=row.open_qr_request,
    )
    return facts, row.sim_id
