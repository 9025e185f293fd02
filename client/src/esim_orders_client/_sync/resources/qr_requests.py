"""Requests for QR codes: `client.qr_requests`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence
from typing import Literal, overload

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import QrRequest, QrRequestPreview, RequestStatus


class QrRequestsApi:
    """Requests for QR codes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def preview(
        self,
        *,
        sim: str,
        contacts: Sequence[str] | Omit | None = OMIT,
        cc: Sequence[str] | Omit = OMIT,
        subject: str | Omit | None = OMIT,
        text: str | Omit | None = OMIT,
    ) -> QrRequestPreview:
        """Preview the e-mail of a request.

        The e-mail and its recipients, or every reason why it cannot be sent; nothing is stored or sent.

        An open request does not prevent the preview: `open_request` names it, and it can be sent again.

        Needs the permission `request_qr_codes`.

        contacts: `C-7` or an address: those chosen among the distributor's contacts with the role
            `esim_qr_code`. Left out: all of them.
        cc: Addresses that get a copy, without the upload link.
        text: Paragraphs, parted by empty lines.
        sim: `S-12`, an ICCID, or the phone number of its line or number.
        """
        return self._connection.ask(
            QrRequestPreview,
            Call(
                "POST",
                path_of("qr-requests", "preview"),
                body=body_of({"contacts": contacts, "cc": cc, "subject": subject, "text": text, "sim": sim}),
            ),
        )

    @overload
    def make(
        self,
        *,
        sim: str,
        contacts: Sequence[str] | Omit | None = OMIT,
        cc: Sequence[str] | Omit = OMIT,
        subject: str | Omit | None = OMIT,
        text: str | Omit | None = OMIT,
        key: str | None = None,
        dry_run: Literal[False] = False,
    ) -> QrRequest: ...
    @overload
    def make(
        self,
        *,
        sim: str,
        dry_run: Literal[True],
        contacts: Sequence[str] | Omit | None = OMIT,
        cc: Sequence[str] | Omit = OMIT,
        subject: str | Omit | None = OMIT,
        text: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> QrRequestPreview: ...
    def make(
        self,
        *,
        sim: str,
        contacts: Sequence[str] | Omit | None = OMIT,
        cc: Sequence[str] | Omit = OMIT,
        subject: str | Omit | None = OMIT,
        text: str | Omit | None = OMIT,
        key: str | None = None,
        dry_run: bool = False,
    ) -> QrRequest | QrRequestPreview:
        """Request a QR code.

        Request the code of an eSIM from its distributor's contacts by e-mail, with a link to upload it.

        One request of a SIM is open at a time: a second one is refused (`open_qr_request`). A dry run
        answers the preview.

        Needs the permission `request_qr_codes`.

        contacts: `C-7` or an address: those chosen among the distributor's contacts with the role
            `esim_qr_code`. Left out: all of them.
        cc: Addresses that get a copy, without the upload link.
        text: Paragraphs, parted by empty lines.
        sim: `S-12`, an ICCID, or the phone number of its line or number.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        call = Call(
            "POST",
            path_of("qr-requests"),
            query={"dry_run": dry_run or None},
            body=body_of({"contacts": contacts, "cc": cc, "subject": subject, "text": text, "sim": sim}),
            key=new_key(key, dry_run=dry_run),
        )
        if dry_run:
            return self._connection.ask(QrRequestPreview, call)
        return self._connection.ask(QrRequest, call)

    def list(
        self,
        *,
        status: RequestStatus | None = None,
        open: bool | None = None,
        held: bool | None = None,
        sim: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[QrRequest]:
        """List requests for QR codes.

        The requests of the account, newest first.

        Needs the permission `view_inventory`.

        open: Those that have not ended.
        held: Those that wait for a person.
        sim: `S-12`, an ICCID or a phone number.
        """
        return self._connection.ask(
            Page[QrRequest],
            Call(
                "GET",
                path_of("qr-requests"),
                query={
                    "status": status,
                    "open": open,
                    "held": held,
                    "sim": sim,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def iterate(
        self,
        *,
        status: RequestStatus | None = None,
        open: bool | None = None,
        held: bool | None = None,
        sim: str | None = None,
        limit: int = 100,
    ) -> Iterator[QrRequest]:
        """List requests for QR codes: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(status=status, open=open, held=held, sim=sim, limit=limit, cursor=cursor)
        )

    def get(self, request: str) -> QrRequest:
        """Show a request for a QR code.

        One request as it is now.

        Needs the permission `view_inventory`.
        """
        return self._connection.ask(
            QrRequest, Call("GET", path_of("qr-requests", "{request}", request=request))
        )

    def send_again(
        self,
        request: str,
        *,
        contacts: Sequence[str] | Omit | None = OMIT,
        cc: Sequence[str] | Omit = OMIT,
        subject: str | Omit | None = OMIT,
        text: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> QrRequest:
        """Send a request again.

        Send an open request again, once per key; earlier upload links stay valid.

        Needs the permission `request_qr_codes`.

        contacts: `C-7` or an address: those chosen among the distributor's contacts with the role
            `esim_qr_code`. Left out: all of them.
        cc: Addresses that get a copy, without the upload link.
        text: Paragraphs, parted by empty lines.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            QrRequest,
            Call(
                "POST",
                path_of("qr-requests", "{request}", "send-again", request=request),
                body=body_of({"contacts": contacts, "cc": cc, "subject": subject, "text": text}),
                key=new_key(key),
            ),
        )

    def withdraw(self, request: str) -> QrRequest:
        """Withdraw a request.

        The code is not needed any more: the upload links stop working. Idempotent.

        Needs the permission `request_qr_codes`.
        """
        return self._connection.ask(
            QrRequest, Call("POST", path_of("qr-requests", "{request}", "withdraw", request=request))
        )

    def retry(self, request: str) -> QrRequest:
        """Retry a held request.

        Resume the request at the step that it is held for. Refused (`not_held`) if it is not held.

        Needs the permission `retry_work`.
        """
        return self._connection.ask(
            QrRequest, Call("POST", path_of("qr-requests", "{request}", "retry", request=request))
        )
