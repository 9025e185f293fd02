"""Bulk actions on the inventory: who is accepted, who is refused and why, before it is confirmed (P6)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from models.characters import LONGEST_NAME
from models.errors import Refusal
from models.fleet.grid import InventoryFilter
from models.fleet.rows import GridRow
from models.identifiers import reference
from models.operations.jobs import MOST_ROWS
from models.orders.rules import Action
from models.people.callers import Permission
from models.values import View

AT_ONCE = 25
"""Rows that are done in the call; more are a job (A21)."""
MOST_SHOWN = 100
"""Refused rows that a preview lists; the others are counted."""


class BulkAction(StrEnum):
    """What is done to each row."""

    SWITCH_TO_ESIM = "switch_to_esim"
    REPLACE_ESIM = "replace_esim"
    REQUEST_QR_CODES = "request_qr_codes"
    SET_EMPLOYEE = "set_employee"
    SET_GROUPS = "set_groups"

    @property
    def job_kind(self) -> str:
        """The kind of job that does it."""
        return "place_orders" if self in _ORDERS else self.value

    @property
    def permission(self) -> Permission:
        """What it requires."""
        return _PERMISSIONS[self]

    @property
    def rule(self) -> Action | None:
        """The action whose rules say which rows are refused."""
        return _RULES.get(self)


_ORDERS = frozenset({BulkAction.SWITCH_TO_ESIM, BulkAction.REPLACE_ESIM})
_RULES = {
    BulkAction.SWITCH_TO_ESIM: Action.SWITCH_TO_ESIM,
    BulkAction.REPLACE_ESIM: Action.REPLACE_ESIM,
    BulkAction.REQUEST_QR_CODES: Action.GENERATE_QR_CODE,
}
_PERMISSIONS = {
    BulkAction.SWITCH_TO_ESIM: Permission.PLACE_ORDERS,
    BulkAction.REPLACE_ESIM: Permission.PLACE_ORDERS,
    BulkAction.REQUEST_QR_CODES: Permission.REQUEST_QR_CODES,
    BulkAction.SET_EMPLOYEE: Permission.EDIT_INVENTORY,
    BulkAction.SET_GROUPS: Permission.EDIT_INVENTORY,
}
Text = Annotated[str, Field(max_length=LONGEST_NAME)]


class Bulk(BaseModel):
    """A bulk action: on chosen rows, or on all that fulfil a filter."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    action: BulkAction
    rows: tuple[Text, ...] = Field(default=(), max_length=MOST_ROWS)
    """The chosen rows: `L-42`, or `S-7` without a slot. If none is chosen, the filter chooses."""
    filter: InventoryFilter = InventoryFilter()
    packs: dict[str, Text] = Field(default_factory=dict)
    """Of orders: the pack by provider, where several of its packs are eligible."""
    employee: Text | None = None
    """Who is set: an address, a name or `E-3`; None: no employee."""
    groups: tuple[Text, ...] = ()
    mode: str = "set"
    create: bool = False
    """Of groups: those that the account does not have are created."""


def packs_of(chosen: Iterable[str]) -> dict[str, str]:
    """The pack by provider, as `Bulk.packs` has it, of what a form sends: `P-3 Orange`."""
    parts = (each.partition(" ") for each in chosen)
    return {provider: pack for pack, _, provider in parts if pack and provider}


@dataclass(frozen=True)
class Judged:
    """A row, and why it is refused; or what is done with it. `pack`: the pack that is ordered for it;
    `packs`: the names of the eligible packs by their references, of a row that nothing else refuses.
    """

    row: GridRow
    refusals: tuple[Refusal, ...]
    cells: Mapping[str, Any]
    pack: str | None = None
    packs: Mapping[str, str] = field(default_factory=dict)


def cells(bulk: Bulk, row: GridRow, pack: str | None = None) -> dict[str, Any]:
    """What is done with a row that is accepted, as the job of the action reads it."""
    match bulk.action:
        case BulkAction.REQUEST_QR_CODES:
            return {"sim": reference("S", row.sim_id or 0)}
        case BulkAction.SET_EMPLOYEE:
            return {"line": row.name, "employee": bulk.employee}
        case BulkAction.SET_GROUPS:
            made = {"create": True} if bulk.create else {}
            return {"line": row.name, "groups": list(bulk.groups), "mode": bulk.mode} | made
        case _:
            return {"kind": bulk.action.value, "line": row.name, "pack": pack, "discard_confirmed": True}


