"""Everything real, as for the tests of whole orders."""

from tests.system.conftest import idle_scene, scene, temporal

__all__ = ["idle_scene", "scene", "temporal"]
