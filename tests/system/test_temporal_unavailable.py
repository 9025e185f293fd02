"""Desks that are opened while Temporal is unavailable: they read, say what they cannot do, and recover."""

import asyncio
import contextlib
import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

import starter
from models.errors import Unavailable
from models.fleet.bulk import Bulk, BulkAction
from models.orders.lifecycle import HoldReason
from models.people.callers import Caller, Role
from models.people.sign_in import TokenBearer, TokenPurpose, Visit
from models.travel.sending import SentAgain
from sandbox.ports import free_port
from starter.codes.code_desk import CodeDesk
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from starter.connected import ConnectedDesk
from starter.desks import Desks
from starter.fleet.bulk import BulkDesk
from starter.licences.agents import AgentDesk
from starter.licences.assignments import AssignDraft, AssignmentDesk
from starter.licences.numbers import NumberDesk
from starter.licences.requests import LicenceRequestDesk
from starter.operations.clock import ClockDesk
from starter.operations.jobs import JobDesk
from starter.operations.recovery import RecoveryDesk
from starter.operations.retry import RetryDesk
from starter.orders.desk import OrderDesk
from starter.orders.many_steps import OrderStepsDesk
from starter.orders.order_links import OrderLinkDesk
from starter.orders.placing import PlacingDesk
from starter.people.mailed import MailedDesk
from starter.people.users import UserDesk
from starter.travel.line_changes import LineDesk
from starter.travel.line_orders import AddLineDraft, LineOrderDesk, ReplaceEsimDraft
from starter.travel.reports import ReportDesk
from starter.travel.sending import SendingDesk
from starter.travel.stock import StockDesk
from starter.travel.subscribers import SubscriberDesk
from store.key_ring import KeyRing
from temporal.connection import connect
from tests.builders import ACCOUNT, ANA, OPERATOR, line, world
from tests.licences_world import ADAM, GINA, add_agent, add_licence, add_number
from tests.qr_world import hold, qr_world
from tests.system.scene import Scene, refused
from tests.system.travel.mail_scene import add_line
from tests.temporal_server import eventually
from tests.travel_world import SUE

Need = Callable[[Any, Scene], Awaitable[Any]]


async def _place(desk: OrderDesk, scene: Scene) -> str:
    return (await desk.place(await scene.ana(), scene.draft(4, key="wanted"))).order_id


async def _request(desk: QrDesk, scene: Scene) -> str:
    return (await desk.request(await scene.ana(), QrRequestDraft(sim="S-2", key=_key(scene)))).request_id


async def _retry(desk: RetryDesk, scene: Scene) -> Any:
    (held,) = await scene.sql("SELECT workflow_id FROM holds")
    return await desk.resume(OPERATOR, held.workflow_id)


def _key(scene: Scene) -> str:
    return f"code of {scene.settings.task_queue}"


async def _a_number(scene: Scene) -> Caller:
    """Adam, an administrator, with Gina's number and a licence; the same when asked again."""
    if not await scene.sql("SELECT 1 FROM numbers"):
        users = UserDesk(scene.database)
        await users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
        await add_number(scene.database, 1, await add_agent(scene.database))
        await add_licence(scene.database)
    return await scene.ana(ADAM)


async def _assign(desk: AssignmentDesk, scene: Scene) -> Any:
    draft = AssignDraft(number="N-1", licence="LI-1", key=_key(scene))
    return await desk.assign(await _a_number(scene), draft)


async def _check_assign(desk: AssignmentDesk, scene: Scene) -> Any:
    return await desk.check_assign(await _a_number(scene), AssignDraft(number="N-1", licence="LI-1"))


async def _suspend(desk: NumberDesk, scene: Scene) -> Any:
    return await desk.suspend(await _a_number(scene), "N-1", "stolen", key=_key(scene))


async def _deactivate(desk: AgentDesk, scene: Scene) -> Any:
    return await desk.deactivate_agent(await _a_number(scene), GINA)


async def _ask_for_licences(desk: LicenceRequestDesk, scene: Scene) -> Any:
    return await desk.request(await _a_number(scene), ACCOUNT, "voice_sms", 1, key=_key(scene))


