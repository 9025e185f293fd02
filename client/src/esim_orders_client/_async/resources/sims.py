"""QR codes: `client.sims`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, File, Omit, body_of, new_key, path_of
from esim_orders_client.events import Event
from esim_orders_client.model import Page
from esim_orders_client.models import (
    Offer,
    QrCode,
    QrHistory,
    QrImport,
    QrNotification,
    Sim,
    SimKind,
    SimState,
)


class AsyncSimsApi:
    """QR codes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def qr_code_history(self, sim: str, *, expand: Sequence[str] | None = None) -> QrHistory:
        """Show the history of a SIM's QR code.

        Its versions, requests, notifications, links and events; never the code itself.

        Needs the permission `view_inventory`.

        expand: What to include: `people`.
        """
        return await self._connection.ask(
            QrHistory,
            Call("GET", path_of("sims", "{sim}", "qr-code", "history", sim=sim), query={"expand": expand}),
        )

    async def import_qr_code(
        self, sim: str, *, activation_code: str, confirmation_code: str | Omit | None = OMIT
    ) -> QrImport:
        """Import an activation code.

        Give the SIM this code. If it is refused, the previous code stays.

        Idempotent: the code that the SIM has already changes nothing.

        Needs the permission `import_qr_codes`.

        activation_code: `LPA:1$server$matching id`; `LPA:` may be left out. An install link with the code
            in it, a percent-encoded code, and server and activation code, labelled or on two lines, are
            read too.
        confirmation_code: What the phone asks for besides, if the distributor gave one.
        """
        return await self._connection.ask(
            QrImport,
            Call(
                "POST",
                path_of("sims", "{sim}", "qr-code", "import", sim=sim),
                body=body_of({"activation_code": activation_code, "confirmation_code": confirmation_code}),
            ),
        )

    async def import_qr_code_file(
        self, sim: str, *, file: File, confirmation_code: str | Omit = OMIT
    ) -> QrImport:
        """Import a QR code.

        Give the SIM the one activation code in a PNG, JPG, SVG, TIFF or PDF file of at most 5 MB.

        The file is the field `file` of `multipart/form-data`, with its name, and the confirmation code, if
        the distributor gave one, the field `confirmation_code`; otherwise as for a code as text.

        Needs the permission `import_qr_codes`.
        """
        return await self._connection.ask(
            QrImport,
            Call(
                "POST",
                path_of("sims", "{sim}", "qr-code", "import-file", sim=sim),
                form={"file": file, "confirmation_code": confirmation_code},
            ),
        )

    async def show_qr_code(self, sim: str) -> QrCode:
        """Show a QR code.

        Show the SIM's current code, unless the SIM is discarded.

        A POST, as it is no mere look: an event records which key saw the code, and a travel eSIM whose
        code was shown never goes back to stock.

        Needs the permission `view_qr_codes`.
        """
        return await self._connection.ask(
            QrCode, Call("POST", path_of("sims", "{sim}", "qr-code", "show", sim=sim))
        )

    async def show_qr_code_as(self, sim: str, *, format: str) -> bytes:
        """Show a QR code.

        Show the SIM's current code, unless the SIM is discarded.

        A POST, as it is no mere look: an event records which key saw the code, and a travel eSIM whose
        code was shown never goes back to stock.

        Needs the permission `view_qr_codes`.

        `format` is one of those of the API: image/png, image/svg+xml.
        """
        return await self._connection.content(
            Call(
                "POST",
                path_of("sims", "{sim}", "qr-code", "show", sim=sim),
                query={"format": format},
                accept="*/*",
            )
        )

    async def notify_of_qr_code(
        self, sim: str, *, to: str | Omit | None = OMIT, key: str | None = None
    ) -> QrNotification:
        """Notify a person of a QR code.

        Mail a link that shows the SIM's current code until the link expires.

        Needs the permission `notify_qr_codes`.

        to: An e-mail address. Left out: the manager, who is the user who requested the code, else the
            account's contact address, else the user who imported it; for a number's eSIM its agent.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            QrNotification,
            Call(
                "POST",
                path_of("sims", "{sim}", "qr-code", "notify", sim=sim),
                body=body_of({"to": to}),
                key=new_key(key),
            ),
        )

    async def list(
        self,
        *,
        state: SimState | None = None,
        kind: SimKind | None = None,
        iccid_ending: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Sim]:
        """List SIMs.

        SIMs in any state, newest first; discarded ones are kept.

        Needs the permission `view_inventory`.

        state: Only SIMs in this state.
        kind: Only SIMs of this kind.
        iccid_ending: Only ICCIDs that end so.
        """
        return await self._connection.ask(
            Page[Sim],
            Call(
                "GET",
                path_of("sims"),
                query={
                    "state": state,
                    "kind": kind,
                    "iccid_ending": iccid_ending,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        state: SimState | None = None,
        kind: SimKind | None = None,
        iccid_ending: str | None = None,
        limit: int = 100,
    ) -> AsyncIterator[Sim]:
        """List SIMs: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(
                state=state, kind=kind, iccid_ending=iccid_ending, limit=limit, cursor=cursor
            )
        )

    async def get(self, sim: str) -> Sim:
        """Show a SIM.

        One SIM, by ICCID or `S-12`; or the SIM in place of a line, by its phone number.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(Sim, Call("GET", path_of("sims", "{sim}", sim=sim)))

    async def actions(self, sim: str) -> Page[Offer]:
        """List the actions on a SIM.

        The three actions: whether each is offered to the caller's user, and if not, why.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(
            Page[Offer], Call("GET", path_of("sims", "{sim}", "actions", sim=sim))
        )

    def stream(
        self,
        sim: str,
        *,
        type: Sequence[str] | None = None,
        after: str | None = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Follow a SIM.

        What happens to a SIM, as server-sent events, from its first event or after the last one that was
        received.

        Needs the permission `view_orders`.

        type: Only events of this type, such as `order.processed`, or `order` for all of these; may be
            given several times.
        after: the id of the last event that you have; the stream continues behind it.
        timeout: after so many seconds TimeoutError is raised.
        """
        return self._connection.stream(
            Call(
                "GET",
                path_of("sims", "{sim}", "events", "stream", sim=sim),
                query={"type": type},
                accept="text/event-stream",
            ),
            after,
            timeout,
        )
