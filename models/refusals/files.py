"""Refusals of an uploaded file: one sentence for a distributor's contact, with the reason and what to do.

No sentence contains data from the file, such as its name or the content of its QR code.
"""

from models.refusals.declared import Declared

FILES = {
    "file_empty": Declared("The file is empty; choose it again, or save it anew."),
    "file_too_large": Declared("The file is larger than 5 MB; upload a smaller picture of the QR code."),
    "file_type_unknown": Declared(
        "Only PNG, JPG, SVG, TIFF and PDF files can be uploaded; save the QR code as one."
    ),
    "file_type_mismatch": Declared(
        "The file holds something else than its name says; save the QR code anew as a PNG, JPG, SVG, TIFF "
        "or PDF file, and upload that."
    ),
    "file_damaged": Declared("The file is damaged or incomplete; save or export it anew, and upload that."),
    "file_protected": Declared(
        "The PDF file asks for a password; upload one without, or a picture of the QR code."
    ),
    "file_unsafe": Declared(
        "The SVG file holds scripts, effects, declarations or references to something outside; save the QR "
        "code as a PNG file, and upload that."
    ),
    "too_many_pages": Declared("The file has more than 5 pages; upload only the page with the QR code."),
    "too_many_pixels": Declared(
        "The picture has more than 25 megapixels; upload a smaller one, or only the QR code."
    ),
    "too_slow": Declared("Reading the file took too long; upload a PNG picture of the QR code alone."),
    "too_demanding": Declared(
        "Reading the file took too much memory or computing time; upload a PNG picture of the QR code alone."
    ),
    "no_qr_code": Declared(
        "The file shows no QR code that can be read; upload one where it is sharp and complete."
    ),
    "no_activation_code": Declared(
        "The QR code holds something else than an activation code, which begins with LPA:1$; upload the QR "
        "code of the eSIM."
    ),
    "broken_activation_code": Declared(
        "The QR code holds no valid activation code, so ask the provider for a new one: {rule}."
    ),
    "several_activation_codes": Declared(
        "The file holds several different activation codes; upload one with only the QR code of this eSIM."
    ),
}
