"""The files that pages load: kept by browsers under a name with a hash, and only so."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from models.language import Language
from portal.http.static import FILES, FOREVER, StaticFiles
from portal.links.templates import templates

ALL = sorted(path.relative_to(FILES).as_posix() for path in FILES.rglob("*") if path.is_file())


def test_all_files_are_walked() -> None:
    assert {"app.css", "app/main.js", "tokens.css", "portal.css", "portal.js", "icon.svg"} <= set(ALL)


@pytest.mark.parametrize("plain", ALL)
async def test_a_file_is_kept_under_the_name_with_its_hash_only(
    browser: httpx.AsyncClient, plain: str
) -> None:
    name = StaticFiles.of().name(plain)
    assert re.fullmatch(rf"{re.escape(Path(plain).stem)}\.[0-9a-f]{{10}}\.\w+", Path(name).name)
    kept = await browser.get(f"/static/{name}")
    assert kept.status_code == 200
    assert kept.headers["cache-control"] == FOREVER
    assert kept.headers["content-encoding"] == "gzip"
    assert kept.headers["x-content-type-options"] == "nosniff"
    named_plainly = await browser.get(f"/static/{plain}")
    assert named_plainly.headers["cache-control"] == "no-store"
    assert named_plainly.content == kept.content
    old = await browser.get(f"/static/{re.sub('[0-9a-f]{10}', '0' * 10, name)}")
    assert old.status_code == 404
    assert old.headers["cache-control"] == "no-store"


async def test_a_browser_that_takes_no_gzip_gets_none(browser: httpx.AsyncClient) -> None:
    plain = await browser.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == (FILES / "app.css").read_bytes()
    head = await browser.head("/static/app.css", headers={"Accept-Encoding": "gzip"})
    assert head.headers["content-length"] == str(len(gzip.compress(plain.content, 9, mtime=0)))


async def test_modules_import_each_other_by_the_names_that_are_kept(browser: httpx.AsyncClient) -> None:
    begun, seen = [StaticFiles.of().name("app/main.js"), StaticFiles.of().name("portal.js")], set()
    while begun:
        name = begun.pop()
        seen.add(name)
        answer = await browser.get(f"/static/{name}")
        assert answer.headers["cache-control"] == FOREVER, name
        imported = re.findall(r'(?:from|import) "(.*?)"', answer.text)
        begun += [(Path(name).parent / relative).as_posix() for relative in imported]
    assert len(seen) == len([name for name in ALL if name.endswith(".js")]), "each module is loaded"


def test_a_changed_module_changes_the_names_of_all_that_load_it(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "main.js").write_text('import { one } from "./app/one.js";\n')
    (tmp_path / "app" / "one.js").write_text("export const one = 1;\n")
    before = StaticFiles(tmp_path)
    (tmp_path / "app" / "one.js").write_text("export const one = 2;\n")
    after = StaticFiles(tmp_path)
    assert before.name("app/one.js") != after.name("app/one.js")
    assert before.name("main.js") != after.name("main.js")


def test_a_template_that_names_a_missing_file_fails() -> None:
    with pytest.raises(KeyError):
        templates(Language.EN, "").from_string('{{ static("nothing.css") }}').render()
