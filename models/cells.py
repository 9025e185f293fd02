"""What the cells of imported files mean: each function parses one cell, or raises `Refused` with a sentence
about it.
"""

from models.errors import Refused
from models.identifiers import parse_msisdn
from models.language import Language, parse_language
from models.people.addresses import parse_email

_YES_OR_NO = {"yes": True, "no": False}


def msisdn_cell(text: str) -> str:
    """A phone number in E.164. Raises `Refused` (`msisdn_invalid`)."""
    try:
        return parse_msisdn(text)
    except ValueError:
        raise Refused.because("msisdn_invalid") from None


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
    """`yes` or `no`. Raises `Refused` (`cell_not_yes_or_no`)."""
    try:
        return _YES_OR_NO[text.lower()]
    except KeyError:
        raise Refused.because("cell_not_yes_or_no") from None
