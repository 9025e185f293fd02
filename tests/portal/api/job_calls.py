"""Makes jobs by calls of the API, and runs them as the worker does."""

from typing import Any

import httpx

from starter.desks import Desks
from starter.operations.job_runner import JobRunner
from tests.builders import as_csv, line

FLEET = as_csv(line(60), line(61))
WRONG = as_csv(line(60), line(61, msisdn="1234"), line(62, slot=9))
GROUPS = [{"line": f"+33639980{number:03d}", "groups": ["Sales"]} for number in (1, 2, 3)]


class Jobs:
    """Makes jobs by calls, and runs them."""

    def __init__(self, api: httpx.AsyncClient, desks: Desks, headers: dict[str, str]) -> None:
        self.api = api
        self.desks = desks
        self.headers = headers

    async def post(self, key: str = "k", kind: str = "import_fleet", **more: Any) -> httpx.Response:
        if "content" in more:
            content = more.pop("content")
            more |= {"data": {"kind": kind}, "files": {"file": ("a.csv", content)}}
        return await self.api.post("/jobs", headers=self.headers | {"Idempotency-Key": key}, **more)

    async def made(self, *of: Any, **more: Any) -> str:
        """The id of the job of this call."""
        answer = await self.post(*of, **more)
        assert answer.status_code == 503, answer.text
        assert "Retry-After" in answer.headers
        return str((await self.get("/jobs")).json()["data"][0]["id"])

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.api.get(path, headers=self.headers, params=query)

    async def run(self, job: str, seconds: float = 30) -> dict[str, Any]:
        await JobRunner(self.desks, seconds).run(int(job[2:]))
        return dict((await self.get(f"/jobs/{job}")).json())

    async def report(self, job: str, **query: Any) -> list[dict[str, Any]]:
        return list((await self.get(f"/jobs/{job}/report", **query)).json()["data"])
