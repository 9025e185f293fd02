"""A receiver in JavaScript verifies what we send, with the package of Standard Webhooks (A11)."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import OPERATOR
from tests.contract.in_node import javascript, node_code, verified
from tests.system.scene import Scene
from tests.webhooks.hooked import hooked

__all__ = ["javascript", "node_code"]


@pytest.mark.timeout(240)
@pytest.mark.covers("A11", "W4")
async def test_javascript_verifies_the_requests_with_either_secret_while_it_rotates(
    idle_scene: Scene, javascript: Path
) -> None:
    async with hooked(idle_scene, "line.groups_changed") as hook:
        await hook.happens(3)
        await hook.got(3)
        second = (await hook.desk.rotate(OPERATOR, hook.id)).secret
        await hook.happens(3)
        await hook.got(6)
        requests = hook.receiver.taken
    first = hook.made.secret
    for secret, some in ((first, requests), (second, requests[3:])):
        assert await verified(javascript, secret, some) == ["line.groups_changed"] * len(some)
    assert await verified(javascript, second, requests[:1]) is None
    changed = replace(requests[0], body=requests[0].body + b" ")
    assert await verified(javascript, first, [changed]) is None
