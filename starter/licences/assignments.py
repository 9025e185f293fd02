"""Assign licences to numbers, replace their eSIMs, and send an agent's e-mail again.

async with AssignmentDesk.open(Settings()) as desk:
    adam = await callers.user(desk.database, "adam@acme.example")
    placed = await desk.assign(adam, AssignDraft(number="+33612345678", add_on="voice_sms", key="a-1"))
"""

from temporalio.client import Client

from models.codes.requests import Notified
from models.errors import Refusal, Refused
from models.identifiers import order_id
from models.licences.entered import parse_add_on
from models.licences.kinds import AssignLicence, ReplaceLicenceEsim
from models.licences.numbers import Change, ReplaceReason
from models.people.callers import Caller, OfAccount, Permission
from settings import Settings
from starter.codes.workflows import QrWorkflows
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.licences.changes import NumberChanges
from starter.orders.desk import OrderDesk
from starter.orders.drafts import Draft, Placed
from store.licences import entries, free, licences
from store.licences.esims import sim_of
from store.licences.lookups import NumberKey, find_number
from store.licences.resend import resend
from store.licences.unused import free_unused
from store.orders import views
from store.session import Database

_MOST_TRIES = 5
"""How many free licences are tried where others are assigned at the same time."""


class AssignDraft(Draft):
    """A licence for a number, as a page, a shell or a backend enters it: one licence, or any of an add-on."""

    number: str
    """A phone number in E.164, or `N-7`."""
    licence: str | None = None
    """`LI-3`."""
    add_on: str | None = None
    phone_confirmed: bool = False
    """The administrator confirms that the agent's phone supports eSIM (L12)."""
    key: str | None = None
    """Idempotency key, unique among the orders of the account; left out, one is generated."""
    shown: str | None = None
    """The agent whom the confirmation showed (`models.licences.rules.shown_agent`): if another one uses the
    number by now, nothing is ordered (`agent_changed`).
    """


class ReplaceDraft(Draft):
    """A new eSIM for a number that has one, as it is entered."""

    number: str
    reason: str
    """`new_phone`, `lost` or `stolen`: of a lost or stolen phone the eSIM stops at once (L30)."""
    phone_confirmed: bool = False
    key: str | None = None
    shown: str | None = None
    """As of a new licence; nor is an eSIM stopped."""


