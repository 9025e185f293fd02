"""A pytest plugin: a route of the API that no test ever reached with success (2xx) fails the run.

It notes what every HTTP client of the tests is answered, also of a portal in a process of its own, and adds
up what the processes of pytest-xdist noted. Only a run of all tests is judged.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

PREFIX = "/api/v1"
TESTS = Path(__file__).parents[2]
_ALL = "not night"
"""What is selected by the usual options."""
_NOTED = "api_routes_reached"


def routes() -> dict[str, re.Pattern[str]]:
    """Every route, and the addresses that are its own. Imported here: most processes of tests need no API."""
    app, routing = import_module("portal.api.app"), import_module("fastapi.routing")
    found = {}
    for router in app.ROUTERS.values():
        for route in routing.iter_route_contexts(router.routes):
            pattern = re.compile(PREFIX + re.sub(r"{\w+}", "[^/]+", route.path or ""))
            found.update({f"{method} {route.path}": pattern for method in route.methods or ()})
    return found


class Noted:
    """The addresses that were answered with success, by method."""

    def __init__(self) -> None:
        self.found: set[tuple[str, str]] = set()

    def note(self, method: str, path: str, status: int) -> None:
        """Note an answer."""
        if 200 <= status < 300 and path.startswith(PREFIX):
            self.found.add((method, path))

    def never(self) -> list[str]:
        """The routes that were never reached; of two with an address it was the one with fewer parameters."""
        known = routes()
        reached = set()
        for method, path in self.found:
            own = [each for each in known if each.startswith(f"{method} ") and known[each].fullmatch(path)]
            reached.update(sorted(own, key=lambda name: name.count("{"))[:1])
        return sorted(set(known) - reached)


class Reached:
    """Notes in every process, judges in the one that was started."""

    def __init__(self) -> None:
        self.reached = Noted()
        self.never: list[str] = []
        self._send = httpx.AsyncClient.send

    def pytest_sessionstart(self) -> None:
        """Begin to note."""
        send, reached = self._send, self.reached

        async def noting(client: httpx.AsyncClient, request: httpx.Request, **how: Any) -> httpx.Response:
            response = await send(client, request, **how)
            reached.note(
                request.method, request.url.raw_path.decode().partition("?")[0], response.status_code
            )
            return response

        httpx.AsyncClient.send = noting  # type: ignore[assignment,method-assign]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a process of pytest-xdist noted."""
        self.reached.found.update(map(tuple, getattr(node, "workeroutput", {}).get(_NOTED, ())))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run of all tests in which a route was never reached."""
        httpx.AsyncClient.send = self._send  # type: ignore[method-assign]
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_NOTED] = [list(each) for each in self.reached.found]
        elif _whole(session):
            self.never = self.reached.never()
            if self.never:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the routes that were never reached."""
        if self.never:
            terminalreporter.section("routes of the API that no test reached with success")
            terminalreporter.write_line("\n".join(self.never))


def _whole(session: pytest.Session) -> bool:
    """Whether all tests were run to the end."""
    options, config = session.config.option, session.config
    chosen = [config.invocation_params.dir / argument for argument in config.args]
    selected = options.keyword or options.markexpr != _ALL or options.collectonly
    stopped = session.testsfailed or session.shouldstop or session.shouldfail
    again = getattr(options, "lf", False) or getattr(options, "deselect", None)
    return TESTS in chosen and not selected and not stopped and not again
