"""`esim-orders qr import-many`: the codes of many SIMs from a table or a ZIP of pictures (R13)."""

import csv
import io
from pathlib import Path

import pytest

from store.session import Database
from tests.builders import ANA, iccid, run
from tests.codes_in_files import Content, code_of, drawn, table, zipped
from tests.qr_world import qr_world
from tests.starter.codes.qr_shell import BY_ANA, OTHER, a_qr_shell, esims, read
from tests.starter.shell import Shell

MANY = ("qr", "import-many", *BY_ANA)
SAID = "Rows: {}. New: {}; replaced: {}; unchanged: {}; refused: {}.\n"

pytestmark = pytest.mark.covers("R13")


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


def file(shell: Shell, content: Content, name: str = "codes.csv") -> str:
    there = shell.folder / name
    there.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(there)


def reported(report: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report.read_bytes().decode(), newline="")))


def code_shown(shell: Shell, sim: str) -> list[str]:
    out = shell.folder / f"{sim}.png"
    shell.run("qr", "show", sim, "-o", str(out), "--force")
    return read(out.read_bytes())


async def versions(database: Database) -> list[tuple[int, int, str]]:
    rows = await run(database, "SELECT sim_id, number, file_type FROM qr_versions ORDER BY sim_id, number")
    return [tuple(row) for row in rows]


async def test_a_table_gives_each_sim_its_code(database: Database, shell: Shell) -> None:
    await esims(database, 3)
    rows = [(iccid(1), code_of(1), ""), (iccid(2), code_of(2), "4711"), (iccid(3), code_of(3), "")]
    codes = file(shell, table(rows, "iccid,activation_code,confirmation_code"))
    assert shell.run(*MANY, codes).out == SAID.format(3, 3, 0, 0, 0)
    assert [code_shown(shell, f"S-{number}") for number in (1, 2, 3)] == [[code_of(n)] for n in (1, 2, 3)]
    assert "enter: 4711" in shell.run("qr", "show", "S-2", "-o", str(shell.folder / "again.png")).out
    assert shell.run(*MANY, codes).out == SAID.format(3, 0, 0, 3, 0), "again: nothing is stored twice"
    assert await versions(database) == [(1, 1, "typed"), (2, 1, "typed"), (3, 1, "typed")]
    changed = file(shell, table([(iccid(1), OTHER)]))
    assert shell.run(*MANY, changed).out == SAID.format(1, 0, 1, 0, 0)


async def test_a_zip_of_pictures_gives_each_sim_its_code(database: Database, shell: Shell) -> None:
    await esims(database, 3)
    pictures = {f"Codes/{iccid(number)}.png": drawn(code_of(number)) for number in (1, 2, 3)}
    more = {"Codes/.DS_Store": b"x", f"__MACOSX/Codes/._{iccid(1)}.png": b"x", "esims.csv": b"iccid"}
    codes = file(shell, zipped(pictures | more), "codes.zip")
    said = shell.run(*MANY, codes)
    assert said.out == SAID.format(3, 3, 0, 0, 0)
    assert "Not read, as they are no pictures named by ICCID (3): Codes/.DS_Store, __MACOSX/" in said.err
    refused = shell.run(*MANY, codes, "--map", "Karte=iccid", code=2)
    assert refused.err == "A ZIP of pictures has no columns that a mapping could name.\n"
    assert code_shown(shell, "S-3") == [code_of(3)]
    assert {kind for _, _, kind in await versions(database)} == {"png"}
    (kept, *_) = await run(database, "SELECT original FROM qr_versions WHERE sim_id = 1")
    assert kept.original is not None, "the picture is kept, as that of a single import"
    assert shell.run(*MANY, codes).out == SAID.format(3, 0, 0, 3, 0)


async def test_each_refused_row_has_its_reason_and_the_others_are_imported(
    database: Database, shell: Shell
) -> None:
    await esims(database, 6)
    shell.process("qr", "import", "S-6", *BY_ANA, "--code", "-", "--no-notify", typed=OTHER)
    rows = [
        (iccid(1), code_of(1)),
        (iccid(2), "https://www.example.com/esim"),
        (iccid(3), OTHER),  # S-6 has it
        (iccid(4), code_of(4)),
        (iccid(5), code_of(4)),  # as S-4
        (iccid(99), code_of(99)),  # no SIM
        ("8.93301E+18", code_of(7)),
        ("", code_of(8)),
        (iccid(6), code_of(9)),
        (iccid(6), code_of(10)),  # twice
        ("one cell too many", "x", "y"),
    ]
    report = shell.folder / "report.csv"
    said = shell.run(*MANY, file(shell, table(rows)), "--report", str(report), code=1)
    assert said.out.startswith(SAID.format(11, 1, 0, 0, 10))
    assert f"What became of each row is in {report}" in said.out
    found = reported(report)
    assert [(row["row"], row["result"], row["code"]) for row in found] == [
        ("2", "imported", ""),
        ("3", "refused", "web_address_instead"),
        ("4", "refused", "code_on_another_sim"),
        ("5", "refused", "code_in_another_row"),
        ("6", "refused", "code_in_another_row"),
        ("7", "refused", "unknown_sim"),
        ("8", "refused", "iccid_scientific"),
        ("9", "refused", "cell_empty"),
        ("10", "refused", "iccid_in_another_row"),
        ("11", "refused", "iccid_in_another_row"),
        ("12", "refused", "cell_count_wrong"),
    ]
    assert found[4]["sentence"].startswith("Another row has the same activation code: 5;")
    assert found[1]["iccid"] == iccid(2)
    assert "MANY-" not in report.read_text(), "no code is in the report"
    assert await versions(database) == [(1, 1, "typed"), (6, 1, "typed")]
    history = shell.run("qr", "history", "S-3").out
    assert "refused" in history, "noted as that of a single import"


