"""The routes of the pages about the API: `/docs/api`, `/problems`, `/problems/{code}`.

All is rendered here, without a script and without a request to another host.
"""

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from models.language import Language
from portal.api.app import PREFIX
from portal.links.pages import Pages, spoken
from portal.reference.operations import Reference, reference
from portal.reference.problems import ProblemPages

REFERENCE = "/docs/api"
PROBLEMS = "/problems"


class ReferencePage:
    """Answers `/docs/api`. The page is rendered once for each language: it has no facts of a visitor."""

    def __init__(self, api: FastAPI, pages: Pages, portal_url: str) -> None:
        self._api = api
        self._pages = pages
        self._address = portal_url.rstrip("/") + PREFIX
        self._made: Reference | None = None
        self._rendered: dict[Language, Response] = {}

    async def page(self, request: Request) -> Response:
        """The reference of all operations."""
        language = spoken(request.headers.get("accept-language", ""))
        if language not in self._rendered:  # it takes long, and others are answered meanwhile
            self._rendered[language] = await run_in_threadpool(self._render, request)
        known = self._rendered[language]
        return Response(known.body, headers=dict(known.headers))

    def _render(self, request: Request) -> Response:
        made = self._made = self._made or reference(self._api.openapi(), self._address)
        document = f"{self._pages.base}{PREFIX}/openapi.json"
        return self._pages.render(request, "reference", reference=made, document=document)


def add_pages(app: FastAPI, api: FastAPI | None, pages: Pages, portal_url: str) -> None:
    """Serve the pages; without an API only those about problems."""
    problems = ProblemPages(pages)
    app.add_route(PROBLEMS, problems.index)
    app.add_route(f"{PROBLEMS}/{{code}}", problems.page)
    if api is not None:
        app.add_route(REFERENCE, ReferencePage(api, pages, portal_url).page)
