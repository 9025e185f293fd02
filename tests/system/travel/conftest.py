"""The fixtures of `tests/system`, for travel eSIMs."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from store.orders.kinds import EFFECTS
from tests.system.conftest import idle_scene, scene
from tests.temporal_server import temporal

__all__ = ["idle_scene", "scene", "temporal"]


class _NoDetails:
    """Stands in for the effects of orders whose row is there already: nothing but their details is read."""

    async def details(self, connection: Any, order_ids: Sequence[str]) -> Mapping[str, Any]:
        return {}


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a kind of order has its effects."""
    for kind in ("add_line", "add_plan", "replace_line_esim"):
        if kind not in EFFECTS:
            monkeypatch.setitem(EFFECTS, kind, _NoDetails())
