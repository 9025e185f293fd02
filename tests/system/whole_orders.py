"""Orders from the cart to the eSIM on the line, by callers who ask again until they are answered."""

from collections import Counter

from models.errors import Unavailable
from models.fleet.inventory import SimState
from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState
from tests.builders import ANA, OPERATOR, iccid
from tests.system.scene import Scene
from tests.temporal_server import eventually

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
    desk, draft = scene.impatient(), scene.draft(number, key=f"cart {number}")

    async def answered() -> str | None:
        try:
            order_id = (await desk.place(await scene.ana(), draft)).order_id
            await mailed(scene, order_id)
            await desk.acknowledge(OPERATOR, order_id)
            state: OrderState = await desk.processed(OPERATOR, order_id, iccid=iccid(700 + number))
        except Unavailable:
            return None
        assert state.status is OrderStatus.PROCESSED
        return order_id

    return str(await eventually(answered, bool, within=150))


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
