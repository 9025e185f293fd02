"""Excel workbooks as small as they can be, written by hand: no library of ours writes them."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Formula:
    """A formula and what the spreadsheet kept of it: a result, an error such as `#N/A`, or None: nothing."""

    written: str
    result: str | None = None


Cell = str | int | float | bool | Formula | None
Sheet = Sequence[Sequence[Cell]]
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(*sheets: Sheet, hidden: int = 0, last: str = "A", merged: Sequence[str] = ()) -> bytes:
    """A workbook with these sheets, of which the first ones are hidden. `last`: the column of the very last
    cell. `merged`: ranges such as `B2:B4` in each sheet.
    """
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_PART}.worksheet+xml"/>'
            for n in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="Sheet {n}" sheetId="{n}" r:id="rId{n}"{_state(n, hidden)}/>' for n in numbers
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for number, sheet in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheet, last, merged)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return written.getvalue()


def _state(number: int, hidden: int) -> str:
    return ' state="hidden"' if number <= hidden else ""


def _sheet(rows: Sheet, last: str, merged: Sequence[str]) -> str:
    lines: Iterable[str] = (
        f'<row r="{number}">{"".join(_cell(number, place, cell) for place, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, start=1)
        if row
    )
    if last != "A":
        lines = (*lines, f'<row r="{len(rows) + 1}"><c r="{last}{len(rows) + 1}"><v>1</v></c></row>')
    ranges = "".join(f'<mergeCell ref="{cells}"/>' for cells in merged)
    ranges = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    return f"<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData>{ranges}</worksheet>"


def _cell(row: int, place: int, cell: Cell) -> str:
    at = f"{chr(ord('A') + place)}{row}"
    match cell:
        case None:
            return ""
        case Formula(written, result):
            value = "" if result is None else f"<v>{escape(result)}</v>"
            kind = "" if result is None else ' t="e"' if result.startswith("#") else ' t="str"'
            return f'<c r="{at}"{kind}><f>{escape(written)}</f>{value}</c>'
        case bool():
            return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
        case int() | float():
            return (
                f'<c r="{at}"><v>{float(cell)!r}</v></c>'
                if abs(cell) > 1e14
                else f'<c r="{at}"><v>{cell}</v></c>'
            )
        case _:
            return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
