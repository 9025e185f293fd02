"""eSIM lines: `client.esim_lines`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import EsimLine, Report, Resent, SentAgain


class AsyncEsimLinesApi:
    """eSIM lines."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, subscriber: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[EsimLine]:
        """List eSIM lines.

        The eSIM lines of the account with their subscribers, eSIMs and plans, the latest first.

        Needs the permission `view_travel`.

        subscriber: Only of: `SB-4`, phone number, e-mail address or full name.
        """
        return await self._connection.ask(
            Page[EsimLine],
            Call(
                "GET",
                path_of("esim-lines"),
                query={"subscriber": subscriber, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(self, *, subscriber: str | None = None, limit: int = 100) -> AsyncIterator[EsimLine]:
        """List eSIM lines: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(subscriber=subscriber, limit=limit, cursor=cursor)
        )

    async def get(self, line: str, *, expand: Sequence[str] | None = None) -> EsimLine:
        """Show an eSIM line.

        An eSIM line with its plans and their states now.

        Needs the permission `view_travel`.

        expand: What to include: `reports`.
        """
        return await self._connection.ask(
            EsimLine, Call("GET", path_of("esim-lines", "{line}", line=line), query={"expand": expand})
        )

    async def suspend(self, line: str, *, reason: str) -> EsimLine:
        """Suspend an eSIM line.

        The 30 days of its plans go on. Idempotent: a suspended line stays as it is, with its first reason.

        Needs the permission `sell_travel`.
        """
        return await self._connection.ask(
            EsimLine,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "suspend", line=line),
                body=body_of({"reason": reason}),
            ),
        )

    async def resume(self, line: str, *, reason: str | Omit = OMIT) -> EsimLine:
        """Resume an eSIM line.

        Resume a suspended line. Idempotent: a line that is not suspended stays as it is.

        Needs the permission `sell_travel`.
        """
        return await self._connection.ask(
            EsimLine,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "resume", line=line),
                body=body_of({"reason": reason}, required=False),
            ),
        )

    async def resend(
        self, line: str, *, email: SentAgain, order: str | Omit | None = OMIT, key: str | None = None
    ) -> Resent:
        """Send an e-mail of an eSIM line again.

        Send the subscriber the QR code or the confirmation again, to their present address, once per
        `Idempotency-Key`. With the QR code the links of all earlier e-mails end.

        Needs the permission `sell_travel`.

        order: With `confirmation`: of this order; left out, of the one that added the line.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            Resent,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "resend", line=line),
                body=body_of({"email": email, "order": order}),
                key=new_key(key),
            ),
        )

    async def report_connection(
        self, line: str, *, country: str, at: datetime | Omit | None = OMIT, key: str | None = None
    ) -> Report:
        """Report a connection.

        The phone has connected to a network in a country: a queued plan for it starts.

        The same `Idempotency-Key` is the same report: it counts once, and gets the same answer.

        Needs the permission `report_travel`.

        at: When it happened; now, if left out.
        country: A name in English or French, or a code; `901`: at sea or in the air.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            Report,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "connections", line=line),
                body=body_of({"at": at, "country": country}),
                key=new_key(key),
            ),
        )

    async def report_usage(
        self,
        line: str,
        *,
        country: str,
        used_bytes: int,
        at: datetime | Omit | None = OMIT,
        key: str | None = None,
    ) -> Report:
        """Report used data.

        The phone has used data in a country: it is counted on the plan that runs there, once per
        `Idempotency-Key`. It is a connection, too.

        Needs the permission `report_travel`.

        at: When it happened; now, if left out.
        country: A name in English or French, or a code; `901`: at sea or in the air.
        used_bytes: 0 to 1000000000000000.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            Report,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "usage", line=line),
                body=body_of({"at": at, "country": country, "used_bytes": used_bytes}),
                key=new_key(key),
            ),
        )

    async def report_installation(
        self, line: str, *, at: datetime | Omit | None = OMIT, key: str | None = None
    ) -> Report:
        """Report an installation.

        A phone has downloaded the eSIM of the line; once per `Idempotency-Key`.

        Needs the permission `report_travel`.

        at: When it happened; now, if left out.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            Report,
            Call(
                "POST",
                path_of("esim-lines", "{line}", "installations", line=line),
                body=body_of({"at": at}),
                key=new_key(key),
            ),
        )

    async def reports(
        self, line: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Report]:
        """List the reports of an eSIM line.

        What was reported of it, the latest first, also what led to nothing.

        Needs the permission `view_travel`.
        """
        return await self._connection.ask(
            Page[Report],
            Call(
                "GET",
                path_of("esim-lines", "{line}", "reports", line=line),
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def iterate_reports(self, line: str, *, limit: int = 100) -> AsyncIterator[Report]:
        """List the reports of an eSIM line: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.reports(line, limit=limit, cursor=cursor))