class RefusedRow(View):
    """A row that is refused, and why."""

    name: str
    """`L-42`, `S-7`."""
    title: str
    """Its phone number, else its ICCID."""
    refusals: tuple[Refusal, ...]


class AcceptedRow(View):
    """A row that is accepted: its line, the SIM in place, and of orders the name of the pack."""

    name: str
    """`L-42`, `S-7`."""
    title: str
    """Its phone number, else its ICCID."""
    provider: str
    iccid: str | None
    pack: str | None


class PackChoice(View):
    """The packs of a provider of which one is chosen for all its rows, by their references."""

    provider: str
    rows: int
    packs: dict[str, str]


class BulkPreview(View):
    """Who is accepted, who is refused and why; nothing is done yet."""

    action: BulkAction
    count: int
    """Rows that were chosen."""
    accepted: int
    refused: int
    reasons: dict[str, int]
    """How many rows are refused for each reason, by the refusal's code."""
    rows: tuple[RefusedRow, ...]
    """The first of the refused rows."""
    to_do: tuple[AcceptedRow, ...]
    """The first of the accepted rows."""
    choices: tuple[PackChoice, ...]
    """Of orders: each provider of which several packs are eligible."""
    digest: str
    """What was chosen, and in which state it was: the confirmation carries it."""
    as_job: bool
    """Whether it runs in the background."""


class BulkDone(View):
    """What became of a confirmed bulk action: rows that were done in the call, or the job that does them."""

    done: tuple[str, ...] = ()
    """Rows, or what was made for them, such as orders."""
    refused: tuple[RefusedRow, ...] = ()
    """Rows that were refused after all, because something changed meanwhile."""
    job: str | None = None


def preview(bulk: Bulk, judged: list[Judged]) -> BulkPreview:
    """The preview of these rows."""
    refused = [one for one in judged if one.refusals]
    reasons: dict[str, int] = {}
    for one in refused:
        for code in {refusal.code for refusal in one.refusals}:
            reasons[code] = reasons.get(code, 0) + 1
    accepted = len(judged) - len(refused)
    return BulkPreview(
        action=bulk.action,
        count=len(judged),
        accepted=accepted,
        refused=len(refused),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        rows=tuple(refused_row(one.row, one.refusals) for one in _packs_last(refused)[:MOST_SHOWN]),
        to_do=tuple(_accepted(one) for one in judged if not one.refusals)[:MOST_SHOWN],
        choices=tuple(_choices(judged)),
        digest=digest(bulk, judged),
        as_job=accepted > AT_ONCE,
    )


def _packs_last(refused: list[Judged]) -> list[Judged]:
    """The refused rows, those last that only lack a pack: `choices` asks for it."""
    return sorted(refused, key=lambda one: any(each.code == "pack_not_chosen" for each in one.refusals))


def _choices(judged: list[Judged]) -> Iterable[PackChoice]:
    of_provider: dict[str, list[Judged]] = {}
    for one in judged:
        if len(one.packs) > 1:
            of_provider.setdefault(one.row.provider, []).append(one)
    for provider, rows in sorted(of_provider.items()):
        yield PackChoice(provider=provider, rows=len(rows), packs=dict(rows[0].packs))


def _accepted(one: Judged) -> AcceptedRow:
    row, pack = one.row, one.packs.get(one.pack or "")
    return AcceptedRow(
        name=row.name, title=_title(row), provider=row.provider, iccid=row.iccid, pack=pack or one.pack
    )


def _title(row: GridRow) -> str:
    return row.msisdn or row.iccid or reference("S", row.sim_id or 0)


def refused_row(row: GridRow, refusals: Iterable[Refusal]) -> RefusedRow:
    """The row with these reasons."""
    return RefusedRow(name=row.name, title=_title(row), refusals=tuple(refusals))


def asked(bulk: Bulk, count: int, shown: str) -> str:
    """What a confirmation asks for, by which a repeat under the same key is recognised."""
    return hashlib.sha256(f"{bulk.model_dump_json()} {count} {shown}".encode()).hexdigest()


def digest(bulk: Bulk, judged: list[Judged]) -> str:
    """What was asked, for which rows, and in which state they were: another digest means that it is not what
    was shown.
    """
    told = hashlib.sha256(bulk.model_dump_json(exclude={"rows"}).encode())
    for one in judged:
        state = [
            one.row.model_dump(mode="json"),
            [r.model_dump(mode="json") for r in one.refusals],
            one.cells,
        ]
        told.update(json.dumps(state, sort_keys=True).encode())
    return told.hexdigest()[:32]
