"""The OpenAPI document of the API, docs/openapi.json: `make schemas` writes it from the routes."""

import asyncio
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

from portal.app import create_app
from settings import Settings
from starter.desks import Desks

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


async def application() -> FastAPI:
    """The portal as it is served; it connects to nothing until it is called."""
    settings = Settings()
    async with Desks.open(settings) as desks:
        return create_app(desks.links, settings, desks=desks)


def api_of(app: FastAPI) -> FastAPI:
    """The API that the portal mounts."""
    (api,) = [
        mount.app for mount in app.routes if isinstance(mount, Mount) and isinstance(mount.app, FastAPI)
    ]
    return api


def document() -> dict[str, Any]:
    """The document as it is served."""
    return api_of(asyncio.run(application())).openapi()


def written(made: dict[str, Any]) -> str:
    """The document as it is kept."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(document()))
