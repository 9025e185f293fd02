"""A key of a caller is never that of a row of a job (A3, A21)."""

from typing import Any

import httpx
import pytest

from starter.keys import checked_key, key_of_row
from tests.callers.world import Known
from tests.portal.api.keys import Keyring

ORDER = {"kind": "switch_to_esim", "line": "L-1", "discard_confirmed": True}


@pytest.mark.covers("A3", "A21")
async def test_a_caller_cannot_send_the_key_of_a_row_of_a_job(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers: dict[str, Any] = await keys.of() | {"Idempotency-Key": "job:J-7-2"}
    answer = await api.post("/orders", headers=headers, json=ORDER)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_is_ours")
    with key_of_row("J-7-2") as key:
        assert checked_key(key) == "job:J-7-2"
