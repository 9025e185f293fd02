"""The portal on a free port, in a thread of its own, and a browser that looks at it."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from portal.app import create_app
from settings import Settings
from starter.codes.link_desk import LinkDesk
from starter.desks import Desks

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None
)
"""The browser of the tests, if there is one. The first has no window, and takes two thirds of the CPU."""
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
    "--js-flags=--no-opt --no-maglev",
)
"""The scripts of a page are over before it pays to optimise them, least of all axe. The list below the
address bar, which no test types into, is a page of its own in each new window: with it, a new window takes
four times as long. Playwright adds the features that it disables itself.
"""


@contextmanager
def serving(desk: LinkDesk, desks: Desks | None = None, **settings: str) -> Iterator[str]:
    """The address of a portal over this desk, with these settings; with the API where there are desks."""

    def app(address: str) -> FastAPI:
        return create_app(desk, Settings.model_validate({"portal_url": address} | settings), desks=desks)

    with served(app) as address:
        yield address


@contextmanager
def served(made: Callable[[str], FastAPI]) -> Iterator[str]:
    """The address of an application, which is made once its address is known."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        made(address),
        access_log=False,
        server_header=False,
        log_config=None,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
