"""Headers that decide who calls, and what is a repeat, are sent once."""

import httpx
import pytest

from tests.callers.world import Known
from tests.portal.api.keys import Keyring

ORDER = {"kind": "switch_to_esim", "line": "L-1", "discard_confirmed": True}


@pytest.mark.covers("A2", "A3")
@pytest.mark.parametrize("name", ["Authorization", "Esim-Account", "Esim-User", "Idempotency-Key"])
async def test_a_header_that_is_sent_twice_is_refused(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, name: str
) -> None:
    sent = [*(await keys.of()).items()]
    twice = [(name, dict(sent).get(name, "one")), (name, "two")]
    others = [each for each in sent if each[0] != name]
    answer = await api.post("/orders", headers=[*others, *twice], json=ORDER)
    assert (answer.status_code, answer.json()["code"]) == (400, "header_doubled")
    assert answer.json()["detail"] == f"Send the header {name} once."
