"""Refusals of an imported file, and the errors and warnings about its rows.

The sentence about a row is part of a `row_invalid` or a warning `row_odd`, after the name of its column.
"""

from models.codes.activation import SMALL_LETTERS
from models.identifiers import CHECK_DIGIT_WRONG
from models.refusals.declared import CONFLICT, NOT_FOUND, Declared

IMPORTS = {
    "import_running": Declared("Another import is running; import again when it has ended.", CONFLICT),
    "inventory_changed": Declared(
        "The inventory changed while the file was imported; import it again.", CONFLICT
    ),
    "checked_file_gone": Declared(
        "There is no file of {job}, or it is not kept any more: a file that was checked is kept for a day. "
        "Choose it again.",
        CONFLICT,
    ),
    # the whole file
    "too_many_empty_lines": Declared(
        "The file has more than {lines:,} empty lines; delete them, and save it anew."
    ),
    "too_many_rows": Declared("The file has more than {rows:,} rows; split it."),
    "no_rows": Declared("The file has no rows."),
    "too_many_bytes": Declared("The file has more than {megabytes} MB; split it."),
    "too_many_columns": Declared("The file has more than {columns} columns; leave out what is not needed."),
    "file_not_utf8": Declared(
        "The file holds no table that can be read; save it as CSV with UTF-8 encoding or as an Excel "
        "workbook (.xlsx)."
    ),
    "line_not_utf8": Declared(
        "Line {line}: the file is neither UTF-8 nor Windows-1252 text; save it as CSV with UTF-8 encoding."
    ),
    "workbook_old": Declared(
        "The file is an Excel workbook in the old format (.xls) or with a password; save it as .xlsx "
        "without one."
    ),
    "workbook_damaged": Declared(
        "The file is no Excel workbook that can be read; open it in a spreadsheet and save it as .xlsx or "
        "CSV."
    ),
    "workbook_empty": Declared("No sheet of the workbook has a table."),
    "workbook_too_demanding": Declared(
        "Reading the workbook took too much memory or time; save the sheet alone, or as CSV, and import that."
    ),
    "line_not_csv": Declared(
        "Line {line}: this is not CSV; look for a quote that is not closed or a very long field."
    ),
    "column_twice": Declared("The column {column} is there twice."),
    "columns_missing": Declared("The first line must name the columns; missing: {missing}."),
    "columns_unknown": Declared(
        "columns that are not read, as their headings are not known: {unknown}; known are: {known}."
    ),
    "columns_recognised": Declared("headings were recognised: {recognised}."),
    "map_invalid": Declared(
        "A mapping is written THEIRS=ours: the heading in the file, and the column that it is; or "
        '"value"=ours: the value of a column in all rows.'
    ),
    "map_column_unknown": Declared("A mapping names no column of this file; its columns are: {known}."),
    "map_heading_missing": Declared("A mapping names a heading that the file does not have: {heading}."),
    "unknown_mapping": Declared("No mapping is saved for such files.", NOT_FOUND),
    "map_value_not_kept": Declared(
        "A saved mapping keeps no value of {column}, as it may tell of a person or be secret; import the "
        "file without saving its mapping."
    ),
    "map_too_long": Declared(
        "A saved mapping has at most {most:,} entries of at most {characters:,} characters each."
    ),
    "mapping_used": Declared("the mapping saved on {day} was used: {used}."),
    "mapping_heading_missing": Declared(
        "the saved mapping names headings that the file does not have: {headings}."
    ),
    "file_read_as_windows": Declared(
        "the file is not UTF-8, so it was read as Windows-1252; check the accents, such as in: {sample}."
    ),
    "sheets_not_read": Declared("only the first sheet with a table was read; others are not: {sheets:,}."),
    "merged_cells_filled": Declared(
        "cells that are merged over several rows were read as the same value in each; cells read so: "
        "{cells:,}."
    ),
    "columns_differ": Declared(
        "The first line must name the columns; missing: {missing}; not known: {unknown}. A mapping can say "
        "what they are: {entries}."
    ),
    "columns_left_out": Declared(
        "The first line must name the columns; missing: {missing}. A mapping can add them: {entries}."
    ),
    "codes_of_intune": Declared(
        "the file has no headings but a server in its first line, as files for Intune have: each row is read "
        "as an ICCID and its matching id at that server."
    ),
    # a ZIP of pictures
    "map_of_archive": Declared("A ZIP of pictures has no columns that a mapping could name."),
    "archive_damaged": Declared("The ZIP file is damaged or incomplete; make it anew."),
    "archive_empty": Declared(
        "The ZIP file holds no picture of a QR code; put PNG, JPG, SVG, TIFF or PDF files into it, each "
        "named by the ICCID of its SIM, such as 8933010000000800013.png."
    ),
    "archive_too_many": Declared("The ZIP file holds more than {entries:,} files; split it."),
    "archive_too_large": Declared(
        "The pictures in the ZIP file have more than {megabytes} MB once unpacked; split it."
    ),
    "entry_damaged": Declared(
        "This file in the ZIP is damaged, or has not the size that the ZIP says; make the ZIP anew."
    ),
    "entry_encrypted": Declared("This file in the ZIP asks for a password; make the ZIP anew without one."),
    "entry_packed_otherwise": Declared(
        "This file is packed by a method that is not read; make the ZIP anew with the usual one (Deflate)."
    ),
    "entry_is_archive": Declared(
        "An archive within the ZIP is not read; unpack it, and put its pictures into one ZIP."
    ),
    "entry_path_odd": Declared(
        "The name of this file leads out of the ZIP; make the ZIP anew from the folder with the pictures."
    ),
    "picture_name_no_iccid": Declared(
        "The name of the picture is no ICCID; name it by the ICCID of its SIM, such as "
        "8933010000000800013.png."
    ),
    "picture_name_two_iccids": Declared(
        "The name of the picture has several ICCIDs; name it by the ICCID of its SIM alone."
    ),
    # lines of the file
    "row_invalid": Declared("Line {line}:"),
    "row_odd": Declared("Line {line}:"),
    "more_rows": Declared("And in further lines of the file: {lines:,}."),
    # the cells of a row
    "cell_count_wrong": Declared("there are {cells} columns instead of {columns}."),
    "cell_formula_failed": Declared(
        "a formula of the spreadsheet has failed here or was never calculated; correct it, or empty the cell "
        "if nothing belongs there, and save the file anew."
    ),
    "cell_unprintable": Declared("there is a line break or another control character in it."),
    "cell_too_long": Declared("it is longer than {characters} characters."),
    "cell_empty": Declared("it is empty."),
    "account_not_yours": Declared(
        "it is not the account that the file is imported for; the mapping {entry} leaves this column out."
    ),
    "cell_no_slot": Declared("it must be 1, 2 or 3."),
    "iccid_scientific": Declared(
        "a spreadsheet has written the ICCID as a number, such as 8.93E+18, and its last digits are lost; "
        "format the column as text and enter the ICCID anew."
    ),
    "iccid_rounded": Declared(
        "a spreadsheet has rounded the ICCID to 15 digits and written zeros for the rest; format the column "
        "as text and enter the ICCID anew. One that ends with these zeros indeed is written with an "
        "apostrophe before it."
    ),
    "cell_no_sim_type": Declared("it must be physical or esim, or empty with an empty iccid."),
    "cell_not_yes_or_no": Declared("it must be yes or no."),
    "cell_no_step": Declared("it must be acknowledge, iccid, processed or cancel, or empty."),
    "cell_no_language": Declared("it must be en or fr, or empty."),
    "language_without_name": Declared("a language needs a name."),
    "language_without_contact": Declared("a language needs a contact."),
    "other_language_before": Declared("line {line} has another one for the same employee."),
    "other_before": Declared("line {line} says something else for the same address."),
    "msisdn_invalid": Declared(
        "A phone number is written with + and the country code, such as +33612345678."
    ),
    "msisdn_without_plus": Declared(
        "the phone number has no +, which a spreadsheet removes; format the column as text, and write + "
        "before the country code, such as +33612345678."
    ),
    "address_without_name": Declared("an address needs a name."),
    "contact_incomplete": Declared("a contact has a name and an address."),
    "esim_without_provider": Declared("an eSIM has one."),
    # rows that contradict each other
    "same_number_before": Declared("line {line} has the same phone number."),
    "same_order_before": Declared("line {line} has the same order."),
    "same_slot_before": Declared("line {line} has the same slot."),
    "same_iccid_before": Declared("line {line} has the same ICCID."),
    "iccid_in_another_row": Declared("another row has the same ICCID: {row}; keep only the right one."),
    "code_in_another_row": Declared(
        "Another row has the same activation code: {row}; ask the distributor which SIM it is for."
    ),
    "same_item_before": Declared("line {line} has the same item already."),
    "same_provider_before": Declared("line {line} has an eSIM of this provider in the pack already."),
    "other_name_before": Declared("line {line} has another name for the same address."),
    "other_pack_before": Declared("line {line} says something else for the same pack."),
    # rows that contradict the inventory
    "number_elsewhere": Declared("this phone number is in another slot already."),
    "slot_taken": Declared("another phone number is in this slot already."),
    "iccid_discarded": Declared("this SIM is discarded, and that cannot be undone."),
    "iccid_temporary": Declared("this is the temporary eSIM of an open order."),
    "iccid_elsewhere": Declared("this SIM is in use elsewhere already."),
    "kind_differs": Declared("the SIM with this ICCID is known with the other type."),
    "sim_open_order": Declared("the line has an open order; its SIM cannot change by an import."),
    "sim_removed": Declared("there is a SIM in this slot; an import does not remove it."),
    "sim_replaced": Declared("another SIM is in this slot; place an order to replace it."),
    "provider_open_order": Declared("the line has an open order; its provider cannot change now."),
    "account_not_imported": Declared("there is no such account; import its fleet first."),
    "pack_open_orders": Declared("the pack is in open orders; its distributor cannot change now."),
    # warnings
    "iccid_ends_with_zeros": Declared(
        "the ICCID ends with zeros, as if a spreadsheet had rounded it; it is kept, compare it with the card."
    ),
    "check_digit_wrong": Declared(CHECK_DIGIT_WRONG),
    "code_in_small_letters": Declared(SMALL_LETTERS),
    "empty_slot_data": Declared(
        "the slot is empty; distributor and employee belong to a SIM and are left out."
    ),
    "section_not_shown": Declared("the shop shows eSIMs of the section {section} only."),
    "provider_of_no_line": Declared("no line of the account has this provider."),
    "distributor_without_contact": Declared(
        "no contact of this distributor has the role 'order'; its orders are held until one has it."
    ),
}
