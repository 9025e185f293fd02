"""Whatever is sent about numbers, agents and licences: no answer is a failure of ours (A5)."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.samples.licences import SAMPLES
from tests.portal.api.samples.sample import Sample

pytestmark = pytest.mark.covers("A5")
JUNK: tuple[Any, ...] = ("", "\0", "\ud800", "x" * 100_000, 10**30, 1.5, None, [])
IN_A_PATH = ("%00", "%ED%A0%80", "N-" + "9" * 30, "x" * 3000, "a%2Fb", "'--")
IN_A_QUERY = ("%00", "%ED%A0%80", "9" * 40, "", "2026-99")
PARAMETERS = {
    "/numbers": ("agent", "assigned", "held", "limit"),
    "/licences": ("add_on", "status"),
    "/licence-charges": ("month", "licence"),
    "/licence-prices": ("add_on",),
    "/licence-requests": ("open", "held"),
}


def _bodies(sample: Sample, known: Known) -> Iterator[Any]:
    body = sample.json(known) if sample.json else {}
    yield from JUNK
    for name in body:
        for junk in JUNK:
            yield body | {name: junk}


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.json])
async def test_junk_in_a_body_is_refused(
    name: str, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of_platform(account="Acme", user="owner@acme.example")
    method, path, *_ = name.split(" ")
    sample = SAMPLES[name]
    for number, body in enumerate(_bodies(sample, acme)):
        sent = sample.headers | {"Idempotency-Key": f"{number}", "Content-Type": "application/json"}
        answer = await api.request(
            method, path.format_map(sample.path(acme)), headers=headers | sent, content=json.dumps(body)
        )
        assert answer.status_code != 500, f"{name} {body!r:.80}: {answer.text}"


async def test_junk_in_a_path_is_not_found(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    headers = await keys.of()
    in_paths = [name for name in SAMPLES if "{" in name]
    for name, junk in product(in_paths, IN_A_PATH):
        method, path, *_ = name.split(" ")
        sample = SAMPLES[name]
        (parameter,) = sample.path(acme)
        address = path.replace(f"{{{parameter}}}", junk)
        body = sample.json(acme) if sample.json else None
        answer = await api.request(method, address, headers=headers | sample.headers, json=body)
        assert answer.status_code in {404, 405, 422}, f"{name} {junk:.40}: {answer.text}"


async def test_junk_in_a_query_is_refused(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    headers = await keys.of()
    for path, parameters in PARAMETERS.items():
        for parameter, junk in product(parameters, IN_A_QUERY):
            address = f"{path}?{parameter}={junk}"
            answer = await api.get(address, headers=headers)
            assert answer.status_code in {404, 422}, f"{address}: {answer.text}"
