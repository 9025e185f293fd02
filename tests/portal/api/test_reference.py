"""The reference page: every operation and object of the OpenAPI document, without a script (A13)."""

import re
from html import unescape

import httpx
import pytest
from fastapi import FastAPI

from portal.api.document import operations, parameters_of
from portal.app import create_app
from settings import Settings
from starter.desks import Desks
from tests.contract.openapi import api_of
from tests.portal.api.conftest import ADDRESS

pytestmark = pytest.mark.covers("A13")


@pytest.fixture
async def page(app: FastAPI) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as browser:
        return await browser.get("/docs/api")


def test_it_shows_every_operation_with_its_parameters_and_permission(
    app: FastAPI, page: httpx.Response
) -> None:
    document = api_of(app).openapi()
    assert page.status_code == 200
    for method, path, operation in operations(document):
        shown = page.text.split(f'id="{operation["operationId"]}"')
        assert len(shown) == 2, path
        assert f'>{method.upper()}</span> <span class="code-text">{path}</span>' in shown[0][-500:]
        part = shown[1].split("</details>")[0]
        assert operation["security"][0]["api_key"][0] in part
        for parameter in parameters_of(document, operation):
            assert f"<code>{parameter['name']}</code>" in part
        assert "curl" in part
        assert f"{ADDRESS}/api/v1/" in part
        assert "{" not in re.findall(rf"{ADDRESS}(\S+)'", unescape(part))[0]


def test_every_link_leads_to_something_on_the_page(page: httpx.Response) -> None:
    anchors = set(re.findall(r' id="([^"]+)"', page.text))
    targets = set(re.findall(r'href="#([^"]+)"', page.text))
    assert len(targets) > 20
    assert targets <= anchors
    assert len(anchors) == page.text.count(' id="')


def test_it_has_no_script_and_asks_no_other_host(page: httpx.Response) -> None:
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert all(address.startswith("/") for address in loaded), loaded
    assert "/api/v1/openapi.json" in loaded
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_head_is_answered_and_the_frame_is_in_the_readers_language(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as browser:
        head = await browser.head("/docs/api")
        french = await browser.get("/docs/api", headers={"Accept-Language": "fr"})
        english = await browser.get("/docs/api", headers={"Accept-Language": "en"})
        home = await browser.get("/")
    assert (head.status_code, head.content) == (200, b"")
    assert "Référence de l\u2019API" in french.text
    assert 'lang="en"' in french.text
    assert french.headers["content-language"] == "fr"
    assert "Reference of the API" in english.text
    assert 'href="/docs/api"' in home.text


async def test_addresses_begin_with_the_portals_own_path(desks: Desks, api_settings: Settings) -> None:
    settings = api_settings.model_copy(update={"portal_url": "https://acme.example/esim/"})
    app = create_app(desks.links, settings, desks=desks)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example") as browser:
        page = await browser.get("/docs/api")
    assert all(address.startswith("/esim/") for address in re.findall(r'(?:src|href)="([^"#]+)"', page.text))
    assert "https://acme.example/esim/api/v1/orders" in page.text


async def test_the_type_of_a_problem_leads_to_its_page(app: FastAPI, api: httpx.AsyncClient) -> None:
    problem = (await api.get("/orders")).json()
    missing = (await api.get("/nothing")).json()
    for each in (problem, missing):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as browser:
            page = await browser.get(each["type"].removeprefix(ADDRESS))
        assert page.status_code == 200
        assert each["code"] in page.text
    assert "mail" not in missing["detail"]
