"""People and their browsers."""

import httpx
from fastapi import FastAPI

from tests.callers.world import BEN, CLEO

ANA = "owner@acme.example"
"""Ana owns Acme, Ben may only look there, Cleo owns Bolt."""
PASSWORD = "green tea in the morning"
ADDRESS = "https://portal.example"
FORM = {"Sec-Fetch-Site": "same-origin", "Origin": ADDRESS}

Browser = httpx.AsyncClient


def browsing(app: FastAPI) -> Browser:
    """A browser without a session. It sends what a browser sends with a form of ours, and follows nothing."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=ADDRESS, headers={"Accept": "text/html", **FORM}
    )


__all__ = ["ADDRESS", "ANA", "BEN", "CLEO", "FORM", "PASSWORD", "Browser", "browsing"]
