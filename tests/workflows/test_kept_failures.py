"""What Temporal keeps of a failure: never the input that caused it."""

from typing import Any

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from store.key_ring import KeyRing
from temporal.payloads import PayloadKeys, data_converter
from tests.contract.schemas import SENT
from tests.workflows.invalid_input import MARK


@pytest.mark.covers("S9", "W6")
async def test_no_failure_that_is_kept_quotes_an_input() -> None:
    """Also where it is the cause of another failure, and where payloads are encrypted."""
    with pytest.raises(ValueError, match=MARK) as invalid:
        SENT["EsimOrder.cancel"].model_validate({"actor": MARK})
    outer = ApplicationError("Failed decoding arguments")
    outer.__cause__ = invalid.value
    for keys in ("", KeyRing.new_key()):
        converter = data_converter(PayloadKeys(keys))
        for failure in (invalid.value, outer):
            kept = await _kept(converter, failure)
            assert MARK not in kept
            assert "actor (string_pattern_mismatch)" in kept


async def _kept(converter: Any, failure: BaseException) -> str:
    """The failure as a history has it, with its payloads in clear."""
    kept = Failure()
    converter.failure_converter.to_failure(failure, converter.payload_converter, kept)
    return str(kept)
