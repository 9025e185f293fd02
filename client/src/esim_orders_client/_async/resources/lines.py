"""Lines and SIMs: `client.lines`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Edit, Line, Offer, Shop, SimKind, State


class AsyncLinesApi:
    """Lines and SIMs."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        group: str | None = None,
        device: str | None = None,
        kind: SimKind | None = None,
        without_code: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Line]:
        """List lines.

        The lines by device and slot, each with the SIM in place and the temporary eSIM.

        Needs the permission `view_inventory`.

        group: Only lines of this management group.
        device: Only lines of this device, by its name.
        kind: Only lines with such a SIM in place.
        without_code: Only lines whose eSIM has no QR code yet.
        """
        return await self._connection.ask(
            Page[Line],
            Call(
                "GET",
                path_of("lines"),
                query={
                    "group": group,
                    "device": device,
                    "kind": kind,
                    "without_code": without_code,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        group: str | None = None,
        device: str | None = None,
        kind: SimKind | None = None,
        without_code: bool | None = None,
        limit: int = 100,
    ) -> AsyncIterator[Line]:
        """List lines: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(
                group=group, device=device, kind=kind, without_code=without_code, limit=limit, cursor=cursor
            )
        )

    async def get(self, line: str) -> Line:
        """Show a line.

        One line, by phone number or `L-42`.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(Line, Call("GET", path_of("lines", "{line}", line=line)))

    async def actions(self, line: str) -> Page[Offer]:
        """List the actions on a line.

        The three actions: whether each is offered to the caller's user, and if not, why.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(
            Page[Offer], Call("GET", path_of("lines", "{line}", "actions", line=line))
        )

    async def shop(self, line: str) -> Shop:
        """Show the shop of a line.

        What may be ordered for the line: only eSIMs of its provider.

        Needs the permission `place_orders`.
        """
        return await self._connection.ask(Shop, Call("GET", path_of("lines", "{line}", "shop", line=line)))

    async def enter_iccid(self, line: str, *, iccid: str) -> State:
        """Enter the ICCID of a line's temporary eSIM.

        Enter or correct it. Refused (`no_open_order`) if the line has no open order.

        Needs the permission `enter_iccid`.
        """
        return await self._connection.ask(
            State,
            Call("POST", path_of("lines", "{line}", "iccid", line=line), body=body_of({"iccid": iccid})),
        )

    async def set_employee(
        self,
        *,
        lines: Sequence[str],
        employee: str | None,
        name: str | Omit | None = OMIT,
        dry_run: bool = False,
    ) -> Edit:
        """Set who uses lines.

        Set the employee of the SIMs in place: of all these lines or of none. Idempotent.

        Needs the permission `edit_inventory`.

        employee: An address, a name or `E-3`; null removes it.
        name: Add an employee of this name if there is none.
        """
        return await self._connection.ask(
            Edit,
            Call(
                "POST",
                path_of("lines", "employee"),
                query={"dry_run": dry_run or None},
                body=body_of({"lines": lines, "employee": employee, "name": name}),
            ),
        )

    async def set_groups(
        self,
        *,
        lines: Sequence[str],
        groups: Sequence[str],
        mode: Literal["set", "add", "remove"] | str | Omit = OMIT,
        create: bool | Omit = OMIT,
        dry_run: bool = False,
    ) -> Edit:
        """Set the groups of lines.

        Set, add or remove management groups: of all these lines or of none. Idempotent.

        Needs the permission `edit_inventory`.

        create: Create groups that the account does not have.
        """
        return await self._connection.ask(
            Edit,
            Call(
                "POST",
                path_of("lines", "groups"),
                query={"dry_run": dry_run or None},
                body=body_of({"lines": lines, "groups": groups, "mode": mode, "create": create}),
            ),
        )
