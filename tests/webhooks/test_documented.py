"""The lines of docs/api.md that verify a signature do so."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from outbox.webhooks.signing import new_secret, signed

API = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.quick
@pytest.mark.covers("A11")
def test_the_documented_lines_verify_a_request_and_refuse_another() -> None:
    (program,) = [
        found for found in re.findall(r"```python\n(.*?)```", API.read_text(), re.DOTALL) if "hmac" in found
    ]
    scope: dict[str, Any] = {}
    exec(program, scope)
    old, new, body = new_secret(), new_secret(), b'{"type":"order.processed"}'
    headers = signed([new, old], "MS43OTIuNDI", int(time.time()), body)
    for secret in (new, old):
        assert scope["verify"](secret, headers, body)
        assert not scope["verify"](secret, headers, body + b" ")
    assert not scope["verify"](new_secret(), headers, body)
    late = signed([new], "MS43OTIuNDI", int(time.time()) - 600, body)
    assert not scope["verify"](new, late, body)
