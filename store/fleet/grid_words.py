"""Searches the words of the inventory: numbers however they are spelled, last digits, names (P3)."""

import re
import unicodedata
from collections.abc import Iterator

from sqlalchemy import ColumnClause, literal_column

from models.identifiers import parse_order_id

LEAST_ENDING = 3
"""Digits by which a number or an ICCID is found that ends with them."""
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\+?[0-9(][0-9\s().\-/]*")
_ADDRESS = re.compile(r"[\w.+\-]+@[\w.\-]*")
_ACCENTS = re.compile("[\u0300-\u036f]")
_MOST_WORDS = 8


def of_words(text: str) -> str | None:
    """What a search asks of a row of the inventory, as SQL; None: it has no word."""
    conditions = conditions_of(text)
    return f"({' OR '.join(one.name for one in conditions)})" if conditions else None


def conditions_of(text: str) -> list[ColumnClause[bool]]:
    """The same, of which one must be fulfilled; a number may begin or end like what was typed."""
    text = text.strip()
    digits = re.sub(r"[^0-9]", "", text)
    if digits and _NUMBER.fullmatch(text):
        return list(_of_digits(text, digits))
    words = words_of(text)
    return [matches(words)] if words else []


def searches_of(text: str) -> list[list[ColumnClause[bool]]]:
    """The same for a few rows, to be asked one after the other until there are enough. First all words but
    the last are whole ones: an index finds these far sooner than what begins like "employee" in each row.
    """
    searches = [conditions] if (conditions := conditions_of(text)) else []
    words = words_of(text)
    if len(searches and words) > 1 and not _NUMBER.fullmatch(text.strip()):
        searches.insert(0, [matches(words, whole=len(words) - 1)])
    return searches


def words_of(text: str) -> list[str]:
    """The words of a search, as `inventory_words` writes them: small letters without accents. An address and
    an order are one word.
    """
    text = text.strip().lower()
    if _ADDRESS.fullmatch(text):
        return [text]
    try:
        return [parse_order_id(text)]
    except ValueError:
        plain = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
        return list(dict.fromkeys(filter(None, _BETWEEN_WORDS.split(plain))))[:_MOST_WORDS]


def matches(words: list[str], column: str = "inventory_rows.words", *, whole: int = 0) -> ColumnClause[bool]:
    """Whether words that begin like each of these are in the column. So many first ones are whole words, and
    so is a short number, as many an order's id begins like it. They hold no quote and no backslash.
    """
    ends = ["" if place < whole or _is_short(word) else ":*" for place, word in enumerate(words)]
    query = " & ".join(f"''{word}''{end}" for word, end in zip(words, ends, strict=True))
    return literal_column(f"{column} @@ '{query}'::tsquery")


def _is_short(word: str) -> bool:
    return word.isdigit() and len(word) < LEAST_ENDING


def _of_digits(text: str, digits: str) -> Iterator[ColumnClause[bool]]:
    if abroad := digits.removeprefix("00"):
        yield literal_column(f"inventory_rows.by_number LIKE '0+{abroad}%'")
    if text.startswith("+"):
        return
    yield literal_column(f"inventory_rows.by_iccid LIKE '0{digits}%'")
    yield matches([digits])
    if len(digits) >= LEAST_ENDING:
        for each in sorted({digits[::-1], digits.lstrip("0")[::-1]} - {""}):
            yield matches([f"<{each}"])
