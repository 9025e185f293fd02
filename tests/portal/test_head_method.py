"""HEAD is answered as GET is, without the content."""

import httpx
import pytest
from fastapi import FastAPI

from tests.portal.desk import InventedDesk
from tests.portal.served import serving
from tests.portal.test_safety import EVERYTHING


def test_every_page_may_be_asked_for_its_head(app: FastAPI) -> None:
    for route in app.routes:
        methods = getattr(route, "methods", None) or set()
        assert "GET" not in methods or "HEAD" in methods, route


@pytest.mark.parametrize("path", [path for method, path, _ in EVERYTHING if method == "GET"])
async def test_a_head_is_the_page_without_its_content(desk: InventedDesk, path: str) -> None:
    async with serving(desk) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        page, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (page.status_code, b"")
    varies = ("date", "content-security-policy", "request-id")
    kept = [{name: text for name, text in it.headers.items() if name not in varies} for it in (page, head)]
    assert kept[0] == kept[1]
