"""A scene with Temporal and a mailbox, for what notifies people."""

from tests.system.conftest import idle_scene, scene
from tests.temporal_server import temporal

__all__ = ["idle_scene", "scene", "temporal"]
