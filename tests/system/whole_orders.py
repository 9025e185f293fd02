"""Orders from the cart to the eSIM on the line, by callers who ask again until they are answered."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

from models.errors import Unavailable
from models.fleet.inventory import SimState
from models.orders.lifecycle import OrderStatus
from starter.orders.desk import OrderDesk
from tests.builders import ANA, OPERATOR, iccid
from tests.system.scene import Scene
from tests.temporal_server import eventually

Answer = TypeVar("Answer")
FIRST_PATIENCE, MOST_PATIENCE = 0.5, 4.0
"""Seconds."""
PROVIDER = "orders@telvia.example"
ONCE = (
    "order.submitted",
    "order.provider_processing",
    "esim.temporary_created",
    "order.processed",
    "sim.discarded",
    "esim.activated",
)


async def go_all_the_way(scene: Scene, number: int) -> str:
    """What the callers of one order do, each call again until it is answered."""
    draft, ana = scene.draft(number, key=f"cart {number}"), await scene.ana()
    order_id = (await answered(scene, lambda desk: desk.place(ana, draft))).order_id
    await answered(scene, lambda _: mailed(scene, order_id))
    await answered(scene, lambda desk: desk.acknowledge(OPERATOR, order_id))
    state = await answered(scene, lambda desk: desk.processed(OPERATOR, order_id, iccid=iccid(700 + number)))
    assert state.status is OrderStatus.PROCESSED
    return order_id


async def answered(scene: Scene, call: Callable[[OrderDesk], Awaitable[Answer]]) -> Answer:
    """Call until there is an answer, each time with more patience: with many callers on a busy machine, calls
    that are given up too early leave it no time for any.
    """
    patience = FIRST_PATIENCE / 2

    async def asked() -> list[Answer]:
        nonlocal patience
        patience = min(2 * patience, MOST_PATIENCE)
        try:
            return [await call(scene.impatient(patience))]
        except Unavailable:
            return []

    (answer,) = await eventually(asked, bool, within=150)
    return answer


async def mailed(scene: Scene, order_id: str) -> None:
    """The provider acknowledges what it got; a person asks again where nobody knows whether it did."""

    async def sent() -> bool:
        order = await scene.desk.order(OPERATOR, order_id)
        if order.held_reason == "mail_uncertain":
            await scene.desk.retry(OPERATOR, order_id)
        return any(event.type == "mail.sent" for event in order.events)

    await eventually(sent, bool, within=120)


async def happenings(scene: Scene) -> int:
    """How much has happened to all orders."""
    try:
        return int((await scene.sql("SELECT count(*) FROM events"))[0][0])
    except Unavailable:
        return 0


async def everything_happened_once(scene: Scene, number: int, order_id: str) -> None:
    events = Counter(await scene.events(order_id))
    assert events.pop("mail.sent") == 3
    for uncertain in ("mail.uncertain", "order.held", "order.released"):
        events.pop(uncertain, None)
    assert events == Counter(ONCE)
    shown = await scene.line(number)
    assert shown.sim is not None
    assert (shown.sim.iccid, shown.sim.state) == (iccid(700 + number), SimState.ACTIVE)
    assert (shown.temporary, shown.open_order) == (None, None)


async def every_mail_came_once(scene: Scene, orders: int) -> None:
    """Three mails an order, each under one Message-ID for ever; a second copy only of one of which it is
    written down that nobody knew whether it had arrived.
    """
    copies = Counter((tuple(mail.to), mail.message_id) for mail in scene.mailbox.mails)
    assert len(copies) == 3 * orders
    to = Counter(recipient for (recipient,), _ in copies)
    assert (to[PROVIDER], to[ANA]) == (orders, orders)
    known = dict(await scene.sql("SELECT message_id, uncertain FROM mails"))
    too_many = {mail: n for (_, mail), n in copies.items() if n > 1 + known[mail]}
    assert not too_many
