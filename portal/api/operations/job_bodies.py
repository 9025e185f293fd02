"""What a caller sends to make a job: rows as JSON, or a file as `multipart/form-data`."""

from typing import Annotated, Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request

from models.errors import Refused
from models.operations.jobs import KINDS, MOST_ROWS
from models.orders.notes import LONGEST_COMMENT
from models.values import Flag
from portal.api.codes.bodies import ActivationCodeBody
from portal.api.fields import Body, Id, Name, SimId
from portal.api.orders.bodies import SwapBody
from portal.http.forms import FileUpload, read_file_form


class CodeRow(Body):
    """A request for the QR code of a SIM, with the text and the contacts that are pre-filled."""

    sim: SimId = Field(description="`S-12`, an ICCID as text, or a phone number.")
    contacts: list[Id] | None = Field(default=None, description="`C-7` or addresses; all if left out.")


class ImportedCodeRow(ActivationCodeBody):
    """The QR code of a SIM."""

    sim: SimId = Field(description="An ICCID as text, `S-12`, or a phone number.")


class EmployeeRow(Body):
    """The employee who uses the SIM of a line."""

    line: Id = Field(description="A phone number, or `L-42`.")
    employee: Id | None = Field(default=None, description="Address, name or `E-3`; null removes it.")
    name: Name | None = Field(default=None, description="The name of an employee to be added.")


class GroupsRow(Body):
    """The management groups of a line."""

    line: Id = Field(description="A phone number, or `L-42`.")
    groups: list[Name] = Field(default=[], max_length=100)
    mode: Literal["set", "add", "remove"] = "set"
    create: Flag = Field(default=False, description="Create groups that the account does not have.")


class OrderStepRow(Body):
    """A step of an order, as its provider desk reports it."""

    order: Id = Field(description="`order-...`.")
    action: Literal["acknowledge", "iccid", "processed", "cancel"]
    iccid: SimId | None = Field(
        default=None,
        description="The ICCID of the eSIM, as text: for `iccid` always, for `processed` if new.",
    )
    reason: str | None = Field(default=None, max_length=LONGEST_COMMENT, description="Why it is cancelled.")


def _rows(of: Any) -> Any:
    return Annotated[list[of], Field(min_length=1, max_length=MOST_ROWS)]


class PlaceOrders(Body):
    """Switch or replace many."""

    kind: Literal["place_orders"]
    rows: _rows(SwapBody)  # type: ignore[valid-type]


class RequestCodes(Body):
    """Request many QR codes."""

    kind: Literal["request_qr_codes"]
    rows: _rows(CodeRow)  # type: ignore[valid-type]


class ImportCodes(Body):
    """Import many QR codes."""

    kind: Literal["import_qr_codes"]
    rows: _rows(ImportedCodeRow)  # type: ignore[valid-type]


class SetEmployees(Body):
    """Set the employees of many lines."""

    kind: Literal["set_employee"]
    rows: _rows(EmployeeRow)  # type: ignore[valid-type]


class SetGroups(Body):
    """Set the management groups of many lines."""

    kind: Literal["set_groups"]
    rows: _rows(GroupsRow)  # type: ignore[valid-type]


class OrderSteps(Body):
    """Acknowledge, enter the ICCIDs of, process and cancel many orders."""

    kind: Literal["order_steps"]
    rows: _rows(OrderStepRow)  # type: ignore[valid-type]


BulkBody = Annotated[
    PlaceOrders | RequestCodes | ImportCodes | SetEmployees | SetGroups | OrderSteps,
    Field(discriminator="kind"),
]
_BULK: TypeAdapter[Any] = TypeAdapter(BulkBody)
_MULTIPART = "multipart/form-data"


async def read_job(request: Request) -> FileUpload | Any:
    """The file with its kind, or the rows. Raises `RequestValidationError`, `Refused`."""
    if request.headers.get("content-type", "").lower().startswith(_MULTIPART):
        upload = await read_file_form(request)
        if not upload.content:
            raise Refused.because("file_needed")
        return upload
    try:
        return _BULK.validate_json(await request.body())
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False, include_input=False)
        placed = [{**error, "loc": _place(error["loc"])} for error in errors]
        raise RequestValidationError(placed) from None


def _place(path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Where in the body an error is, without the kind, which pydantic puts in front."""
    return ("body", *(path[1:] if path and path[0] in KINDS else path))


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:
    """The schema without references, so that it can stand anywhere in the document."""
    if isinstance(schema, list):
        return [_inlined(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(part, parts) for name, part in schema.items() if name not in {"$defs", "mapping"}}


def request_body() -> dict[str, Any]:
    """How the reference describes both bodies."""
    schema = _BULK.json_schema()
    files = [name for name, kind in KINDS.items() if kind.file]
    form = {
        "type": "object",
        "required": ["kind", "file"],
        "properties": {
            "kind": {"type": "string", "enum": files},
            "file": {
                "type": "string",
                "format": "binary",
                "description": "A CSV file or an Excel workbook (.xlsx) of at most 5 MB.",
            },
            "map": {
                "type": "array",
                "items": {"type": "string"},
                "description": "`THEIRS=ours`: what a heading means that is not known; `THEIRS=` leaves its "
                'column out; `"value"=ours`: the value of a column in all rows.',
            },
            "save_map": {
                "type": "boolean",
                "default": False,
                "description": "The account keeps `map` for later files of this kind, once the file is "
                "imported; see `GET /import-mappings`.",
            },
        },
    }
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _inlined(schema, schema.get("$defs", {}))},
                _MULTIPART: {"schema": form},
            },
        }
    }
