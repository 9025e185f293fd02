"""The portal as a FastAPI application: routes, error handlers and middleware.

app = create_app(links, settings)
"""

import re
from contextlib import suppress

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount

from models.errors import EsimError, Refused, Unavailable
from portal.api.app import PREFIX, create_api
from portal.api.problems import Problems
from portal.auth.cookies import Cookies
from portal.auth.csrf import SAFE_METHODS, WITH_THEIR_OWN, OwnFormsOnly
from portal.auth.mailed import MailedPages
from portal.auth.pages import SignInPages
from portal.auth.signed_in import Door
from portal.codec import CodecRoutes
from portal.http.answers import Answers, wants_json
from portal.http.forms import Incoming
from portal.http.limits import Pace
from portal.http.middleware import AnswerTo, BodyLimit, CrashPage, OneLength, RequestLog, SafeHeaders
from portal.http.request_ids import RequestIds
from portal.http.static import PREFIX as PREFIX_OF_FILES
from portal.http.static import StaticFiles
from portal.links.downloads import DownloadRoutes
from portal.links.pages import Pages
from portal.links.uploads import UploadRoutes
from portal.pages.app import answered_in_frame
from portal.pages.app import routes as page_routes
from portal.reference.pages import add_pages
from settings import Settings
from starter.codes.link_desk import LinkDesk
from starter.desks import Desks
from telemetry.health import Health, Ready
from telemetry.traces import RequestSpans

LOOK = ["GET", "HEAD"]
"""FastAPI answers HEAD only where it is listed; the server leaves out the content."""
_API = "/api/"
_NO_TRACES_OF_ITS_OWN = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
"""FastAPI's own spans hold paths, which hold tokens; ours are made by `telemetry.traces`."""


def create_app(
    links: LinkDesk,
    settings: Settings,
    *,
    desks: Desks | None = None,
    pace: Pace | None = None,
    ready: Ready | None = None,
) -> FastAPI:
    """Make the application that serves the pages behind the links in mails, and the API.

    `desks`: what the API asks; without them there is none. `ready` checks each component for `/health/ready`;
    without it there are no health pages. Raises `Refused` where a setting is invalid.
    """
    app = FastAPI(
        title="eSIM orders",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry=_NO_TRACES_OF_ITS_OWN,
    )
    pages = Pages(settings.portal_url, api=desks is not None)
    answers = Answers(pages)
    answer: AnswerTo = answers.answer
    if desks is not None:
        door = Door(desks, pages, Cookies(settings.portal_url))
        _route_signed_in(app, door)
        answer = _of_person(door, answers.answer)
    _route_pages(app, pages)
    _route_links(app, links, pages, settings)
    _route_codec(app, CodecRoutes.configured(settings, pages))
    if ready is not None:
        for route in Health(ready).routes():
            app.add_api_route(route.path, route.endpoint, methods=LOOK)
    api = None
    if desks is not None:
        problems = Problems(settings.portal_url)
        api = create_api(desks, problems)
        answer = _of_path(problems.answer, answer)
    add_pages(app, api, pages, settings.portal_url)
    if api is not None:
        app.state.streams = api.state.streams
        app.router.routes.insert(0, _mounted(api))  # before a hundred pages that are not meant
    for failure in (EsimError, HTTPException, ClientDisconnect, RequestValidationError):
        app.add_exception_handler(failure, answer)
    _add_middleware(app, answer, settings, pace or Pace())
    return app


def _add_middleware(app: FastAPI, answer: AnswerTo, settings: Settings, pace: Pace) -> None:
    """What each request meets before the routes: the last one added is the first."""
    app.add_middleware(OwnFormsOnly, answer=answer, portal_url=settings.portal_url)
    app.add_middleware(BodyLimit, answer=answer, pace=pace)
    app.add_middleware(OneLength, answer=answer)
    app.add_middleware(CrashPage, answer=answer)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLog)
    app.add_middleware(RequestIds)
    app.add_middleware(RequestSpans)


