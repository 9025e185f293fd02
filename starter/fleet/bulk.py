"""Bulk actions on rows of the inventory: preview, then confirm what was shown (P6).

    bulk = Bulk(action="switch_to_esim", filter=InventoryFilter(provider="Orange"))
    shown = await desks.bulk.preview(ana, bulk)               # who is accepted, who is refused and why
    done = await desks.bulk.confirm(ana, bulk, shown.count, shown.digest, discard_confirmed=True)

The filter runs again when it is confirmed, and nothing is done if the rows or their state differ. Up to 25
rows are done in the call, more by a job; each row has an idempotency key of its own either way.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal, Refused
from models.fleet.bulk import (
    AT_ONCE,
    Bulk,
    BulkAction,
    BulkDone,
    BulkPreview,
    Judged,
    asked,
    cells,
    digest,
    preview,
    refused_row,
)
from models.fleet.edits import parse_groups, parse_mode
from models.fleet.grid import RowState, Sort
from models.fleet.rows import GridRow
from models.identifiers import parse_reference, reference
from models.operations.jobs import MOST_ROWS
from models.orders.rules import Recipients, not_eligible, refusals, request_refusals
from models.paging import Wanted
from models.people.callers import Caller, OfAccount
from starter.connected import ConnectedDesk
from starter.fleet.inventory import account_of
from starter.keys import checked_key, key_of_row
from starter.operations.job_kinds import ACTIONS, AS_USER
from starter.operations.jobs import start_job
from store.fleet import bulk as facts_of
from store.fleet import bulk_confirmations, grid, groups
from store.fleet.bulk import BulkFacts
from store.fleet.bulk_confirmations import Confirmation
from store.operations import jobs
from store.people import employees

if TYPE_CHECKING:
    from starter.desks import Desks

_WITHOUT_SLOT = (RowState.IN_STOCK, RowState.DISCARDED)


class BulkDesk(ConnectedDesk):
    """Does one action to many rows of the caller's inventory."""

    async def preview(self, caller: Caller, bulk: Bulk, account: str | None = None) -> BulkPreview:
        """Who would be accepted, who is refused and why; nothing is done.

        Raises `NotFound` (`unknown_rows`, `unknown_employee`), `Refused` (`bulk_too_many`, `unknown_group`).
        """
        async with self._database.transaction() as connection:
            return preview(bulk, await _judged(connection, caller, bulk, account))

    async def confirm(
        self,
        caller: Caller,
        bulk: Bulk,
        count: int,
        shown: str,
        account: str | None = None,
        *,
        key: str | None = None,
        discard_confirmed: bool = False,
    ) -> BulkDone:
        """Do what the preview showed to the accepted rows: `count` and `shown` are its count and digest.

        Once per key: a repeat is answered with what the first call made, though the rows have changed by it.
        Raises `Refused` (`bulk_changed`, `discard_not_confirmed`, `key_reused`) before anything is done.
        """
        name, what = checked_key(key), asked(bulk, count, shown)
        async with self._database.transaction() as connection:
            account_id = (await account_of(connection, caller, account)).account_id
            known, job = await bulk_confirmations.find(connection, account_id, name, what), None
            if known is not None:
                caller.require(bulk.action.permission)
                job = await jobs.of_key(connection, caller.of_account(account_id), name)
        if job is not None:
            await start_job(self._calls, self._settings, account_id, job)  # if that failed before
            return BulkDone(job=job.job_id)
        if known is not None and known.plan is not None:
            return await self._at_once(caller, bulk, known, account_id, name)
        async with self._database.transaction() as connection:
            judged = await _judged(connection, caller, bulk, account)
            _check(bulk, judged, count, shown, discard_confirmed=discard_confirmed)
            accepted = [one for one in judged if not one.refusals]
            plan = {one.row.name: one.pack for one in accepted} if len(accepted) <= AT_ONCE else None
            known = await bulk_confirmations.record(connection, account_id, name, what, plan)
        if known.plan is not None:
            return await self._at_once(caller, bulk, known, account_id, name)
        rows = [one.cells for one in accepted]
        made = await self._desks().jobs.submit_rows(caller, account, bulk.action.job_kind, rows, key=name)
        return BulkDone(job=made.view.job_id)

    async def _at_once(
        self, caller: Caller, bulk: Bulk, known: Confirmation, account_id: int, key: str
    ) -> BulkDone:
        """Do the rows under their keys, unless they are done already; what became of them is recorded."""
        plan, made = known.plan or {}, known.made
        async with self._database.transaction() as connection:
            scope = caller.of_account(account_id)
            rows = await facts_of.rows(connection, scope, facts_of.ids_of(list(plan)))
        if made is None:
            made = [await self._row(caller, bulk, row, plan[row.name], key) for row in rows]
            async with self._database.transaction() as connection:
                await bulk_confirmations.finish(connection, account_id, key, made)
        titles = {row.name: row for row in rows}
        return BulkDone(
            done=tuple(one["made"] for one in made if not one["refusals"]),
            refused=tuple(
                refused_row(titles[one["row"]], map(Refusal.model_validate, one["refusals"]))
                for one in made
                if one["refusals"]
            ),
        )

    async def _row(
        self, caller: Caller, bulk: Bulk, row: GridRow, pack: str | None, key: str
    ) -> dict[str, Any]:
        try:
            with key_of_row(f"{key} {row.name}") as once:
                act = ACTIONS[bulk.action.job_kind]
                made = await act(self._desks(), caller, cells(bulk, row, pack), once, False)
        except Refused as found:
            refusals = [refusal.model_dump(mode="json") for refusal in found.refusals]
            return {"row": row.name, "made": None, "refusals": refusals}
        return {"row": row.name, "made": made or row.name, "refusals": []}

    def _desks(self) -> "Desks":
        from starter.desks import Desks  # noqa: PLC0415  it has this desk

        return Desks.of(self._calls.client, self._database, self._settings)


