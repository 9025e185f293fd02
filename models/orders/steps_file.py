"""Steps of many orders from a file: each row is an order, its ICCID and, if it is not what the order
waits for, the step (P9).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.cells import iccid_cell
from models.errors import Refusal, Refused
from models.files import headings
from models.files.columns import Columns
from models.files.rows import CsvRow, read_rows
from models.files.table import Table
from models.identifiers import ends_as_rounded, parse_order_id
from models.imports import Problem, RowNote, RowNotes
from models.orders.lifecycle import OrderStatus
from models.orders.next_steps import OrderStep, why_not
from models.orders.views import OrderView
from models.people.callers import Caller

COLUMNS = ("order", "iccid")
OPTIONAL = ("action",)
TOLD = ("number", "kind", "status")
"""What the file of the open orders says besides, for the person who fills it in; it is not read."""
ORDER_STEPS = Columns(
    needed=COLUMNS,
    optional=(*OPTIONAL, *TOLD),
    also={
        "order": ("Order id", "Order number", "Order reference", "Commande", "Numéro de commande"),
        "iccid": headings.ICCID,
        "action": ("Step", "Étape"),
    },
)
MOST_STEPS = 500
"""Rows of a file on the page; a job of the API takes more."""
STEPS = (OrderStep.ACKNOWLEDGE, OrderStep.ICCID, OrderStep.PROCESSED, OrderStep.CANCEL)
FINAL = frozenset({OrderStep.PROCESSED, OrderStep.CANCEL})
"""The steps that cannot be undone."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of the file: the order and the ICCID as they are stored, or as written if they are none."""

    line: int
    order: str
    iccid: str
    action: str
    wrong: Refusal | None = None
    """What is wrong with the ICCID."""


@dataclass(frozen=True)
class JudgedStep:
    """A row with what it would do, or why it is refused."""

    row: StepRow
    step: OrderStep | None
    order: OrderView | None = field(default=None, repr=False)
    problems: tuple[Problem, ...] = ()

    @property
    def cells(self) -> dict[str, Any]:
        """The row of the job that does it."""
        cells = {"order": self.row.order, "action": self.step and self.step.value}
        iccid = self.row.iccid
        marked = f"'{iccid}" if ends_as_rounded(iccid) else iccid  # it was judged already
        return cells | ({"iccid": marked} if iccid else {})


@dataclass(frozen=True)
class StepsPreview:
    """All rows in the sequence of the file, and a digest of what the accepted ones would do."""

    rows: tuple[JudgedStep, ...]
    warnings: tuple[RowNote, ...] = ()
    """How the file was understood."""

    @property
    def accepted(self) -> list[JudgedStep]:
        """The rows that would be done."""
        return [row for row in self.rows if not row.problems]

    @property
    def refused(self) -> list[JudgedStep]:
        """The rows that would not be done."""
        return [row for row in self.rows if row.problems]

    @property
    def final(self) -> bool:
        """Whether a row would do what cannot be undone."""
        return any(row.step in FINAL for row in self.accepted)

    @property
    def digest(self) -> str:
        """What is confirmed must be what was shown."""
        said = json.dumps([row.cells for row in self.accepted], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def parse_steps(source: bytes | Table) -> list[StepRow]:
    """The rows of the file. Raises `Refused` if it is no such table, or too long."""
    wrong = RowNotes()
    rows = list(read_rows(source, ORDER_STEPS, wrong, most=MOST_STEPS))
    wrong.refuse()
    return [_row(row) for row in rows]


def _row(row: CsvRow) -> StepRow:
    order, iccid, action = (row.cells.get(column, "") for column in (*COLUMNS, *OPTIONAL))
    wrong = None
    try:
        iccid = iccid_cell(iccid) if iccid else ""
    except Refused as refused:
        wrong = refused.refusals[0]
    return StepRow(row.line, _order(order) or order.lower(), iccid, action.lower(), wrong)


def order_ids(rows: Sequence[StepRow]) -> list[str]:
    """The ids of the orders that the rows name."""
    return [order for row in rows if (order := _order(row.order)) is not None]


def iccids(rows: Sequence[StepRow]) -> list[str]:
    """The ICCIDs in the rows."""
    return [row.iccid for row in rows if row.iccid and row.wrong is None]


def judge(
    rows: Sequence[StepRow], orders: Mapping[str, OrderView], owners: Mapping[str, int], caller: Caller
) -> StepsPreview:
    """What each row would do now, or every reason why it is refused. `orders`: those that the caller sees, by
    id; `owners`: the SIMs that have an ICCID of the file.
    """
    seen: dict[tuple[str, str], int] = {}
    return StepsPreview(tuple(_judged(row, orders, owners, caller, seen) for row in rows))


def _judged(
    row: StepRow,
    orders: Mapping[str, OrderView],
    owners: Mapping[str, int],
    caller: Caller,
    seen: dict[tuple[str, str], int],
) -> JudgedStep:
    order, problems = orders.get(row.order), []
    step = step_of(row.action, order.status if order else None)
    if not row.order:
        problems.append(Problem(column="order", reason=Refusal.of("cell_empty")))
    elif order is None:
        problems.append(Problem(column="order", reason=Refusal.of("unknown_order", order=row.order)))
    if step is None and (row.action or order):
        problems.append(Problem(column="action", reason=Refusal.of("cell_no_step")))
    first = seen.setdefault(("order", row.order), row.line)
    if row.order and first != row.line:
        problems.append(Problem(column="order", reason=Refusal.of("same_order_before", line=first)))
    first = seen.setdefault(("iccid", row.iccid), row.line)
    if row.iccid and first != row.line:
        problems.append(Problem(column="iccid", reason=Refusal.of("same_iccid_before", line=first)))
    if order is not None and step is not None:
        impossible = why_not(step, order, caller)
        if impossible is not None:
            problems.append(Problem(column=None, reason=impossible))
        else:
            problems += _of_iccid(row, step, order, owners)
    return JudgedStep(row, step, order, tuple(problems))


def step_of(action: str, status: OrderStatus | None) -> OrderStep | None:
    """The step that is written, else what the order waits for: to be acknowledged, then its ICCID."""
    if action:
        return next((step for step in STEPS if step.value == action), None)
    if status is None:
        return None
    return OrderStep.ACKNOWLEDGE if status is OrderStatus.SUBMITTED else OrderStep.ICCID


def _of_iccid(row: StepRow, step: OrderStep, order: OrderView, owners: Mapping[str, int]) -> list[Problem]:
    if step is OrderStep.CANCEL:
        return []
    if not row.iccid:
        if step is OrderStep.ICCID:
            return [Problem(column="iccid", reason=Refusal.of("cell_empty"))]
        unknown = step is OrderStep.PROCESSED and order.iccid is None
        return [Problem(column="iccid", reason=Refusal.of("iccid_unknown"))] if unknown else []
    if row.wrong is not None:
        return [Problem(column="iccid", reason=row.wrong)]
    if owners.get(row.iccid, order.esim_id) != order.esim_id:
        return [Problem(column="iccid", reason=Refusal.of("iccid_in_use", iccid=row.iccid))]
    return []


def _order(text: str) -> str | None:
    try:
        return parse_order_id(text)
    except ValueError:
        return None
