"""Jobs: `client.jobs`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator, Sequence
from typing import Literal, overload

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, File, Omit, new_key, path_of, to_json
from esim_orders_client.model import Page
from esim_orders_client.models import (
    CheckedFile,
    ImportQrCodesBody,
    Job,
    JobRow,
    JobStatus,
    OrderStepsBody,
    PlaceOrdersBody,
    RequestQrCodesBody,
    RowOutcome,
    SetEmployeeBody,
    SetGroupsBody,
)


class AsyncJobsApi:
    """Jobs."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @overload
    async def make(
        self,
        body: PlaceOrdersBody
        | RequestQrCodesBody
        | ImportQrCodesBody
        | SetEmployeeBody
        | SetGroupsBody
        | OrderStepsBody,
        *,
        key: str | None = None,
        dry_run: Literal[False] = False,
    ) -> Job: ...
    @overload
    async def make(
        self,
        body: PlaceOrdersBody
        | RequestQrCodesBody
        | ImportQrCodesBody
        | SetEmployeeBody
        | SetGroupsBody
        | OrderStepsBody,
        *,
        dry_run: Literal[True],
        key: str | None = None,
    ) -> CheckedFile: ...
    async def make(
        self,
        body: PlaceOrdersBody
        | RequestQrCodesBody
        | ImportQrCodesBody
        | SetEmployeeBody
        | SetGroupsBody
        | OrderStepsBody,
        *,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Job | CheckedFile:
        """Make a job.

        Import a file (all rows or none), or do up to 10,000 rows one by one, in the background.

        Each row is done once, whatever happens meanwhile; one that is refused stops no other. A job stops
        at its next row when its API key is revoked or expires, or its user is deactivated. The dry run of
        a small file is answered at once, any other is a job, too, which changes nothing.

        A file is sent as a form: `-F kind=import_fleet -F file=@fleet.csv` in curl; `-F map="N°
        SIM=iccid"` says what a heading means that is not known. Rows are sent as JSON: `{"kind": ...,
        "rows": [...]}`. A row of `place_orders` is the body of `POST /orders` that switches a line or
        replaces its eSIM; one of `request_qr_codes` has `sim` and `contacts`; one of `import_qr_codes` has
        `sim`, `activation_code` and `confirmation_code`; one of `set_employee` has `line`, `employee` and
        `name`; one of `set_groups` has `line`, `groups`, `mode` and `create`; one of `order_steps` has
        `order`, `action` and `iccid`.

        Each kind needs the permission of what it does besides, such as `place_orders` or `manage_numbers`.

        Needs the permission `run_jobs`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        call = Call(
            "POST",
            path_of("jobs"),
            query={"dry_run": dry_run or None},
            body=to_json(body),
            key=new_key(key, dry_run=dry_run),
        )
        if dry_run:
            return await self._connection.ask(CheckedFile, call)
        return await self._connection.ask(Job, call)

    @overload
    async def make_from_file(
        self,
        *,
        kind: Literal[
            "import_fleet",
            "import_catalogue",
            "import_numbers",
            "import_subscribers",
            "import_travel_stock",
            "import_travel_rates",
            "import_travel_plans",
        ]
        | str,
        file: File,
        map: Sequence[str] | Omit = OMIT,
        save_map: bool | Omit = OMIT,
        key: str | None = None,
        dry_run: Literal[False] = False,
    ) -> Job: ...
    @overload
    async def make_from_file(
        self,
        *,
        kind: Literal[
            "import_fleet",
            "import_catalogue",
            "import_numbers",
            "import_subscribers",
            "import_travel_stock",
            "import_travel_rates",
            "import_travel_plans",
        ]
        | str,
        file: File,
        dry_run: Literal[True],
        map: Sequence[str] | Omit = OMIT,
        save_map: bool | Omit = OMIT,
        key: str | None = None,
    ) -> CheckedFile: ...
    async def make_from_file(
        self,
        *,
        kind: Literal[
            "import_fleet",
            "import_catalogue",
            "import_numbers",
            "import_subscribers",
            "import_travel_stock",
            "import_travel_rates",
            "import_travel_plans",
        ]
        | str,
        file: File,
        map: Sequence[str] | Omit = OMIT,
        save_map: bool | Omit = OMIT,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Job | CheckedFile:
        """Make a job.

        Import a file (all rows or none), or do up to 10,000 rows one by one, in the background.

        Each row is done once, whatever happens meanwhile; one that is refused stops no other. A job stops
        at its next row when its API key is revoked or expires, or its user is deactivated. The dry run of
        a small file is answered at once, any other is a job, too, which changes nothing.

        A file is sent as a form: `-F kind=import_fleet -F file=@fleet.csv` in curl; `-F map="N°
        SIM=iccid"` says what a heading means that is not known. Rows are sent as JSON: `{"kind": ...,
        "rows": [...]}`. A row of `place_orders` is the body of `POST /orders` that switches a line or
        replaces its eSIM; one of `request_qr_codes` has `sim` and `contacts`; one of `import_qr_codes` has
        `sim`, `activation_code` and `confirmation_code`; one of `set_employee` has `line`, `employee` and
        `name`; one of `set_groups` has `line`, `groups`, `mode` and `create`; one of `order_steps` has
        `order`, `action` and `iccid`.

        Each kind needs the permission of what it does besides, such as `place_orders` or `manage_numbers`.

        Needs the permission `run_jobs`.

        file: A CSV file or an Excel workbook (.xlsx) of at most 5 MB.
        map: `THEIRS=ours`: what a heading means that is not known; `THEIRS=` leaves its column out;
            `"value"=ours`: the value of a column in all rows.
        save_map: The account keeps `map` for later files of this kind, once the file is imported; see `GET
            /import-mappings`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        call = Call(
            "POST",
            path_of("jobs"),
            query={"dry_run": dry_run or None},
            form={"kind": kind, "file": file, "map": map, "save_map": save_map},
            key=new_key(key, dry_run=dry_run),
        )
        if dry_run:
            return await self._connection.ask(CheckedFile, call)
        return await self._connection.ask(Job, call)

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Job]:
        """List jobs.

        The jobs of the account, newest first.

        Needs the permission `run_jobs`.

        kind: Such as `import_fleet`.
        """
        return await self._connection.ask(
            Page[Job],
            Call(
                "GET",
                path_of("jobs"),
                query={"kind": kind, "status": status, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, kind: str | None = None, status: JobStatus | None = None, limit: int = 100
    ) -> AsyncIterator[Job]:
        """List jobs: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(kind=kind, status=status, limit=limit, cursor=cursor)
        )

    async def get(self, job: str) -> Job:
        """Show a job.

        One job as it is now, with its progress.

        Needs the permission `run_jobs`.
        """
        return await self._connection.ask(Job, Call("GET", path_of("jobs", "{job}", job=job)))

    async def report(
        self,
        job: str,
        *,
        outcome: RowOutcome | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[JobRow]:
        """Show the report of a job.

        What became of its rows, in their sequence. Of an import only the rows with problems.

        Needs the permission `run_jobs`.
        """
        return await self._connection.ask(
            Page[JobRow],
            Call(
                "GET",
                path_of("jobs", "{job}", "report", job=job),
                query={"outcome": outcome, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate_report(
        self, job: str, *, outcome: RowOutcome | None = None, limit: int = 100
    ) -> AsyncIterator[JobRow]:
        """Show the report of a job: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.report(job, outcome=outcome, limit=limit, cursor=cursor)
        )

    async def cancel(self, job: str) -> Job:
        """Cancel a job.

        No further row is done, and an import writes none; what is done stays. Idempotent.

        Refused (`job_over`) for one that has ended otherwise.

        Needs the permission `run_jobs`.
        """
        return await self._connection.ask(Job, Call("POST", path_of("jobs", "{job}", "cancel", job=job)))
