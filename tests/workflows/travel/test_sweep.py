"""The workflow of the sweep: no part that keeps failing starves another, and its failure is seen."""

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from tests.workflows.codes.qr_house import QrHouse
from tests.workflows.travel.ways import swept
from tests.workflows.troubles import AWAY, FINAL
from workflows.travel.messages import Sweep, Swept, Wake
from workflows.travel.sweep import INCOMPLETE

WAKES, PARTS = [part.value for part in Wake], [part.value for part in Sweep]


@pytest.mark.covers("T23", "T28")
async def test_waking_comes_first_then_each_part_and_what_these_have_found_is_woken(
    qr_house: QrHouse,
) -> None:
    assert await (await swept(qr_house)).result() == dict.fromkeys((*PARTS, "woken"), 0)
    assert qr_house.esim_lines.swept == WAKES + PARTS, "nothing was found, so nothing is woken anew"
    qr_house.esim_lines.swept.clear()
    qr_house.esim_lines.batches[Sweep.LAPSES_SOON] = [Swept(done=2, more=True), Swept(done=1)]
    qr_house.troubles.next("lapsed", AWAY)
    done = await (await swept(qr_house)).result()
    assert done == dict.fromkeys((*PARTS, "woken"), 0) | {"lapses_soon": 3}
    parts = ["lapsed", "lapses_soon", "lapses_soon", "not_installed", "ended_stock"]
    assert qr_house.esim_lines.swept == WAKES + parts + WAKES


@pytest.mark.covers("T23", "T28")
@pytest.mark.parametrize("fails", WAKES + PARTS)
async def test_a_part_that_always_fails_starves_no_other_and_fails_the_sweep_at_its_end(
    qr_house: QrHouse, fails: str
) -> None:
    qr_house.troubles.last(fails, FINAL)
    with pytest.raises(WorkflowFailureError) as failed:
        await (await swept(qr_house)).result()
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert (cause.type, cause.message) == (INCOMPLETE, f"failed: {fails}")
    assert qr_house.esim_lines.swept == [part for part in WAKES + PARTS if part != fails]
