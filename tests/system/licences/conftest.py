"""Everything real around a world with numbers, for one test."""

from tests.system.conftest import idle_scene, scene
from tests.temporal_server import temporal

__all__ = ["idle_scene", "scene", "temporal"]