@pytest.mark.parametrize("columns", [80, 120])
async def test_refused_rows_are_listed_within_the_terminal(
    database: Database, shell: Shell, columns: int
) -> None:
    await esims(database, 2)
    files = {
        f"{iccid(1)}.png": drawn(code_of(1)),
        f"{iccid(2)}.png": b"no picture",
        "photo of the box.png": drawn(code_of(3)),
        f"{iccid(3)}.pdf": b"%PDF-1.7 broken",
    }
    said = shell.run(*MANY, file(shell, zipped(files), "codes.zip"), code=1, columns=columns)
    assert max(map(len, said.out.splitlines())) <= columns
    assert f"{iccid(2)}.png" in said.out
    assert "photo of the box.png" in said.out
    words = " ".join(said.out.replace("│", " ").split())
    assert "name it by the ICCID of its SIM" in words
    assert said.out.replace("\n", " ").endswith(SAID.format(4, 1, 0, 0, 3).replace("\n", " "))
    assert f"{iccid(1)}.png" not in said.out


async def test_a_dry_run_says_what_would_become_of_each_row_and_changes_nothing(
    database: Database, shell: Shell
) -> None:
    await esims(database, 4)
    first = file(shell, table([(iccid(1), code_of(1)), (iccid(2), code_of(2))]))
    shell.run(*MANY, first)
    before = await versions(database)
    events = await run(database, "SELECT count(*) FROM events")
    rows = [(iccid(1), code_of(1)), (iccid(2), OTHER), (iccid(3), code_of(3)), (iccid(4), code_of(1))]
    picked = file(shell, table([*rows[:3], (iccid(4), "4711")]))
    said = shell.run(*MANY, picked, "--dry-run", code=1)
    columns_said, _, rows_said = said.out.partition("What would happen")
    assert "its own name" in columns_said, "what became of each column"
    results = [part.strip() for line in rows_said.splitlines() for part in line.split("│")[3:4]]
    assert [result for result in results if result] == ["unchanged", "replaced", "new", "refused"]
    assert said.out.endswith(SAID.format(4, 1, 1, 1, 1) + "A dry run: nothing is written.\n")
    assert await versions(database) == before
    assert await run(database, "SELECT count(*) FROM events") == events
    document = shell.run(*MANY, picked, "--dry-run", "--json", code=1).out
    assert '"outcome": "replaced"' in document
    assert '"sentence": "This looks like a confirmation code alone' in document


async def test_the_open_request_of_a_sim_is_answered(database: Database, shell: Shell) -> None:
    qr = await qr_world(database, keys=shell.more["ESIM_SECRET_KEYS"])
    request = await qr.asked(1)
    codes = file(shell, table([(iccid(1), code_of(1)), (iccid(2), code_of(2))]))
    said = shell.run(*MANY, codes)
    assert said.out == SAID.format(2, 2, 0, 0, 0) + "Open requests that are answered by it: 1\n"
    (state,) = await run(database, "SELECT status FROM qr_requests WHERE id = :id", id=request)
    assert state.status == "imported"


async def test_the_rights_of_the_user_hold_for_all_rows(database: Database, shell: Shell) -> None:
    await esims(database, 1)
    codes = file(shell, table([(iccid(1), code_of(1))]))
    await run(database, "UPDATE users SET role = 'viewer' WHERE email = :email", email=ANA)
    refused = shell.run(*MANY, codes, code=2)
    assert refused.out == ""
    assert refused.err.startswith("Your role does not allow this: import QR codes.")
    assert await versions(database) == []


async def test_a_report_replaces_only_a_report(database: Database, shell: Shell) -> None:
    await esims(database, 1)
    codes = file(shell, table([(iccid(1), code_of(1))]))
    notes = file(shell, "my notes", "notes.csv")
    for wrong in (notes, codes, str(shell.folder)):
        assert "is no report of an earlier import" in shell.run(*MANY, codes, "--report", wrong, code=2).err
    with open(notes) as kept:  # noqa: ASYNC230, PTH123
        assert kept.read() == "my notes"
    assert await versions(database) == []
    report = shell.folder / "report.csv"
    for result in ("imported", "unchanged"):
        shell.run(*MANY, codes, "--report", str(report))
        assert [row["result"] for row in reported(report)] == [result]


async def test_formulas_in_names_are_defused_in_the_report(database: Database, shell: Shell) -> None:
    await esims(database, 1)
    report = shell.folder / "report.csv"
    files = {"=HYPERLINK(1).png": drawn(code_of(1)), f"{iccid(1)}.png": drawn(code_of(1))}
    shell.run(*MANY, file(shell, zipped(files), "codes.zip"), "--report", str(report), code=1)
    assert reported(report)[0]["row"] == "'=HYPERLINK(1).png"


async def test_french(database: Database, shell: Shell) -> None:
    await esims(database, 1)
    codes = file(shell, table([(iccid(1), "4711")], "N° SIM;Code d'activation".replace(";", ",")))
    said = shell.run("--language", "fr", *MANY, codes, code=1)
    assert "Refusées" in said.out
    assert "pourquoi" in said.out
    assert "Lignes\u00a0: 1. Nouvelles\u00a0: 0\u202f; remplacées\u00a0: 0" in said.out
