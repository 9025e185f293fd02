"""Turn a caller's draft, with names or ids as people type them, into an order of ids only."""

from collections.abc import Callable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from models import identifiers
from models.catalogue.views import PackView
from models.errors import Refused
from models.invalid_input import input_invalid
from models.orders.kinds import Swap
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.notes import LONGEST_COMMENT, LONGEST_REFERENCE
from models.orders.placement import Placement
from models.orders.rules import Action, refusals
from models.people.callers import Caller, Permission
from models.people.reminders import AccountReminders
from models.values import cut
from store import lookups
from store.orders import views
from store.orders.facts import line_facts
from store.orders.unfinished import Unfinished
from store.people import reminder_schedules
from workflows.orders.messages import PlaceOrder, Timeouts


class Draft(BaseModel):
    """The base class of drafts: untrusted input of a caller, with names or ids as people type them.

    Raises `Refused` (`input_invalid`) if a field has the wrong type or is unknown, like the desks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return read(given)
        except ValidationError as invalid:
            raise Refused(input_invalid(invalid)) from None


class OrderDraft(Draft):
    """An order for a line, as a page, a shell or a backend enters it."""

    kind: OrderKind
    line: str
    """A phone number in E.164, or `L-42`."""
    pack: str | None = None
    """Name or `P-4`; left out, the only eligible pack is used."""
    quantity: int = 1
    discard_confirmed: bool = False
    """The user was shown `models.orders.rules.DISCARD_WARNING` and agreed (F11)."""
    purchase_reference: str = Field(default="", max_length=LONGEST_REFERENCE)
    """The number of the purchase order; the distributor reads it in the e-mail of the order."""
    comment: str = Field(default="", max_length=LONGEST_COMMENT)
    """To the distributor, in the same e-mail."""
    key: str | None = None
    """Idempotency key, unique in the account; left out, one is generated."""


class Placed(BaseModel):
    """An accepted order, and its idempotency key."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    key: str
    status: OrderStatus
    replayed: bool = False
    """Whether the key's order existed before this call."""


async def read_draft(
    connection: AsyncConnection,
    caller: Caller,
    draft: OrderDraft,
    key: str,
    timeouts: Callable[[AccountReminders], Timeouts],
) -> PlaceOrder:
    """Resolve the line and the pack of a draft, in the account of the user who orders.

    Raises `NotFound`, and `Refused` if no pack is named and not exactly one fits.
    """
    user_id, scope = caller.user, caller.scope
    line = await lookups.find_line(connection, scope, draft.line)
    name = draft.pack or await _pack_of(connection, line.account_id, draft.key)
    if name is not None:
        pack = await lookups.find_pack(connection, scope, name, line.provider_id)
        caller.require(Permission.PLACE_ORDERS)
    else:
        caller.require(Permission.PLACE_ORDERS)
        pack = await _only_pack(connection, draft, line.id, caller)
    if (
        abs(draft.quantity) >= 2**31
    ):  # any other quantity but 1 is refused by the rules and stored; this one does not fit the column
        raise Refused.because("quantity_locked")
    return PlaceOrder(
        order=Placement(
            order_id=identifiers.order_id(line.account_id, key),
            account_id=line.account_id,
            user_id=user_id,
            origin_id=caller.origin_id,
            what=Swap(
                kind=draft.kind.value,
                line_id=line.id,
                pack_id=pack.id,
                quantity=draft.quantity,
                discard_confirmed=draft.discard_confirmed,
            ),
        ),
        slot=line.slot,
        provider=cut(line.provider),
        distributor=cut(pack.distributor),
        timeouts=timeouts(await reminder_schedules.read(connection, line.account_id)),
    )


def again(order_id: str, order: Unfinished, timeouts: Timeouts) -> PlaceOrder:
    """The message that restarts the workflow of an order that was accepted before.

    It counts as a retry of everything that the order was held for: an e-mail that was refused is sent again.
    """
    placement = {"order_id": order_id, "account_id": order.account_id, "user_id": order.placed_by}
    return PlaceOrder(
        order=Placement.model_validate({**placement, "what": order.what}),
        slot=order.shown.slot,
        provider=cut(order.shown.provider),
        distributor=cut(order.shown.distributor),
        timeouts=timeouts,
        retries=1 + order.held,
    )


async def _pack_of(connection: AsyncConnection, account_id: int, key: str | None) -> str | None:
    """The pack of the order that has this key, so that the key still works after its pack was withdrawn."""
    if key is None:
        return None
    known = await views.acceptance(connection, account_id, identifiers.order_id(account_id, key))
    if known is None or not isinstance(known.what, Swap):
        return None
    return identifiers.reference("P", known.what.pack_id)


async def _only_pack(
    connection: AsyncConnection, draft: OrderDraft, line_id: int, caller: Caller
) -> PackView:
    packs = await lookups.eligible_packs(connection, caller.scope, line_id)
    if len(packs) == 1:
        return packs[0]
    if packs:
        listed = ", ".join(identifiers.reference("P", pack.id) for pack in packs)
        raise Refused.because("pack_not_chosen", packs=listed)
    facts, _ = await line_facts(connection, line_id, caller.user)
    raise Refused(*refusals(Action(draft.kind.value), facts))
