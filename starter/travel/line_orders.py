"""Give subscribers travel eSIMs: add a line with a plan, add a plan, replace an eSIM.

async with LineOrderDesk.open(Settings()) as desk:
    sue = await callers.user(desk.database, "sue@carrier.example")
    placed = await desk.add_line(sue, AddLineDraft(subscriber="+12125550101", plan="Euro 1", key="case-81"))
"""

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from models.errors import NotFound, Refused
from models.people.callers import Caller, OfAccount, Permission
from models.travel.countries import parse_country
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.line_views import LinePreview, ReplacePreview
from models.travel.profiles import EsimReason
from settings import Settings
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.orders.desk import OrderDesk
from starter.orders.drafts import Draft, Placed
from store.session import Database
from store.travel import line_previews
from store.travel.lookups import find_esim_line
from store.travel.plans import find_plan
from store.travel.subscribers import find_subscriber


class AddLineDraft(Draft):
    """A new eSIM with a plan for a subscriber, as it is entered (T7)."""

    subscriber: str
    """A phone number, e-mail address or full name, or `SB-4`."""
    plan: str
    """The plan's name, or `TP-3`."""
    countries: tuple[str, ...] = ()
    """Where the subscriber goes, by name or code: the line is named after the only country (T8)."""
    complimentary: bool = False
    """Free of charge, if the subscriber's own plan allows it (T2)."""
    key: str | None = None
    """Idempotency key, unique among the orders of the account; left out, one is generated."""
    shown: str | None = None
    """What the preview said (`LinePreview.shown`): if it is something else by now, nothing is ordered
    (`offer_changed`).
    """


class AddPlanDraft(Draft):
    """A further plan on an eSIM line, as it is entered (T14)."""

    line: str
    """`EL-9`, or the ICCID of its eSIM."""
    plan: str
    key: str | None = None
    shown: str | None = None
    """As of a new line."""


class ReplaceEsimDraft(Draft):
    """Another eSIM for a line, as it is entered (T34)."""

    line: str
    reason: str
    """`new_phone` or `deleted`."""
    key: str | None = None


class LineOrderDesk(ConnectedDesk):
    """Orders eSIMs from stock and plans on them. Every call is idempotent by its key.

    `preview_...` says what would be ordered now (T39), and raises `Refused` like the order itself; nothing is
    started or stored.
    """

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._orders = OrderDesk(client, database, settings)

    async def add_line(self, caller: Caller, draft: AddLineDraft) -> Placed:
        """Give a subscriber an eSIM from stock with a plan: they get the QR code and a confirmation by e-mail
        (T9 to T11). Without an eSIM of the plan's profile in stock the order waits (T17).
        """
        what = await self._line(caller, draft)
        return await self._orders.place_order(caller, what, draft.key, shown=draft.shown)

    async def preview_line(self, caller: Caller, draft: AddLineDraft) -> LinePreview:
        """What `add_line` would order now: the plan, the line's name, and how many eSIMs are in stock."""
        what = await self._line(caller, draft)
        await self._orders.check_order(caller, what, checked_key(draft.key))
        async with self._database.reading() as connection:
            return await line_previews.of_line(connection, what)

    async def add_plan(self, caller: Caller, draft: AddPlanDraft) -> Placed:
        """Add a plan to an eSIM line; the subscriber gets a confirmation by e-mail (T14, T16)."""
        what = await self._plan(caller, draft)
        return await self._orders.place_order(caller, what, draft.key, shown=draft.shown)

    async def preview_plan(self, caller: Caller, draft: AddPlanDraft) -> LinePreview:
        """What `add_plan` would order now: the plan, and the eSIM that it goes on."""
        what = await self._plan(caller, draft)
        await self._orders.check_order(caller, what, checked_key(draft.key))
        async with self._database.reading() as connection:
            return await line_previews.of_plan(connection, what)

    async def replace(self, caller: Caller, draft: ReplaceEsimDraft) -> Placed:
        """Replace the eSIM of a line by one of the same profile: its plans go on with what remains of them,
        and the old code is dead (T34). Also where the eSIM was withdrawn and plans wait for another (T40).
        """
        what = await self._replacement(caller, draft)
        return await self._orders.place_order(caller, what, draft.key)

    async def preview_replace(self, caller: Caller, draft: ReplaceEsimDraft) -> ReplacePreview:
        """What `replace` would order now: which eSIM is replaced, and how many are in stock for it."""
        what = await self._replacement(caller, draft)
        await self._orders.check_order(caller, what, checked_key(draft.key))
        async with self._database.reading() as connection:
            return await line_previews.of_replacement(connection, what)

    async def _line(self, caller: Caller, draft: AddLineDraft) -> AddLine:
        async with self._database.reading() as connection:
            subscriber = await find_subscriber(connection, caller.scope, draft.subscriber)
            caller.require(Permission.SELL_TRAVEL)
            plan = await find_plan(connection, OfAccount(subscriber.account_id), draft.plan)
        return AddLine(
            subscriber_id=subscriber.id,
            plan_id=plan.id,
            destinations=tuple(sorted({parse_country(country) for country in draft.countries})),
            complimentary=draft.complimentary,
        )

    async def _plan(self, caller: Caller, draft: AddPlanDraft) -> AddPlan:
        async with self._database.reading() as connection:
            line_id, account_id = await self._found(connection, caller, draft.line)
            plan = await find_plan(connection, OfAccount(account_id), draft.plan)
        return AddPlan(esim_line_id=line_id, plan_id=plan.id)

    async def _replacement(self, caller: Caller, draft: ReplaceEsimDraft) -> ReplaceLineEsim:
        async with self._database.reading() as connection:
            line_id, _ = await self._found(connection, caller, draft.line)
        reason = draft.reason.strip().lower().replace("-", "_")
        if reason not in set(EsimReason):
            raise Refused.because("unknown_esim_reason", reasons=", ".join(EsimReason))
        return ReplaceLineEsim(esim_line_id=line_id, reason=EsimReason(reason))

    async def _found(self, connection: AsyncConnection, caller: Caller, line: str) -> tuple[int, int]:
        """The id and account of a line. An eSIM in stock or a discarded one is refused as such (T24)."""
        try:
            found = await find_esim_line(connection, caller.scope, line)
        except NotFound:
            off_line = await line_previews.why_on_no_line(connection, caller.scope, line)
            if off_line is None:
                raise
            caller.require(Permission.SELL_TRAVEL)
            raise Refused(off_line) from None
        caller.require(Permission.SELL_TRAVEL)
        return found.id, found.account_id