_SWITCH = Bulk(action=BulkAction.SWITCH_TO_ESIM, rows=("L-3",))


async def _preview_many(desk: BulkDesk, scene: Scene) -> Any:
    return await desk.preview(await scene.ana(), _SWITCH)


async def _switch_many(desk: BulkDesk, scene: Scene) -> Any:
    ana, bulk = await scene.ana(), _SWITCH
    shown = await desk.preview(ana, bulk)
    return await desk.confirm(ana, bulk, shown.count, shown.digest, key=_key(scene), discard_confirmed=True)


async def _preview_steps(desk: OrderStepsDesk, scene: Scene) -> Any:
    return await desk.preview(OPERATOR, await _steps(scene))


async def _do_steps(desk: OrderStepsDesk, scene: Scene) -> Any:
    content = await _steps(scene)
    shown = await desk.preview(OPERATOR, content)
    return await desk.confirm(OPERATOR, content, shown.digest, ACCOUNT, key=_key(scene))


async def _steps(scene: Scene) -> bytes:
    """A file about an order that was placed while Temporal was available."""
    order = await _place(scene.desk, scene)
    return f"order,iccid,action\n{order},,acknowledge\n".encode()


async def _send_again(desk: SendingDesk, scene: Scene) -> Any:
    await _a_line(scene, desk)
    return await desk.resend(await scene.ana(SUE), "EL-1", SentAgain.QR_CODE, key=_key(scene))


async def _order_line(desk: LineOrderDesk, scene: Scene) -> Any:
    await _a_line(scene, desk)
    draft = AddLineDraft(subscriber="SB-1", plan="TP-1", key=_key(scene))
    return await desk.add_line(await scene.ana(SUE), draft)


async def _a_line(scene: Scene, desk: ConnectedDesk) -> None:
    if not await scene.sql("SELECT 1 FROM esim_lines"):
        await UserDesk(scene.database).create_user(OPERATOR, ACCOUNT, "Sue", SUE, role=Role.SUPPORT)
        await add_line(scene, desk._settings.secret_keys)  # those of the codes that are there


async def _mail_again(desk: OrderLinkDesk, scene: Scene) -> Any:
    """An order that was e-mailed while Temporal was available, some minutes ago."""
    order = await _place(scene.desk, scene)
    await eventually(lambda: scene.sql("SELECT 1 FROM mails WHERE state = 'sent'"), bool)
    await scene.sql("UPDATE mails SET updated_at = updated_at - interval '2 minutes' RETURNING 1")
    return await desk.mail_again(OPERATOR, order, key=_key(scene))


NEEDS: dict[type, Need] = {
    AssignmentDesk: _assign,
    NumberDesk: _suspend,
    AgentDesk: _deactivate,
    LicenceRequestDesk: _ask_for_licences,
    SendingDesk: _send_again,
    LineOrderDesk: _order_line,
    OrderDesk: _place,
    OrderLinkDesk: _mail_again,
    QrDesk: _request,
    RecoveryDesk: lambda desk, _: desk.find(OPERATOR),
    RetryDesk: _retry,
    BulkDesk: _switch_many,
    OrderStepsDesk: _do_steps,
    MailedDesk: lambda desk, _: desk.invite(OPERATOR, ANA),
    JobDesk: lambda desk, _: desk.submit_rows(
        OPERATOR, None, "set_groups", [{"line": "L-1", "groups": []}], key="a"
    ),
}
"""What each desk needs Temporal for."""
READS: dict[type, Need] = {
    AssignmentDesk: _check_assign,
    NumberDesk: lambda desk, _: desk.numbers(OPERATOR),
    AgentDesk: lambda desk, _: desk.agents(OPERATOR),
    LicenceRequestDesk: lambda desk, _: desk.requests(OPERATOR),
    SendingDesk: lambda desk, _: refused(desk.resend(OPERATOR, "EL-9", SentAgain.QR_CODE)),
    LineOrderDesk: lambda desk, _: refused(
        desk.preview_replace(OPERATOR, ReplaceEsimDraft(line="EL-9", reason="deleted"))
    ),
    OrderDesk: lambda desk, _: desk.orders(OPERATOR),
    OrderLinkDesk: lambda desk, _: refused(desk.links(OPERATOR, "order-unknown")),
    QrDesk: lambda desk, _: desk.show(OPERATOR, "S-1"),
    RecoveryDesk: lambda desk, _: desk.start(OPERATOR, []),
    RetryDesk: lambda desk, _: desk.select(OPERATOR),
    JobDesk: lambda desk, _: desk.jobs(OPERATOR),
    BulkDesk: _preview_many,
    OrderStepsDesk: _preview_steps,
    MailedDesk: lambda desk, _: refused(desk.look(TokenBearer(Visit(), TokenPurpose.INVITATION, "unknown"))),
}

