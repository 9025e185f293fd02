"""How a refusal is declared: its sentence in English, with fields for its parameters, and its HTTP status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

Parameters = Mapping[str, str | int]
Words = Mapping[str, dict[str, str]]
"""Translations of parameters that are codes: by the parameter's name, then by the code."""

BAD_REQUEST = 400
UNAUTHORISED = 401
NOT_FOUND = 404
FORBIDDEN = 403
CONFLICT = 409
GONE = 410
UNPROCESSABLE = 422
TOO_MANY = 429
UNAVAILABLE = 503


@dataclass(frozen=True)
class Declared:
    """One kind of refusal. `status` is the HTTP status of its problem details (RFC 9457)."""

    sentence: str
    status: int = UNPROCESSABLE

    @property
    def parameters(self) -> frozenset[str]:
        """The names of its parameters: the fields of the sentence."""
        return fields(self.sentence)


@cache
def fields(template: str) -> frozenset[str]:
    """The names of the fields between braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


class _Written(Formatter):
    """Formats by the rules of the language: a number in fields with the format `:,`, the codes of countries
    in those with `:countries`, and how many more there are of a list in those with `:more`.
    """

    def __init__(
        self, number: Callable[[int], str], countries: Callable[[str], str], more: Callable[[int], str]
    ) -> None:
        self._number = number
        self._countries = countries
        self._more = more

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec == ",":
            return self._number(value) if isinstance(value, int) else str(value)
        if format_spec == "countries":
            return self._countries(str(value))
        if format_spec == "more":
            return self._more(value) if isinstance(value, int) and value else ""
        return str(super().format_field(value, format_spec if isinstance(value, int) else ""))


def filled(
    template: str,
    parameters: Parameters,
    words: Words,
    number: Callable[[int], str] = "{:,}".format,
    countries: Callable[[str], str] = str,
    *,
    more: Callable[[int], str] = " and {:,} more".format,
) -> str | None:
    """The sentence with its parameters filled in and translated; None if a parameter is missing. `countries`
    names these, by their codes with commas; `more` ends a list that names only its first.

    A code without a translation, such as one of a newer version, is shown with blanks for underscores.
    """
    if not fields(template) <= parameters.keys():
        return None
    said = {
        name: words[name].get(str(value), str(value).replace("_", " ")) if name in words else value
        for name, value in parameters.items()
    }
    return _Written(number, countries, more).vformat(template, (), said)
