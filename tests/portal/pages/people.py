"""People and their browsers."""

import httpx
from fastapi import FastAPI

from tests.callers.world import BEN, CLEO

ANA = "owner@acme.example"
"""Ana owns Acme, Ben may only look there, Cleo owns Bolt."""
PASSWORD = "green tea in the morning"
HOST = "portal.example"
ADDRESS = f"https://{HOST}"
SESSION = "__Host-esim-session"
FORM = {"Sec-Fetch-Site": "same-origin", "Origin": ADDRESS}

Browser = httpx.AsyncClient


def browsing(app: FastAPI) -> Browser:
    """A browser without a session. It sends what a browser sends with a form of ours, and follows nothing."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=ADDRESS, headers={"Accept": "text/html", **FORM}
    )


async def tried(visitor: Browser, email: str, password: str, **headers: str) -> httpx.Response:
    """What a visitor is answered who tries to sign in."""
    return await visitor.post("/sign-in", data={"email": email, "password": password}, headers=headers)


__all__ = [
    "ADDRESS",
    "ANA",
    "BEN",
    "CLEO",
    "FORM",
    "HOST",
    "PASSWORD",
    "SESSION",
    "Browser",
    "browsing",
    "tried",
]
