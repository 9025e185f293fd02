"""The demonstration's chapter about the HTTP API: a portal backend places and follows an order over HTTP, and
the distributor's system steers it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from models.fleet.inventory import LineView
from models.orders.lifecycle import OrderKind
from models.orders.rules import Action
from models.people.callers import Role
from sandbox.demo.keys import made_key
from sandbox.demo.scene import OPERATOR, Scene
from sandbox.demo.webhooks import Receiver, receiving

_OTHER_ACCOUNT = "Nordwind Travel"
_NO_ORDER = "order-aaaaaaaaaaaaaaaa"
_CART = "demo-cart-4711"
Client = httpx.AsyncClient


async def api(scene: Scene) -> None:
    """The fleet's story over HTTP: placed twice with one key, refused, hidden from others, processed."""
    line = await scene.line(Action.SWITCH_TO_ESIM, with_employee=True)
    scene.timeline.chapter(f"A portal backend switches line {line.msisdn} over HTTP")
    chapter = _Chapter(scene, line)
    distributor = await chapter.distributor_of_the_pack()
    async with (
        chapter.key("Shop backend", scene.user.account) as shop,
        chapter.key("Distributor's system", scene.user.account, Role.PROVIDER_DESK, distributor) as desk,
        chapter.key("Another firm's backend", _OTHER_ACCOUNT) as other,
        chapter.key("Shop's administrator", scene.user.account, Role.ADMINISTRATOR) as administrator,
        receiving() as receiver,
    ):
        await chapter.refused(shop)
        webhook = await chapter.webhook(administrator, receiver)
        order = await chapter.placed(shop)
        await chapter.hidden(other, order)
        await chapter.processed(desk, order)
        await chapter.told(receiver, order)
        await administrator.delete(webhook)