def _of_path(api: AnswerTo, pages: AnswerTo) -> AnswerTo:
    """Answers failures before and around the routes: with problem details below `/api`."""

    async def answer(request: Request, failure: Exception) -> Response:
        of_api = f"{request.scope['path']}/".startswith(_API)
        return await (api if of_api else pages)(request, failure)

    return answer


def _of_person(door: Door, pages: AnswerTo) -> AnswerTo:
    """Answers failures outside the pages of people: an unknown path, a form that is too large or from another
    site in the frame, for who is signed in. Else they would read what holds of mailed links.
    """

    async def answer(request: Request, failure: Exception) -> Response:
        if _is_of_pages(request, failure) and not wants_json(request):
            with suppress(Unavailable):
                if who := await door.signed_in(request):
                    return answered_in_frame(request, who.refused(request, failure))
        return await pages(request, failure)

    return answer


def _is_of_pages(request: Request, failure: Exception) -> bool:
    """Whether what failed is meant for the pages of people, not for those of mailed links."""
    status = failure.status_code if isinstance(failure, HTTPException) else None
    if status == 404:
        return request.method in SAFE_METHODS
    foreign = isinstance(failure, Refused) and failure.refusals[0].code == "cross_site"
    return (foreign or status == 413) and not request.scope["path"].startswith(WITH_THEIR_OWN)


def _mounted(api: FastAPI) -> Mount:
    """The API below its prefix, also for a path with a line break in it, which Starlette's own pattern does
    not match: the answer would be a page.
    """
    mount = Mount(PREFIX, api)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _route_signed_in(app: FastAPI, door: Door) -> None:
    """The pages of people who sign in. `/` is one of them, before that of visitors."""
    app.state.incoming = Incoming()
    app.state.page_routes = page_routes(door)
    app.router.routes += [*SignInPages(door).routes(), *MailedPages(door).routes(), *app.state.page_routes]


def _route_links(app: FastAPI, links: LinkDesk, pages: Pages, settings: Settings) -> None:
    uploads = UploadRoutes(links, pages, settings.portal_url, settings.qr_requester_notified_after)
    downloads = DownloadRoutes(links, pages, settings.portal_url)
    app.add_api_route("/u/{token}", uploads.page, methods=LOOK)
    app.add_api_route("/u/{token}/check", uploads.check, methods=["POST"])
    app.add_api_route("/u/{token}/send", uploads.send, methods=["POST"])
    app.add_api_route("/u/{token}/notify", uploads.notify, methods=["POST"])
    app.add_api_route("/q/{token}", downloads.page, methods=LOOK)
    app.add_api_route("/q/{token}", downloads.reveal, methods=["POST"])
    app.add_api_route("/q/{token}/png", downloads.download, methods=["POST"])
    for step in ("check", "send", "notify"):
        app.add_api_route(f"/u/{{token}}/{step}", uploads.back, methods=LOOK)
    app.add_api_route("/q/{token}/png", downloads.back, methods=LOOK)


def _route_codec(app: FastAPI, codec: CodecRoutes | None) -> None:
    if codec is None:
        return
    app.add_api_route("/codec", codec.page, methods=LOOK)
    app.add_api_route("/codec", codec.sign_in, methods=["POST"])
    for path, answer in (("/codec/decode", codec.decode), ("/codec/encode", codec.encode)):
        app.add_api_route(path, answer, methods=["POST"])
        app.add_api_route(path, codec.preflight, methods=["OPTIONS"])


def _route_pages(app: FastAPI, pages: Pages) -> None:
    async def home(request: Request) -> Response:
        """Explain what this site is, for a visitor without a link."""
        return pages.render(request, "home", sign_in=False)

    async def static(request: Request) -> Response:
        """Serve a file that the pages use."""
        return StaticFiles.of().answer(request)

    app.add_api_route("/", home, methods=LOOK)
    app.add_api_route(f"{PREFIX_OF_FILES}{{name:path}}", static, methods=LOOK)