class AssignmentDesk(ConnectedDesk):
    """Orders eSIMs for the numbers in the caller's account. Every call is idempotent by its key."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._orders = OrderDesk(client, database, settings)
        self._changes = NumberChanges(self._calls, database)
        self._kept = settings.number_recoverable_for
        self._workflows = QrWorkflows(self._calls, database, settings)

    async def assign(self, caller: Caller, draft: AssignDraft) -> Placed:
        """Assign a licence to a number: its distributor delivers an eSIM, its agent gets it by e-mail.

        By add-on, a free licence is chosen; if it was assigned meanwhile, another one is tried (L28).
        """
        key = checked_key(draft.key)
        tried: list[int] = []
        while True:
            what = await self._assigned(caller, draft, key, tried)
            try:
                return await self._orders.place_order(caller, what, key, shown=draft.shown)
            except Refused as refused:
                codes = {refusal.code for refusal in refused.refusals}
                if draft.licence is not None or codes != {"licence_in_use"} or len(tried) == _MOST_TRIES:
                    raise
                tried.append(what.licence_id)

    async def check_assign(self, caller: Caller, draft: AssignDraft) -> AssignLicence:
        """What `assign` would order now. Raises `Refused` like it; nothing is started or stored."""
        key = checked_key(draft.key)
        what = await self._assigned(caller, draft, key, [])
        await self._orders.check_order(caller, what, key)
        return what

    async def replace(self, caller: Caller, draft: ReplaceDraft) -> Placed:
        """Replace the eSIM of a number; the licence stays (L29, L30).

        Of a lost or stolen phone the eSIM is stopped first, which cancels an open order of the number. If the
        replacement is then refused, the eSIM has stopped all the same, and its licence is free: two of the
        reasons say so (`esim_stopped`, `licence_freed`).
        """
        number, what = await self._replaced(caller, draft)
        key = checked_key(draft.key)
        stopped = await self._stopped(caller, number, what, key, draft.shown)
        try:
            return await self._orders.place_order(caller, what, key, shown=draft.shown)
        except Refused as refused:
            if not what.reason.stops_at_once:
                raise
            also = await self._left_without(caller, number, stopped)
            raise Refused(*refused.refusals, *also) from None

    async def check_replace(self, caller: Caller, draft: ReplaceDraft) -> ReplaceLicenceEsim:
        """What `replace` would order now. Raises `Refused` like it; nothing is started or stored. A lost or
        stolen phone's eSIM is stopped whether a replacement is refused or not, so that is not checked.
        """
        _, what = await self._replaced(caller, draft)
        if not what.reason.stops_at_once:
            await self._orders.check_order(caller, what, draft.key)
        return what

    async def resend(self, caller: Caller, number: str, *, key: str | None = None) -> Notified:
        """Send the e-mail with the QR code to the number's agent again, at the present address: the links of
        all earlier e-mails end (L31). Raises `Refused` (`number_without_esim`, `number_without_code`, ...).
        """
        checked = checked_key(key)
        async with self._database.transaction() as connection:
            found = await find_number(connection, caller.scope, number)
            caller.require(Permission.ASSIGN_LICENCES)
            sent = await resend(connection, found.account_id, found.id, caller.by, checked)
        await self._workflows.start_notification(sent, found.account_id, None)
        return sent

    async def _assigned(
        self, caller: Caller, draft: AssignDraft, key: str, tried: list[int]
    ) -> AssignLicence:
        async with self._database.reading() as connection:
            number = await find_number(connection, caller.scope, draft.number)
            caller.require(Permission.ASSIGN_LICENCES)
            if (draft.licence is None) == (draft.add_on is None):
                raise Refused.because("licence_not_chosen")
            if draft.licence is not None:
                scope = OfAccount(number.account_id)
                licence_id = (await licences.find(connection, scope, draft.licence))[0].id
            else:
                add_on = parse_add_on(draft.add_on or "")
                known = await views.acceptance(
                    connection, number.account_id, order_id(number.account_id, key)
                )
                ordered = _of_known(known.what if known else None, number)
                if ordered is not None and not await entries.has_been(connection, ordered, add_on):
                    raise Refused.because("key_used", order=order_id(number.account_id, key))
                licence_id = ordered or await free.choose(
                    connection, number.account_id, add_on, but=tried, kept_by=number.id
                )
        return AssignLicence(
            number_id=number.id, licence_id=licence_id, phone_confirmed=draft.phone_confirmed
        )

    async def _stopped(
        self, caller: Caller, number: NumberKey, what: ReplaceLicenceEsim, key: str, shown: str | None
    ) -> int | None:
        """Stop the eSIM of a lost or stolen phone, once; its id, if that stopped it. The licence is kept. A
        repeat under the key of an order that was accepted stops nothing: the eSIM may be the new one.
        """
        if not what.reason.stops_at_once:
            return None
        _ = caller.user  # without a user nothing can be ordered, so nothing is stopped
        async with self._database.reading() as connection:
            of_key = order_id(number.account_id, key)
            known = await views.acceptance(connection, number.account_id, of_key)
            sim_id = None if known else await sim_of(connection, number.account_id, number.id)
        if sim_id is None:
            return None
        stop = f"stop of S-{sim_id}"
        result = await self._changes.make(
            caller,
            number,
            Change.STOP_ESIM,
            stop,
            keeps_licence=True,
            reason=what.reason.value,
            shown=shown,
        )
        return result.sim_id

    async def _left_without(self, caller: Caller, number: NumberKey, stopped: int | None) -> list[Refusal]:
        """Free the licence of a number whose lost eSIM gets no replacement, so that it is not in use for
        nothing; what the caller is to know of that. The eSIM may have stopped in an earlier call.
        """
        async with self._database.transaction() as connection:
            freed = await free_unused(connection, number.account_id, number.id, caller.by, self._kept)
        also = [] if stopped is None else [Refusal.of("esim_stopped", sim=f"S-{stopped}")]
        if freed is not None:
            also.append(Refusal.of("licence_freed", licence=f"LI-{freed}", number=f"N-{number.id}"))
        return also

    async def _replaced(self, caller: Caller, draft: ReplaceDraft) -> tuple[NumberKey, ReplaceLicenceEsim]:
        async with self._database.reading() as connection:
            number = await find_number(connection, caller.scope, draft.number)
        caller.require(Permission.ASSIGN_LICENCES)
        reason = draft.reason.strip().lower().replace("-", "_")
        if reason not in set(ReplaceReason):
            raise Refused.because("unknown_replace_reason", reasons=", ".join(ReplaceReason))
        what = ReplaceLicenceEsim(
            number_id=number.id, reason=ReplaceReason(reason), phone_confirmed=draft.phone_confirmed
        )
        return number, what


def _of_known(what: object, number: NumberKey) -> int | None:
    """The licence of the order that has this key already, so that a repeat is the same order."""
    same = isinstance(what, AssignLicence) and what.number_id == number.id
    return what.licence_id if same and isinstance(what, AssignLicence) else None
