"""The fixtures of `tests/system`, for orders about numbers."""

from tests.system.conftest import idle_scene, scene
from tests.system.licences.office import office
from tests.temporal_server import temporal

__all__ = ["idle_scene", "office", "scene", "temporal"]
