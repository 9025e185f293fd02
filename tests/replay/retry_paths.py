"""The way by which many that are held are retried, driven once to be recorded."""

from models.identifiers import order_id, qr_request_id
from models.operations.retries import Held
from tests.replay.qr_paths import Handle, Path
from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.troubles import AWAY


async def many_held_retried(house: QrHouse) -> Handle:
    orders = [Held(order_id(1, f"held {number}"), "order", "mail_unavailable") for number in range(2)]
    request = Held(qr_request_id(1, "held"), "qr_request", "mail_unavailable")
    house.retries.held = sorted([*orders, request], key=lambda held: held.id)
    house.troubles.next("retry_batch", AWAY)
    handle: Handle = await house.client.start_workflow(
        "RetryHeld",
        {"reason": "mail_unavailable", "why": "The mail server is back."},
        id="retry-1",
        task_queue=house.task_queue,
    )
    assert (await handle.result())["retried"] == len(house.retries.held)
    return handle


RETRY_PATHS: tuple[Path, ...] = (many_held_retried,)
