"""The demonstration's chapter about the Python client: a backend with `esim_orders_client` places an order,
follows its stream to the end and verifies the webhook about it.
"""

import asyncio
from contextlib import AsyncExitStack

from esim_orders_client import AsyncEsimOrders, RefusedError, models
from models.fleet.inventory import LineView
from models.orders.rules import Action
from models.people.callers import Role
from sandbox.demo.keys import made_key
from sandbox.demo.scene import Scene
from sandbox.demo.webhooks import receiving

_CART = "demo-client-4711"
_WAIT = 60.0


async def client(scene: Scene) -> None:
    """Placed once, followed, processed by the distributor's system; a signed webhook says so."""
    line = await scene.line(Action.SWITCH_TO_ESIM, with_employee=True)
    scene.timeline.chapter(f"A Python service switches line {line.msisdn} with esim_orders_client")
    pack = (await scene.catalogue.shop(await scene.caller(), line.msisdn)).packs[0]
    account = scene.user.account
    async with AsyncExitStack() as open_, receiving() as receiver:

        async def service(name: str, role: Role, distributor: str | None = None) -> AsyncEsimOrders:
            key = await made_key(scene, name, account, role, distributor)
            url = scene.qr_desk.settings.portal_url
            return await open_.enter_async_context(AsyncEsimOrders(url, api_key=key))

        shop = await service("Python shop", Role.MANAGER)
        distributor = await service("Python distributor", Role.PROVIDER_DESK, pack.distributor)
        administrator = await service("Python administrator", Role.ADMINISTRATOR)

        webhook = await administrator.webhooks.make(url=receiver.url, types=["order.processed"])
        receiver.secret = webhook.secret
        order = await _placed(scene, shop, line, f"P-{pack.id}")
        iccid = await _followed(scene, shop, distributor, order)
        await scene.check_swapped(order, line, iccid)

        event = await receiver.got("order.processed")
        scene.timeline.check(
            "The webhook order.processed arrives, and webhooks.verify takes its signature",
            right=bool(event) and event["data"]["about"][0] == order and not receiver.wrong,
        )
        await administrator.webhooks.delete(webhook.id)


async def _placed(scene: Scene, shop: AsyncEsimOrders, line: LineView, pack: str) -> str:
    """Checked, placed, and placed again with the same key and with another."""
    wanted = models.SwapBody(kind="switch_to_esim", line=line.msisdn, pack=pack, discard_confirmed=True)
    await shop.orders.place(wanted, dry_run=True)
    placed = await shop.orders.place(wanted, key=_CART)
    again = await shop.orders.place(wanted, key=_CART)
    codes: list[str] = []
    try:
        await shop.orders.place(wanted)
    except RefusedError as refused:
        codes = list(refused.codes)
    scene.timeline.says(f"client.orders.place(..., key={_CART!r}): {placed.id}, {placed.status}")
    scene.timeline.check(
        "The same key is the same order; with another key RefusedError says open_order",
        right=placed.status == "submitted" and again.id == placed.id and codes == ["open_order"],
    )
    return placed.id


async def _followed(scene: Scene, shop: AsyncEsimOrders, distributor: AsyncEsimOrders, order: str) -> str:
    """The stream of the order, while the distributor's system acknowledges and processes it; its ICCID."""
    iccid = scene.next_iccid()

    async def stream() -> list[str]:
        return [event.type async for event in shop.orders.stream(order, timeout=_WAIT)]

    following = asyncio.create_task(stream())
    await distributor.orders.acknowledge(order)
    await distributor.orders.processed(order, iccid=iccid)
    types = [each for each in await following if each.startswith("order.")]
    scene.timeline.says(f"client.orders.stream({order!r}): {', '.join(types)}")
    known = await shop.orders.get(order)
    scene.timeline.check(
        "The stream tells each step, and ends by itself when the order is processed",
        right=[each for each in types if each in _STEPS] == list(_STEPS)
        and (known.status, known.iccid) == ("processed", iccid),
    )
    return iccid


_STEPS = ("order.submitted", "order.provider_processing", "order.processed")
