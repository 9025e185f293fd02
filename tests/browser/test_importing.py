"""A file is checked and then imported in a browser, without being chosen a second time (A16, P13)."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.ordering import Ordering, looks_right
from tests.browser.test_ordering import OLGA, idle_scene, portal, scene, temporal
from tests.builders import as_csv, line
from tests.temporal_server import eventually

__all__ = ["idle_scene", "portal", "scene", "temporal"]


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    file = tmp_path / "more.csv"
    file.write_bytes(as_csv(line(77)))
    return file


@pytest.mark.covers("A16", "P13")
async def test_a_checked_file_is_imported_without_being_chosen_again(portal: Ordering, fleet: Path) -> None:
    async with portal.signed_in(OLGA) as page:
        await page.goto("/imports/import_fleet")
        await page.set_input_files("#file", fleet)
        again = page.get_by_role("button", name="Import the file")
        await expect(again).to_be_visible(timeout=20_000)
        await looks_right(page, "checked file")
        await again.click()
        await expect(page.get_by_text("Check only")).to_have_count(0)
        await expect(page.locator("#job .badge", has_text="Done")).to_be_visible(timeout=20_000)
        await page.goto("/inventory?q=+33639980077")
        await expect(page.get_by_text("+33639980077").first).to_be_visible()


@pytest.mark.covers("A16", "P13")
async def test_a_checked_file_is_imported_without_a_script_and_as_it_was_checked(
    portal: Ordering, fleet: Path
) -> None:
    async with portal.signed_in(OLGA, java_script_enabled=False) as page:
        await page.goto("/imports/import_fleet")
        await page.set_input_files("#file", fleet)
        await page.get_by_role("button", name="Send the file").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("J-")
        await asyncio.to_thread(fleet.unlink)
        again = page.get_by_role("button", name="Import the file")

        async def checked() -> int:
            await page.reload()
            return await again.count()

        await eventually(checked, bool)
        await expect(page.locator("input[type=file]")).to_have_count(0)
        await again.click()
        await expect(page.get_by_text("Check only")).to_have_count(0)

        async def imported() -> int:
            await page.reload()
            return await page.locator("#job .badge", has_text="Done").count()

        await eventually(imported, bool)
        await page.goto("/inventory?q=+33639980077")
        await expect(page.get_by_text("+33639980077").first).to_be_visible()
