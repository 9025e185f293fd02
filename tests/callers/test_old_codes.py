"""Once an eSIM of a number has ended, nothing yields its code or confirmation code, by whatever way."""

from pathlib import Path

import pytest

from models.people.callers import Permission
from starter.desks import Desks
from tests.callers.old_codes import (
    AND_CONFIRMATION,
    ENDS,
    OldCode,
    by_calls,
    by_commands,
    by_links,
    by_pages,
    callers,
    old_code,
)
from tests.callers.old_codes_over_http import by_api
from tests.callers.world import Known


@pytest.fixture
async def old(desks: Desks, acme: Known) -> OldCode:
    return await old_code(desks, acme)


EVERY = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=[pytest.mark.night, pytest.mark.timeout(1800)])]
)


SHOWN = "POST /sims/{sim}/qr-code/show"


async def _ways(old: OldCode, folder: Path, turn: int | None = None, *, every: bool) -> set[str]:
    """All ways, by day and in a `turn` as a sixth of the callers; those come first that end others."""
    found = await by_links(old) | await by_pages(old)
    found |= await by_commands(old, folder, every=every) | await by_api(old, turn, every=every)
    return found | await by_calls(old, turn, every=every)


@EVERY
@pytest.mark.covers("F60", "R8")
async def test_the_walk_finds_every_way_to_the_code_of_an_esim_that_is_in_use_and_to_its_confirmation_code(
    old: OldCode, tmp_path: Path, *, every: bool
) -> None:
    may_see = [role for role, caller in (await callers(old)).items() if caller.may(Permission.VIEW_QR_CODES)]
    may_see.remove("another account")
    both = {
        *("LinkDesk.reveal", "LinkDesk.download", "POST /q/{token}"),
        *(f"qr show as {role}" for role in (may_see if every else ["operator"])),
        *(f"{way} as {role}" for role in may_see for way in ("QrDesk.show", SHOWN)),
    }
    picture = "POST /q/{token}/png"
    assert await _ways(old, tmp_path, every=every) == {
        *both,
        picture,
        *(way + AND_CONFIRMATION for way in both),
    }


@EVERY
@pytest.mark.covers("L25", "L13", "L15", "L29", "L30", "L38", "R8")
@pytest.mark.parametrize("end", ENDS)
async def test_nothing_yields_the_code_of_an_esim_that_has_ended(
    end: str, old: OldCode, tmp_path: Path, *, every: bool
) -> None:
    await ENDS[end](old)
    assert await _ways(old, tmp_path, [*ENDS].index(end), every=every) == set()
