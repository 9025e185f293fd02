"""Accepting an order: the rules look at the line as it is in the transaction that writes the order."""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.lifecycle import OrderStatus
from models.orders import Acceptance, Placement
from models.rules import refusals
from store import events, orders
from store.facts import line_facts
from store.tables import LineRow, OrderRow, PackRow, UserRow

_INSERT = insert(OrderRow)
_PRESENT = select(
    *(
        exists().where(row.id == bindparam(what), row.account_id == bindparam("account"))
        for what, row in (("line", LineRow), ("user", UserRow), ("pack", PackRow))
    )
)


async def accept(connection: AsyncConnection, wish: Placement) -> Acceptance:
    """Accept the order, or refuse it for good with every reason (F5, F7, F46, F52, F53).

    The line is locked while the rules look at it, so two orders for one line cannot both be accepted.
    """
    known = await orders.acceptance(connection, wish.order_id)
    if known is not None:
        return known
    missing = await _unknown(connection, wish)
    if missing:
        return _acceptance(wish, OrderStatus.REFUSED, missing)
    facts, sim_id = await line_facts(connection, wish.line_id, wish.user_id, lock=True)
    reasons = refusals(wish.action, facts, wish.choice)
    status = OrderStatus.REFUSED if reasons else OrderStatus.SUBMITTED
    await connection.execute(
        _INSERT,
        {
            "id": wish.order_id,
            "account_id": wish.account_id,
            "kind": wish.kind,
            "status": status,
            "line_id": wish.line_id,
            "pack_id": wish.pack_id,
            "placed_by": wish.user_id,
            "sim_in_place_id": sim_id,
            "refusals": [reason.model_dump() for reason in reasons],
        },
    )
    happened = {"codes": [reason.code for reason in reasons]} if reasons else {"sim_in_place": sim_id}
    await events.append(connection, wish.order_id, f"user:{wish.user_id}", (f"order.{status}", happened))
    return _acceptance(wish, status, reasons)


def _acceptance(wish: Placement, status: OrderStatus, reasons: Sequence[Refusal]) -> Acceptance:
    return Acceptance(
        order_id=wish.order_id,
        status=status,
        kind=wish.kind,
        line_id=wish.line_id,
        pack_id=wish.pack_id,
        refusals=tuple(reasons),
    )


async def _unknown(connection: AsyncConnection, wish: Placement) -> list[Refusal]:
    ids = {"line": wish.line_id, "user": wish.user_id, "pack": wish.pack_id, "account": wish.account_id}
    found = (await connection.execute(_PRESENT, ids)).one()
    return [
        Refusal.of(code)
        for code, there in zip(("unknown_line", "unknown_user", "unknown_pack"), found, strict=True)
        if not there
    ]