def _check(bulk: Bulk, judged: list[Judged], count: int, shown: str, *, discard_confirmed: bool) -> None:
    """Whether this is what was shown, and may be done."""
    if len(judged) != count or digest(bulk, judged) != shown:
        raise Refused.because("bulk_changed")
    if bulk.action.job_kind == "place_orders" and not discard_confirmed:
        raise Refused.because("discard_not_confirmed")


async def _judged(
    connection: AsyncConnection, caller: Caller, bulk: Bulk, account: str | None
) -> list[Judged]:
    """The chosen rows, each with the reasons why it is refused."""
    scope = await account_of(connection, caller, account)
    if bulk.rows:
        ids = facts_of.ids_of(bulk.rows)
    else:
        page = await grid.ids(connection, scope, bulk.filter, Sort.DEVICE, Wanted(MOST_ROWS))
        if page.following is not None:
            raise Refused.because("bulk_too_many", most=MOST_ROWS)
        ids = list(page)
    rows = await facts_of.rows(connection, scope, ids)
    caller.require(bulk.action.permission)
    user_id = caller.user if bulk.action.job_kind in AS_USER else (caller.user_id or 0)
    await _check_names(connection, scope, bulk)
    sims = [row.sim_id for row in rows if row.sim_id is not None]
    known = await facts_of.facts(connection, scope, user_id, sims)
    return [_judge(bulk, row, known) for row in rows]


async def _check_names(connection: AsyncConnection, scope: OfAccount, bulk: Bulk) -> None:
    """Whether the account has the employee and the groups that are named."""
    if bulk.action is BulkAction.SET_EMPLOYEE and bulk.employee is not None:
        await employees.find(connection, scope.account_id, bulk.employee)
    if bulk.action is BulkAction.SET_GROUPS:
        names = parse_groups(bulk.groups, parse_mode(bulk.mode))
        if not bulk.create or bulk.mode == "remove":
            await groups.find_groups(connection, scope.account_id, names, create=False)


def _judge(bulk: Bulk, row: GridRow, known: BulkFacts) -> Judged:
    facts = known.of(row)
    why_not: list[Refusal] = []
    pack: str | None = None
    packs: Mapping[str, str] = {}
    action = bulk.action
    if row.state in _WITHOUT_SLOT or (row.line_id is None and action is not BulkAction.REQUEST_QR_CODES):
        discarded = row.state is RowState.DISCARDED
        return Judged(row, (Refusal.of("sim_discarded") if discarded else Refusal.of("slot_needed"),), {})
    match action:
        case BulkAction.REQUEST_QR_CODES:
            why_not = request_refusals(facts, Recipients(contacts=facts.qr_contacts))
        case BulkAction.SET_EMPLOYEE:
            why_not = [Refusal.of("slot_empty")] if row.sim_id is None else []
        case BulkAction.SET_GROUPS:
            pass
        case _:
            why_not = refusals(action.rule, facts) if action.rule is not None else []
            if not why_not:
                packs = {reference("P", pack): name for pack, name in known.packs[row.provider].items()}
                pack, why_not = _pack(bulk, row, packs, not_eligible(facts.esim_packs))
    return Judged(row, tuple(why_not), cells(bulk, row, pack), pack, packs)


def _pack(
    bulk: Bulk, row: GridRow, packs: Mapping[str, str], other: Refusal
) -> tuple[str | None, list[Refusal]]:
    """The pack that is ordered for a row: the one that was chosen for its provider, or the only one. `other`:
    the refusal of one that is not among its packs.
    """
    of_provider = {provider.lower(): pack for provider, pack in bulk.packs.items()}
    chosen = of_provider.get(row.provider.lower())  # as the filter finds a provider
    if chosen is None and len(packs) > 1:
        listed = ", ".join(f"{pack} {name}" for pack, name in packs.items())
        return None, [Refusal.of("pack_not_chosen", packs=listed)]
    number = parse_reference("P", chosen) if chosen else None
    wanted = None if number is None else reference("P", number)
    named = [pack for pack, name in packs.items() if chosen in (None, name) or pack == wanted]
    return (named[0], []) if named else (None, [other])