@dataclass
class _Chapter:
    """One line, and the calls about it."""

    scene: Scene
    line: LineView
    pack: str = ""

    async def distributor_of_the_pack(self) -> str:
        """Choose a pack for the line; who delivers it."""
        shop = await self.scene.catalogue.shop(await self.scene.caller(), self.line.msisdn)
        chosen = shop.packs[0]
        self.pack = f"P-{chosen.id}"
        return chosen.distributor

    @asynccontextmanager
    async def key(
        self, name: str, account: str, role: Role = Role.MANAGER, distributor: str | None = None
    ) -> AsyncIterator[Client]:
        """A client with the key of a new service user."""
        headers = {"Authorization": f"Bearer {await made_key(self.scene, name, account, role, distributor)}"}
        base_url = f"{self.scene.qr_desk.settings.portal_url}/api/v1"
        async with Client(base_url=base_url, headers=headers, timeout=60) as client:
            yield client

    async def refused(self, shop: Client) -> None:
        """Every reason at once, and nothing is placed."""
        body = self._body() | {"quantity": 2, "discard_confirmed": False}
        answer = await shop.post("/orders", params={"dry_run": True}, json=body)
        problem = answer.json()
        self.scene.timeline.says(f"POST /orders?dry_run=true: {answer.status_code}, {problem['detail']}")
        self.scene.timeline.check(
            "Refused with every reason, as a problem with the address of its page",
            right=answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            and {reason["code"] for reason in problem["refusals"]}
            == {"quantity_locked", "discard_not_confirmed"}
            and (await shop.get(problem["type"])).status_code == HTTPStatus.OK,
        )

    async def placed(self, shop: Client) -> str:
        """Twice with one key: one order."""
        before = len(await self.scene.desk.orders(OPERATOR, limit=1000))
        headers = {"Idempotency-Key": _CART}
        first, again = [await shop.post("/orders", headers=headers, json=self._body()) for _ in range(2)]
        order = first.json()
        self.scene.timeline.says(f"POST /orders, twice with the key {_CART}: {order['id']}")
        now = await self.scene.desk.orders(OPERATOR, limit=1000)
        self.scene.timeline.check(
            "There is one order: 201 with its address, then 200 and Idempotent-Replayed",
            right=(first.status_code, again.status_code) == (HTTPStatus.CREATED, HTTPStatus.OK)
            and first.headers["Location"] == f"/api/v1/orders/{order['id']}"
            and again.headers["Idempotent-Replayed"] == "true"
            and again.json()["id"] == order["id"]
            and len(now) == before + 1,
        )
        self.scene.timeline.check(
            "It waits for the acknowledgement, and says what its key may call: cancel",
            right=order["waits_for"]["what"] == "acknowledgement"
            and [call["name"] for call in order["next"]] == ["cancel"],
        )
        return str(order["id"])

    async def hidden(self, other: Client, order: str) -> None:
        """Another account's key finds nothing."""
        foreign, unknown = await other.get(f"/orders/{order}"), await other.get(f"/orders/{_NO_ORDER}")
        self.scene.timeline.check(
            "For another firm's key it does not exist: 404, as for an order that there is not",
            right=foreign.status_code == unknown.status_code == HTTPStatus.NOT_FOUND
            and _without_ids(foreign, order) == _without_ids(unknown, _NO_ORDER),
        )

    async def processed(self, desk: Client, order: str) -> None:
        """The distributor acknowledges, enters the ICCID and reports it processed."""
        iccid = self.scene.next_iccid()
        number = await desk.post(f"/orders/{order}/iccid", json={"iccid": int(iccid)})
        self.scene.timeline.check(
            "An ICCID that is a JSON number is refused, as it loses digits",
            right="loses digits" in number.json()["errors"][0]["detail"],
        )
        calls = {"acknowledge": {}, "iccid": {"iccid": iccid}, "processed": {}}
        states = [
            (await desk.post(f"/orders/{order}/{name}", json=body)).json() for name, body in calls.items()
        ]
        self.scene.timeline.says(f"POST acknowledge, iccid {iccid}, processed by the distributor's system")
        self.scene.timeline.check(
            "Each call answers the order's status",
            right=[state["status"] for state in states]
            == ["provider_processing", "provider_processing", "processed"],
        )
        await self.scene.check_swapped(order, self.line, iccid)

    async def webhook(self, administrator: Client, receiver: Receiver) -> str:
        """The shop's system wants to know how its orders end."""
        body = {"url": receiver.url, "types": ["order.provider_processing", "order.processed"]}
        made = await administrator.post("/webhooks", headers={"Idempotency-Key": _CART}, json=body)
        receiver.secret = made.json()["secret"]
        path = f"/webhooks/{made.json()['id']}"
        self.scene.timeline.says(f"POST /webhooks: {made.json()['id']}, its secret is shown once")
        pinged = (await administrator.post(f"{path}/test", headers={"Idempotency-Key": _CART})).json()
        self.scene.timeline.check(
            "A ping arrives at once, and its signature is right",
            right=pinged["delivered"] and "webhook.ping" in receiver.taken and not receiver.wrong,
        )
        return path

    async def told(self, receiver: Receiver, order: str) -> None:
        """The receiver gets each event, without asking again and again."""
        events = [await receiver.got(f"order.{name}") for name in ("provider_processing", "processed")]
        self.scene.timeline.says("The shop's receiver gets order.provider_processing and order.processed")
        self.scene.timeline.check(
            "Each is signed, names the order, and holds no phone number and no ICCID",
            right=all(event and event["data"]["about"][0] == order for event in events)
            and not receiver.wrong
            and not any(self.line.msisdn in str(event) for event in events),
        )

    def _body(self) -> dict[str, Any]:
        kind = OrderKind.SWITCH_TO_ESIM.value
        return {"kind": kind, "line": self.line.msisdn, "pack": self.pack, "discard_confirmed": True}


def _without_ids(answer: httpx.Response, order: str) -> str:
    return answer.text.replace(order, "").replace(answer.headers["Request-Id"], "")
