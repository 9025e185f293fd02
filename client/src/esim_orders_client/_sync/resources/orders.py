"""Orders: `client.orders`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Literal, cast, overload

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of, to_json
from esim_orders_client.events import Event
from esim_orders_client.model import Page
from esim_orders_client.models import (
    Accepted,
    AddLineBody,
    AddPlanBody,
    AssignLicenceBody,
    LinePreview,
    Order,
    OrderStatus,
    ReplaceLicenceEsimBody,
    ReplaceLineEsimBody,
    ReplacementPreview,
    State,
    SwapBody,
)


class OrdersApi:
    """Orders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @overload
    def place(
        self,
        body: SwapBody
        | AssignLicenceBody
        | ReplaceLicenceEsimBody
        | AddLineBody
        | AddPlanBody
        | ReplaceLineEsimBody,
        *,
        key: str | None = None,
        dry_run: Literal[False] = False,
    ) -> Order: ...
    @overload
    def place(
        self,
        body: SwapBody
        | AssignLicenceBody
        | ReplaceLicenceEsimBody
        | AddLineBody
        | AddPlanBody
        | ReplaceLineEsimBody,
        *,
        dry_run: Literal[True],
        key: str | None = None,
    ) -> LinePreview | ReplacementPreview | Accepted: ...
    def place(
        self,
        body: SwapBody
        | AssignLicenceBody
        | ReplaceLicenceEsimBody
        | AddLineBody
        | AddPlanBody
        | ReplaceLineEsimBody,
        *,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Order | LinePreview | ReplacementPreview | Accepted:
        """Place an order.

        Place an order of any kind: 201 when it is accepted, 422 with every reason when it is refused; then
        its key is free.

        A repeat with the same key answers the same order as it is now, with `Idempotent-Replayed: true`.

        Needs the permission `place_orders`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        call = Call(
            "POST",
            path_of("orders"),
            query={"dry_run": dry_run or None},
            body=to_json(body),
            key=new_key(key, dry_run=dry_run),
        )
        if dry_run:
            return self._connection.ask(
                cast(
                    "type[LinePreview | ReplacementPreview | Accepted]",
                    LinePreview | ReplacementPreview | Accepted,
                ),
                call,
            )
        return self._connection.ask(Order, call)

    def list(
        self,
        *,
        status: OrderStatus | None = None,
        open: bool | None = None,
        held: bool | None = None,
        incidents: bool | None = None,
        line: str | None = None,
        purchase_reference: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Order]:
        """List orders.

        The orders of the account, newest first, without their events. Refused ones with `status=refused`.

        Needs the permission `view_orders`.

        status: Only orders with this status.
        open: Only orders that are neither processed nor over.
        held: Only orders that wait for a person.
        incidents: Only orders that were processed after they were cancelled.
        line: A phone number, or `L-42`.
        purchase_reference: How the purchase reference begins, in any case.
        """
        return self._connection.ask(
            Page[Order],
            Call(
                "GET",
                path_of("orders"),
                query={
                    "status": status,
                    "open": open,
                    "held": held,
                    "incidents": incidents,
                    "line": line,
                    "purchase_reference": purchase_reference,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        status: OrderStatus | None = None,
        open: bool | None = None,
        held: bool | None = None,
        incidents: bool | None = None,
        line: str | None = None,
        purchase_reference: str | None = None,
        limit: int = 100,
    ) -> Iterator[Order]:
        """List orders: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(
                status=status,
                open=open,
                held=held,
                incidents=incidents,
                line=line,
                purchase_reference=purchase_reference,
                limit=limit,
                cursor=cursor,
            )
        )

    def get(self, order: str, *, expand: Sequence[str] | None = None) -> Order:
        """Show an order.

        One order as it is now, also one that was refused.

        Needs the permission `view_orders`.

        expand: What to include: `events`.
        """
        return self._connection.ask(
            Order, Call("GET", path_of("orders", "{order}", order=order), query={"expand": expand})
        )

    def acknowledge(self, order: str, *, iccid: str | Omit | None = OMIT) -> State:
        """Acknowledge an order.

        The provider has acknowledged: the temporary eSIM is created. Idempotent.

        Needs the permission `acknowledge_orders`.
        """
        return self._connection.ask(
            State,
            Call(
                "POST",
                path_of("orders", "{order}", "acknowledge", order=order),
                body=body_of({"iccid": iccid}, required=False),
            ),
        )

    def enter_iccid(self, order: str, *, iccid: str) -> State:
        """Enter the ICCID of the temporary eSIM.

        Enter or correct it, until the order is processed.

        Needs the permission `enter_iccid`.
        """
        return self._connection.ask(
            State,
            Call("POST", path_of("orders", "{order}", "iccid", order=order), body=body_of({"iccid": iccid})),
        )

    def processed(self, order: str, *, iccid: str | Omit | None = OMIT) -> State:
        """Report an order processed.

        The eSIM takes the line, the SIM in place is discarded for ever. Idempotent.

        Needs the permission `report_processed`.
        """
        return self._connection.ask(
            State,
            Call(
                "POST",
                path_of("orders", "{order}", "processed", order=order),
                body=body_of({"iccid": iccid}, required=False),
            ),
        )

    def cancel(self, order: str, *, reason: str | Omit = OMIT) -> State:
        """Cancel an order.

        The temporary eSIM is deleted, the SIM in place stays. Idempotent.

        Before the acknowledgement a caller who may place such an order may cancel it.

        Needs the permission `cancel_orders`.
        """
        return self._connection.ask(
            State,
            Call(
                "POST",
                path_of("orders", "{order}", "cancel", order=order),
                body=body_of({"reason": reason}, required=False),
            ),
        )

    def retry(self, order: str) -> Order:
        """Retry a held order.

        Resume the order at the step that it is held for. Refused (`not_held`) if it is not held.

        Needs the permission `retry_work`.
        """
        return self._connection.ask(Order, Call("POST", path_of("orders", "{order}", "retry", order=order)))

    def mail_again(self, order: str, *, key: str | None = None) -> Order:
        """E-mail an order again.

        The distributor's order contacts get the e-mail of an open order once more, with new links; the
        earlier ones stay valid. The wait for an answer begins again. At most once a minute
        (`order_mailed_just_now`).

        Needs the permission `manage_contacts`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Order, Call("POST", path_of("orders", "{order}", "mail-again", order=order), key=new_key(key))
        )

    def stream(
        self, order: str, *, after: str | None = None, timeout: float | None = None
    ) -> Generator[Event, None, None]:
        """Follow an order.

        What happens to an order of any kind, as server-sent events, from its first event or after the last
        one that was received. It ends by itself, with the event `end`, when the order has ended and no
        step of it is held.

        Needs the permission `view_orders`.

        after: the id of the last event that you have; the stream continues behind it.
        timeout: after so many seconds TimeoutError is raised.
        """
        return self._connection.stream(
            Call(
                "GET",
                path_of("orders", "{order}", "events", "stream", order=order),
                accept="text/event-stream",
            ),
            after,
            timeout,
        )

    def wait(self, order: str, *, timeout: float | None = None) -> Order:
        """Wait until an order has ended, and answer it then: processed, cancelled or refused. An order that
        is held has not ended.

        timeout: after so many seconds TimeoutError is raised.
        """
        with closing(self.stream(order, timeout=timeout)) as events:
            for _ in events:
                pass
        return self.get(order)
