"""What the cells of imported files mean: each function parses one cell, or raises `Refused` with a sentence
about it.
"""

from models.errors import Refused
from models.identifiers import iccid_lost, parse_iccid, parse_msisdn
from models.language import Language, parse_language
from models.people.addresses import parse_email

_YES = frozenset({"yes", "true", "1", "y", "oui", "vrai", "o", "x"})
_NO = frozenset({"no", "false", "0", "n", "non", "faux"})

_WITH_COUNTRY = 11
"""So many digits have most phone numbers with their country code, and few without."""


def msisdn_cell(text: str) -> str:
    """A phone number in E.164. Raises `Refused`: `msisdn_invalid`, or `msisdn_without_plus` where it would be
    one with a +, which a spreadsheet takes from what it keeps as a number.
    """
    try:
        return parse_msisdn(text)
    except ValueError:
        if _lacks_plus(text):
            raise Refused.because("msisdn_without_plus") from None
        raise Refused.because("msisdn_invalid") from None


def _lacks_plus(text: str) -> bool:
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit()) or len(digits) < _WITH_COUNTRY:
        return False
    try:
        parse_msisdn(f"+{digits}")
    except ValueError:
        return False
    return True


def email_cell(text: str) -> str:
    """An e-mail address. Raises `Refused` (`email_invalid`)."""
    try:
        return parse_email(text)
    except ValueError:
        raise Refused.because("email_invalid") from None


def language_cell(text: str) -> Language:
    """A language. Raises `Refused` (`cell_no_language`)."""
    try:
        return parse_language(text)
    except Refused:
        raise Refused.because("cell_no_language") from None


def yes_or_no_cell(text: str) -> bool:
    """`yes` or `no`, also as spreadsheets and French write it. Raises `Refused` (`cell_not_yes_or_no`)."""
    answer = text.lower()
    if answer not in _YES and answer not in _NO:
        raise Refused.because("cell_not_yes_or_no")
    return answer in _YES


def iccid_cell(text: str) -> str:
    """An ICCID as it is stored (R9). Raises `Refused`: `iccid_invalid`, or where a spreadsheet has changed
    it `iccid_scientific` or `iccid_rounded`.
    """
    lost = iccid_lost(text)
    if lost is not None:
        raise Refused.because(lost)
    try:
        return parse_iccid(text)
    except ValueError:
        raise Refused.because("iccid_invalid") from None
