"""Inventory: `client.inventory`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Row, RowCode, RowOrder, RowState, SimKind, Sort


class InventoryApi:
    """Inventory."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        q: str | None = None,
        provider: str | None = None,
        sim_type: SimKind | None = None,
        state: RowState | None = None,
        order: RowOrder | None = None,
        code: RowCode | None = None,
        employee: str | None = None,
        group: str | None = None,
        device: str | None = None,
        distributor: str | None = None,
        slot: int | None = None,
        to_do: bool | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Row]:
        """List the inventory.

        The slots of devices, filled or empty, then SIMs without a slot; all conditions hold together.

        Needs the permission `view_inventory`.

        q: A number, an ICCID or its last digits, words of names, an order.
        provider: Only of this provider.
        sim_type: Only such SIMs.
        state: Only in this state; discarded SIMs are listed only with it.
        order: Only with such an open order, or none.
        code: Only eSIMs whose QR code is so.
        employee: A name, an address, `E-3`, or `none`.
        group: Only of this management group.
        device: Only of this device: its name or `D-3`.
        distributor: Only SIMs of this distributor.
        slot: Only this slot of each device.
        to_do: Only with an open order or a requested QR code.
        sort: What is listed first; with a minus, last.
        """
        return self._connection.ask(
            Page[Row],
            Call(
                "GET",
                path_of("inventory"),
                query={
                    "q": q,
                    "provider": provider,
                    "sim_type": sim_type,
                    "state": state,
                    "order": order,
                    "code": code,
                    "employee": employee,
                    "group": group,
                    "device": device,
                    "distributor": distributor,
                    "slot": slot,
                    "to_do": to_do,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        q: str | None = None,
        provider: str | None = None,
        sim_type: SimKind | None = None,
        state: RowState | None = None,
        order: RowOrder | None = None,
        code: RowCode | None = None,
        employee: str | None = None,
        group: str | None = None,
        device: str | None = None,
        distributor: str | None = None,
        slot: int | None = None,
        to_do: bool | None = None,
        sort: Sort | None = None,
        limit: int = 100,
    ) -> Iterator[Row]:
        """List the inventory: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(
                q=q,
                provider=provider,
                sim_type=sim_type,
                state=state,
                order=order,
                code=code,
                employee=employee,
                group=group,
                device=device,
                distributor=distributor,
                slot=slot,
                to_do=to_do,
                sort=sort,
                limit=limit,
                cursor=cursor,
            )
        )
