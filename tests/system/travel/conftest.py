"""The fixtures of `tests/system`, for orders about travel eSIMs."""

from tests.system.conftest import idle_scene, scene
from tests.temporal_server import temporal

__all__ = ["idle_scene", "scene", "temporal"]
