"""A day of worker and portal under every eye: what they served to Prometheus, wrote down and traced."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from models.people.views import ContactRole
from sandbox.ports import free_port
from settings import Settings
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ANA, OPERATOR, iccid, item, line, world
from tests.system.qr_scene import QUENTIN, QrScene, a_code
from tests.system.scene import Scene, a_mailbox, msisdn
from tests.telemetry.collector import collecting
from tests.telemetry.processes import started
from tests.temporal_server import Temporal, a_task_queue, eventually

EMPLOYEE = "Sentinella Privata"
ODILE = "odile@telvia.example"
SECRETS = {
    "phone number": msisdn(1)[1:8],
    "employee": EMPLOYEE,
    "employee's address": "sentinella@private.example",
    "user's address": ANA,
    "contact's name": "Odile Sentinel",
    "contact's address": ODILE,
    "other contact's address": QUENTIN,
    "device": "Sentinel phone of the boss",
    "matching id": a_code().matching_id,
    "host of the code": "smdp.example.com",
}

OF_A_STRANGER = {"traceparent": f"00-{'5e' * 16}-{'5e' * 8}-01", "baggage": "sentinel=baggage"}


@dataclass
class Watched:
    metrics: dict[str, str]
    """The page of each process."""
    logs: dict[str, list[dict[str, Any]]]
    """The lines of each process."""
    spans: list[tuple[str, Span]]
    traces: str
    secrets: Mapping[str, str]
    order_id: str
    """Processed."""
    held_id: str
    notification_id: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for lines in self.logs.values() for line in lines]


def samples(page: str) -> dict[str, list[dict[str, str]]]:
    """The label sets of each metric."""
    found: dict[str, list[dict[str, str]]] = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", page, re.M):
        found.setdefault(name, []).append(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)))
    return found


def value(page: str, name: str, **labels: str) -> float | None:
    """What a gauge shows for exactly these labels."""
    for found, of, number in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", page, re.M):
        if found == name and dict(re.findall(r'(\w+)="([^"]*)"', of)) == labels:
            return float(number)
    return None


async def watch(temporal: Temporal, database_url: str, folder: Path) -> Watched:
    """Everything happens at least once: orders processed, held, failing steps, codes taken and refused."""
    database = Database(database_url, pool_size=5)
    with collecting() as collector:
        async with a_mailbox() as mailbox:
            ports = {name: free_port() for name in ("worker", "portal", "pages", "health")}
            settings = Settings(
                data_dir=folder,
                database_url=database_url,
                temporal_address=temporal.address,
                task_queue=a_task_queue(),
                smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
                secret_keys=KeyRing.new_key(),
                portal_url=f"http://127.0.0.1:{ports['pages']}",
            )
            scene = Scene(temporal, database, settings, mailbox)
            common = {
                "ESIM_DATABASE_URL": database_url,
                "ESIM_TEMPORAL_ADDRESS": settings.temporal_address,
                "ESIM_TASK_QUEUE": settings.task_queue,
                "ESIM_SMTP_URL": settings.smtp_url,
                "ESIM_SECRET_KEYS": settings.secret_keys,
                "ESIM_PORTAL_URL": settings.portal_url,
                "ESIM_PORTAL_PORT": str(ports["pages"]),
                "ESIM_LOG_FORMAT": "json",
                "ESIM_LOG_LEVEL": "DEBUG",
                "ESIM_OTLP_ENDPOINT": collector.url,
            }
            async with (
                started(
                    "worker", folder, common | {"ESIM_METRICS_ADDRESS": f"localhost:{ports['worker']}"}
                ) as worker,
                started(
                    "portal", folder, common | {"ESIM_METRICS_ADDRESS": f"127.0.0.1:{ports['portal']}"}
                ) as portal,
            ):
                await worker.says("polls")
                await portal.says("listens")
                day = Day(scene)
                await day.passes()
                pages = {name: await day.scraped(ports[name]) for name in ("worker", "portal")}
                assert await worker.stop() == 0
                assert await portal.stop() == 0
            await database.close()
    return Watched(
        metrics=pages,
        logs={
            name: [json.loads(line) for line in process.written.splitlines()]
            for name, process in (("worker", worker), ("portal", portal))
        },
        spans=collector.spans(),
        traces=collector.everything(),
        secrets=SECRETS | day.tokens,
        order_id=day.order_id,
        held_id=day.held_id,
        notification_id=day.notification_id,
    )


class Day:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.order_id = self.held_id = self.notification_id = ""
        self.tokens: dict[str, str] = {}

    async def passes(self) -> None:
        scene = self.scene
        await world(scene.database, *lines(), packs=(pack(),))
        self.order_id = await scene.placed(1)
        await scene.desk.acknowledge(OPERATOR, self.order_id)
        await scene.desk.processed(OPERATOR, self.order_id, iccid=iccid(701))
        await scene.ended(self.order_id)
        await self.a_code_comes()
        await self.steps_fail()

    async def a_code_comes(self) -> None:
        """By the portal, which is another process: what does not fit, then what does."""
        asked = QrScene(self.scene)
        await asked.contact(QUENTIN, ContactRole.ESIM_QR_CODE)
        asked.sim = await asked.sim_of(4)
        await asked.request()
        link = await asked.upload_link()
        self.tokens["upload token"] = link.rpartition("/")[2]
        async with httpx.AsyncClient(
            base_url=self.scene.settings.portal_url, timeout=30, headers=OF_A_STRANGER
        ) as browser:
            await asked.upload(browser, link, b"no picture", "code.png")
            assert (await asked.upload(browser, link)).status_code == 200
            assert (await browser.post(f"{link}/notify")).status_code == 200
            shown = await asked.download_link(ANA)
            self.tokens["download token"] = shown.rpartition("/")[2]
            assert "<svg" in (await browser.post(shown)).text
            await browser.get("/nowhere/sentinel-path?sentinel-query=1")
        self.tokens |= {"path": "sentinel-path", "query": "sentinel-query"}
        (notification,) = (await asked.history()).notifications
        self.notification_id = notification.id
        await self.scene.ended(notification.id)
        async with httpx.AsyncClient(
            base_url=self.scene.settings.portal_url, timeout=30, headers=OF_A_STRANGER
        ) as browser:
            # again, when it is over: Temporal does not start it twice
            assert (await browser.post(f"{link}/notify")).status_code == 200

    async def steps_fail(self) -> None:
        """A mail server and a database that repeat what they were given, and code that is not there."""
        scene = self.scene
        waiting = await scene.placed(2)
        scene.mailbox.answer = f"550 5.1.1 <{ODILE}>: no such user"
        self.held_id = await scene.placed(3)
        await eventually(lambda: scene.desk.order(OPERATOR, self.held_id), lambda order: order.held_reason)
        await scene.temporal.client.get_workflow_handle(self.held_id).signal("retry", "no retry")
        await scene.sql(
            "CREATE FUNCTION say_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION 'row of {EMPLOYEE}, {ODILE}'; END $$"
        )
        await scene.sql("CREATE TRIGGER say_it BEFORE INSERT ON sims FOR EACH ROW EXECUTE FUNCTION say_it()")
        call = asyncio.create_task(scene.desk.acknowledge(OPERATOR, waiting))
        handle = scene.temporal.client.get_workflow_handle(waiting)

        async def tried_again() -> int:
            pending = (await handle.describe()).raw_description.pending_activities
            return max((step.attempt for step in pending), default=0)

        await eventually(tried_again, lambda attempt: attempt > 1)
        await scene.sql("DROP TRIGGER say_it ON sims")
        await call
        unknown = await scene.temporal.client.start_workflow(
            "NoSuchWorkflow", id=f"unknown {waiting}", task_queue=scene.settings.task_queue
        )
        await eventually(unknown.fetch_history, lambda history: "TASK_FAILED" in history.to_json())
        await unknown.terminate()

    async def scraped(self, port: int) -> str:
        """What Prometheus reads once the gauges have seen all this."""

        async def page() -> str:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/metrics")).text

        def up_to_date(found: str) -> bool:
            held = value(found, "esim_held", what="order", reason="mail_rejected")
            processing = value(
                found, "esim_oldest_waiting_seconds", what="order", status="provider_processing"
            )
            return held == 1.0 and bool(processing)

        return await eventually(page, up_to_date, within=60)


def lines() -> list[dict[str, object]]:
    private = {"employee_name": EMPLOYEE, "employee_email": SECRETS["employee's address"]}
    return [
        line(number, device=f"{SECRETS['device']} {number}", **private, **more)
        for number, more in ((1, {}), (2, {}), (3, {}), (4, {"sim_type": "esim"}))
    ]


def pack() -> dict[str, object]:
    return item(order_contact_name=SECRETS["contact's name"], order_contact_email=ODILE)
