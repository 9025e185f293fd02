"""What a person at a distributor reads when an upload is refused: why, and what to do, in one sentence.

No sentence says anything of the file: not its name, not what its QR code holds.
"""

from models.errors import Refused

_SENTENCES = {
    "file_empty": "The file is empty; choose it again, or save it anew.",
    "file_too_large": "The file is larger than 5 MB; upload a smaller picture of the QR code.",
    "file_type_unknown": "Only PNG, JPG, SVG, TIFF and PDF files can be uploaded; save the QR code as one.",
    "file_type_mismatch": (
        "The file holds something else than its name says; save the QR code anew as a PNG, JPG, SVG, TIFF "
        "or PDF file, and upload that."
    ),
    "file_damaged": "The file is damaged or incomplete; save or export it anew, and upload that.",
    "file_protected": "The PDF file asks for a password; upload one without, or a picture of the QR code.",
    "file_unsafe": (
        "The SVG file holds scripts, effects, a document type or references to something outside; save the "
        "QR code as a PNG file, and upload that."
    ),
    "too_many_pages": "The file has more than 5 pages; upload only the page with the QR code.",
    "too_many_pixels": "The picture has more than 25 megapixels; upload a smaller one, or only the QR code.",
    "too_slow": "Reading the file took too long; upload a PNG picture of the QR code alone.",
    "too_demanding": (
        "Reading the file took too much memory or computing time; upload a PNG picture of the QR code alone."
    ),
    "no_qr_code": "The file shows no QR code that can be read; upload one where it is sharp and complete.",
    "no_activation_code": (
        "The QR code holds something else than an activation code, which begins with LPA:1$; upload the QR "
        "code of the eSIM."
    ),
    "several_activation_codes": (
        "The file holds several different activation codes; upload one with only the QR code of this eSIM."
    ),
}
REASONS = frozenset(_SENTENCES)
"""The stable codes of all refusals of an upload."""


def refused(reason: str) -> Refused:
    """The refusal of an upload for a reason that is always told alike."""
    return Refused.because(reason, _SENTENCES[reason])


def invalid_code(rule: str) -> Refused:
    """The refusal of an activation code that breaks a rule. `rule` is the sentence of the parser."""
    broken = rule[:1].lower() + rule[1:].rstrip(".")
    return Refused.because(
        "no_activation_code",
        f"The QR code holds no valid activation code, so ask the provider for a new one: {broken}.",
    )
