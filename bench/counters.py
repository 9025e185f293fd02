"""What Temporal counts: billable Actions from the server's metrics, events from the orders' histories."""

import asyncio
import re
import urllib.request
from collections import Counter
from collections.abc import Sequence

from temporalio.client import Client

FLUSH_SECONDS = 2.5
"""The server publishes its counters every 2 seconds or so."""
AT_ONCE = 10

_ACTION = re.compile(r"^action\{(?P<labels>[^}]*)\}\s+(?P<value>\S+)", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


async def actions(metrics_url: str, namespace: str = "default") -> Counter[str]:
    """Actions so far by type, once the server has published them."""
    await asyncio.sleep(FLUSH_SECONDS)
    page = await asyncio.to_thread(_read, metrics_url)
    counted: Counter[str] = Counter()
    for sample in _ACTION.finditer(page):
        labels = dict(_LABEL.findall(sample["labels"]))
        if labels.get("namespace") == namespace:
            counted[labels["action_type"]] += int(float(sample["value"]))
    return counted


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


async def events(client: Client, workflow_ids: Sequence[str]) -> float:
    """Events in the history of each of these workflows, on average."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def length(workflow_id: str) -> int:
        async with turn:
            description = await client.get_workflow_handle(workflow_id).describe()
            return int(description.history_length)

    lengths = await asyncio.gather(*(length(workflow_id) for workflow_id in workflow_ids))
    return sum(lengths) / len(lengths)
