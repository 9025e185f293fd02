"""Edits of lines and their SIMs in place without an order (F63). Each runs in its caller's transaction.

The lock sequence (`store.locks`): `lock_lines`, then groups, then `lock_sims`, then employees. So an order of
the line is processed before the edit or after it, and its eSIM inherits what the SIM in place has then (F54).
A temporary eSIM is not edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.fleet.inventory import IN_PLACE
from models.identifiers import parse_reference, reference
from models.people.callers import By, Scope
from store import events
from store.events import Happening
from store.fleet.tables import LineRow, SimRow
from store.locks import lock_subjects
from store.lookups import phone_number
from store.scopes import within

_LINES = select(LineRow.id, LineRow.account_id, LineRow.msisdn).where(
    or_(
        LineRow.id.in_(bindparam("ids", expanding=True)),
        LineRow.msisdn.in_(bindparam("numbers", expanding=True)),
    )
)
_LOCK_SIMS = (
    select(SimRow.id, SimRow.holder)
    .where(
        SimRow.holder.in_(bindparam("subjects", expanding=True)),
        SimRow.account_id == bindparam("account"),
        SimRow.state.in_(IN_PLACE),
    )
    .order_by(SimRow.id)
    .with_for_update(key_share=True)
)
_SET_EMPLOYEE = (
    update(SimRow)
    .where(
        SimRow.id.in_(bindparam("sims", expanding=True)),
        SimRow.employee_id.is_distinct_from(bindparam("employee")),
    )
    .values(employee_id=bindparam("employee"))
    .returning(SimRow.id)
)


@dataclass(frozen=True)
class Chosen:
    """Lines of one account with their SIMs in place, in the sequence in which the caller named them."""

    account_id: int
    line_ids: tuple[int, ...]
    sims: Mapping[int, int] = field(default_factory=dict)
    """The id of the SIM by the id of the line; an empty slot has none."""

    @property
    def subjects(self) -> list[str]:
        """The references that orders and SIMs have to the lines: `line:42`."""
        return [f"line:{line_id}" for line_id in self.line_ids]

    @property
    def line_of(self) -> dict[int, int]:
        """The line of each SIM."""
        return {sim: line for line, sim in self.sims.items()}


async def find(connection: AsyncConnection, scope: Scope, spelled: Sequence[str]) -> Chosen:
    """The lines with these phone numbers or ids (`L-42`), all of one account; not locked yet.

    Raises `NotFound` (`unknown_line`, `unknown_lines`) with the position of each that is not in the scope,
    and `Refused` (`several_accounts`).
    """
    ids = {text: parse_reference("L", text) for text in spelled}
    numbers = {text: phone_number(text) for text in spelled if ids[text] is None}
    wanted = {
        "ids": [number for number in ids.values() if number is not None],
        "numbers": [number for number in numbers.values() if number is not None],
    }
    rows = (await connection.execute(_LINES.where(within(scope, LineRow.account_id)), wanted)).all()
    known: dict[int | str, int] = {row.id: row.id for row in rows} | {row.msisdn: row.id for row in rows}
    found = [known.get(ids[text] or numbers.get(text) or 0) for text in spelled]
    unknown = [place for place, line_id in enumerate(found, 1) if line_id is None]
    if unknown:
        raise _unknown(unknown, of=len(spelled))
    (account_id, *others) = {row.account_id for row in rows}
    if others:
        raise Refused.because("several_accounts")
    return Chosen(account_id, tuple(dict.fromkeys(line for line in found if line is not None)))


async def lock_lines(connection: AsyncConnection, chosen: Chosen) -> None:
    """Lock the lines: no order of theirs executes a step until the end of the transaction."""
    await lock_subjects(connection, chosen.account_id, chosen.subjects)


async def lock_sims(connection: AsyncConnection, chosen: Chosen) -> Chosen:
    """Lock the SIMs in place of the lines until the end of the transaction; return the lines with them."""
    line_of = dict(zip(chosen.subjects, chosen.line_ids, strict=True))
    known = {"subjects": chosen.subjects, "account": chosen.account_id}
    sims = {line_of[row.holder]: row.id for row in await connection.execute(_LOCK_SIMS, known)}
    return Chosen(chosen.account_id, chosen.line_ids, sims)


async def set_employee(
    connection: AsyncConnection, chosen: Chosen, employee_id: int | None, by: By
) -> list[int]:
    """Assign the SIMs in place to the employee, or to none; return the lines that changed.

    Raises `Refused` (`slots_empty`) with every line that has no SIM in place.
    """
    empty = [line_id for line_id in chosen.line_ids if line_id not in chosen.sims]
    if empty:
        names = ", ".join(reference("L", line_id) for line_id in empty)
        raise Refused.because("slots_empty", lines=names)
    values = {"sims": list(chosen.sims.values()), "employee": employee_id}
    changed = set(await connection.scalars(_SET_EMPLOYEE, values))
    lines = {line: sim for line, sim in chosen.sims.items() if sim in changed}
    happened: Happening = ("sim.employee_changed", {"employee": employee_id})
    await record(connection, chosen, lines, happened, by)
    return sorted(lines)


async def record(
    connection: AsyncConnection,
    chosen: Chosen,
    changed: Mapping[int, int | None] | Sequence[int],
    happened: Happening,
    by: By,
) -> None:
    """Append an event for each line that changed, with its SIM in place."""
    kind, data = happened
    each = []
    for line_id in sorted(changed):
        sim_id = chosen.sims.get(line_id)
        of_sim = {} if sim_id is None else {"sim": sim_id}
        each.append(((f"line:{line_id}",), (kind, {"line": line_id, **of_sim, **data})))
    if each:
        await events.append_each(connection, chosen.account_id, by.actor, each, origin_id=by.origin_id)


def _unknown(places: Sequence[int], *, of: int) -> NotFound:
    if of == 1:
        return NotFound.because("unknown_line")
    return NotFound.because("unknown_lines", places=", ".join(map(str, places)))
