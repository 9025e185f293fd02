"""Numbers: `client.numbers`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence
from typing import Literal

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Number, NumberChange, SentAgainResource


class NumbersApi:
    """Numbers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        agent: str | None = None,
        assigned: bool | None = None,
        held: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Number]:
        """List numbers.

        The numbers of the account by phone number, also deleted ones, without their events.

        Needs the permission `view_licences`.

        agent: Who uses them: an address, or `AG-4`.
        assigned: Only those that use a licence, or that use none.
        held: Only those whose order or change is held.
        """
        return self._connection.ask(
            Page[Number],
            Call(
                "GET",
                path_of("numbers"),
                query={"agent": agent, "assigned": assigned, "held": held, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self,
        *,
        agent: str | None = None,
        assigned: bool | None = None,
        held: bool | None = None,
        limit: int = 100,
    ) -> Iterator[Number]:
        """List numbers: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(agent=agent, assigned=assigned, held=held, limit=limit, cursor=cursor)
        )

    def get(
        self, number: str, *, expand: Sequence[Literal["events", "people"] | str] | None = None
    ) -> Number:
        """Show a number.

        One number as it is now, also a deleted one: by its phone number or its id (`N-7`).

        Needs the permission `view_licences`.

        expand: What to include: `events`, `people`.
        """
        return self._connection.ask(
            Number, Call("GET", path_of("numbers", "{number}", number=number), query={"expand": expand})
        )

    def change_user(self, number: str, *, agent: str | None, key: str | None = None) -> NumberChange:
        """Change the agent who uses a number.

        To another agent, the eSIM stops at once, an open order is cancelled and the licence is free.
        Nothing is assigned by itself.

        Needs the permission `manage_numbers`.

        agent: An address or `AG-4`; null: no agent uses it any more.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call(
                "POST",
                path_of("numbers", "{number}", "change-user", number=number),
                body=body_of({"agent": agent}),
                key=new_key(key),
            ),
        )

    def convert(self, number: str, *, line_type: str, key: str | None = None) -> NumberChange:
        """Convert a number.

        To a direct number, which can have an eSIM, or to a shared line if it has none.

        Needs the permission `manage_numbers`.

        line_type: More values may be added: `direct`, `shared`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call(
                "POST",
                path_of("numbers", "{number}", "convert", number=number),
                body=body_of({"line_type": line_type}),
                key=new_key(key),
            ),
        )

    def suspend(self, number: str, *, reason: str, key: str | None = None) -> NumberChange:
        """Suspend a number.

        Its eSIM is off; the licence stays in use and is charged.

        Needs the permission `manage_numbers`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call(
                "POST",
                path_of("numbers", "{number}", "suspend", number=number),
                body=body_of({"reason": reason}),
                key=new_key(key),
            ),
        )

    def resume(self, number: str, *, key: str | None = None) -> NumberChange:
        """Resume a number.

        Resume a suspended number, and its eSIM.

        Needs the permission `manage_numbers`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call("POST", path_of("numbers", "{number}", "resume", number=number), key=new_key(key)),
        )

    def stop_esim(self, number: str, *, reason: str, key: str | None = None) -> NumberChange:
        """Stop the eSIM of a number.

        Of a lost or stolen phone, at once and for ever: an open order is cancelled and the licence is
        free. To replace the eSIM and keep the licence, place an order of the kind `replace_licence_esim`
        instead.

        Needs the permission `manage_numbers`.

        reason: More values may be added: `lost`, `stolen`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call(
                "POST",
                path_of("numbers", "{number}", "stop-esim", number=number),
                body=body_of({"reason": reason}),
                key=new_key(key),
            ),
        )

    def delete(self, number: str, *, key: str | None = None) -> NumberChange:
        """Delete a number.

        Its eSIM stops at once, an open order is cancelled, the licence is free and no agent uses it. Until
        `recoverable_until` of the number it can be recovered.

        Needs the permission `manage_numbers`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call("POST", path_of("numbers", "{number}", "delete", number=number), key=new_key(key)),
        )

    def recover(self, number: str, *, key: str | None = None) -> NumberChange:
        """Recover a deleted number.

        It comes back without an agent, a licence or an eSIM.

        Needs the permission `manage_numbers`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NumberChange,
            Call("POST", path_of("numbers", "{number}", "recover", number=number), key=new_key(key)),
        )

    def resend(self, number: str, *, key: str | None = None) -> SentAgainResource:
        """Send the agent's e-mail again.

        The agent gets the e-mail with the QR code again, at the present address; the links of earlier
        e-mails show nothing any more.

        Needs the permission `assign_licences`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            SentAgainResource,
            Call("POST", path_of("numbers", "{number}", "resend", number=number), key=new_key(key)),
        )