WITHOUT = {Desks, CodeDesk, ConnectedDesk, ReportDesk, StockDesk, LineDesk, SubscriberDesk, ClockDesk}
WITHOUT |= {PlacingDesk}
"""Those that do everything in the database, where the sweep or a repeat of the import wakes what Temporal did
not hear of, the clock, which is of sandboxes only, all desks together, and a part of the order desk.
"""


def desks_that_open() -> set[type]:
    """Every class of a desk that opens its own connections."""
    found = set()
    for module in pkgutil.walk_packages(starter.__path__, "starter."):
        if not module.ispkg and not module.name.startswith("starter.cli"):
            named = vars(importlib.import_module(module.name)).values()
            found |= {it for it in named if isinstance(it, type) and hasattr(it, "open")}
    return {desk for desk in found if desk.__module__.startswith("starter") and "esk" in desk.__name__}


@asynccontextmanager
async def forwarded(port: int, address: str) -> AsyncIterator[None]:
    """What is sent to this port gets to Temporal."""
    host, _, to = address.rpartition(":")
    copies: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(to))
        copies.update(asyncio.create_task(it) for it in (copy(reader, back), copy(there, writer)))

    server = await asyncio.start_server(taken, "127.0.0.1", port)
    yield
    server.close()
    for task in copies:
        task.cancel()
    await asyncio.gather(*copies, return_exceptions=True)


def test_every_desk_that_opens_is_tried() -> None:
    assert desks_that_open() - WITHOUT == NEEDS.keys() == READS.keys()


@pytest.mark.covers("W1")
@pytest.mark.parametrize("desk", NEEDS, ids=lambda desk: desk.__name__)
async def test_a_desk_opens_reads_and_recovers_without_temporal(desk: Any, scene: Scene) -> None:
    keys = KeyRing.new_key()
    qr = await qr_world(
        scene.database, line(1, sim_type="esim"), line(2, sim_type="esim"), line(4), keys=keys
    )
    version = (await qr.take(1)).version.id
    await hold(qr, (await qr.notify(version)).id, HoldReason.MAIL_REJECTED)
    port = free_port()
    unavailable = scene.settings.model_copy(
        update={"temporal_address": f"127.0.0.1:{port}", "secret_keys": keys}
    )
    async with desk.open(unavailable) as opened:
        assert await READS[desk](opened, scene) is not None
        for _ in range(2):
            with pytest.raises(Unavailable) as failed:
                await NEEDS[desk](opened, scene)
            assert failed.value.component == "temporal"
        async with forwarded(port, scene.settings.temporal_address):
            await NEEDS[desk](opened, scene)


@pytest.mark.covers("R18")
@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:http", "127.0.0.1:9", "::1"])
async def test_an_address_that_leads_nowhere_is_said_in_a_sentence(address: str, idle_scene: Scene) -> None:
    await world(idle_scene.database, line(4))
    unavailable = idle_scene.settings.model_copy(update={"temporal_address": address})
    with pytest.raises(Unavailable, match="ESIM_TEMPORAL_ADDRESS"):
        await connect(unavailable)
    async with OrderDesk.open(unavailable) as desk:
        with pytest.raises(Unavailable, match="ESIM_TEMPORAL_ADDRESS"):
            await _place(desk, idle_scene)
