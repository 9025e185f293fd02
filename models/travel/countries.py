"""Countries by their names: ISO 3166-1 alpha-2, as in the names of Babel (CLDR) in English and French (T38).

Also understood are the codes of two and three letters, the official English short names of ISO 3166-1, and
common aliases such as UK. Accents, case, punctuation and articles do not matter; `Korea, South` is South
Korea.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from models.errors import Refusal, Refused
from models.language import Language

_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of Babel for groups of countries and tests."""
_PARTS = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Codes for parts of countries that ISO 3166-1 reserves only. Kosovo has XK, as in phone numbers."""
_ALIASES: Mapping[str, str] = {
    # other names in use, and names of before
    "america": "US",
    "united states of america": "US",
    "etats unis d amerique": "US",
    "great britain": "GB",
    "grande bretagne": "GB",
    "united kingdom of great britain and northern ireland": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "angleterre": "GB",
    "ecosse": "GB",
    "uae": "AE",
    "emirates": "AE",
    "ksa": "SA",
    "holland": "NL",
    "hollande": "NL",
    "kingdom of the netherlands": "NL",
    "czech republic": "CZ",
    "republique tcheque": "CZ",
    "turkey": "TR",
    "ivory coast": "CI",
    "cabo verde": "CV",
    "swaziland": "SZ",
    "macedonia": "MK",
    "macedoine": "MK",
    "burma": "MM",
    "birmanie": "MM",
    "myanmar": "MM",
    "east timor": "TL",
    "timor oriental": "TL",
    "hong kong": "HK",
    "macao": "MO",
    "macau": "MO",
    "palestine": "PS",
    "state of palestine": "PS",
    "vatican": "VA",
    "holy see": "VA",
    "saint siege": "VA",
    "republic of korea": "KR",
    "democratic people s republic of korea": "KP",
    "democratic republic of the congo": "CD",
    "democratic republic of congo": "CD",
    "dr congo": "CD",
    "drc": "CD",
    "rdc": "CD",
    "republique democratique du congo": "CD",
    "republic of the congo": "CG",
    "republique du congo": "CG",
    "viet nam": "VN",
    "russian federation": "RU",
    "lao people s democratic republic": "LA",
    "syrian arab republic": "SY",
    "islamic republic of iran": "IR",
    "united republic of tanzania": "TZ",
    "republic of moldova": "MD",
    "plurinational state of bolivia": "BO",
    "bolivarian republic of venezuela": "VE",
    "brunei darussalam": "BN",
    "taiwan province of china": "TW",
    "federated states of micronesia": "FM",
    "falkland islands malvinas": "FK",
    "sint maarten dutch part": "SX",
    "saint martin french part": "MF",
    "bonaire sint eustatius and saba": "BQ",
    "virgin islands british": "VG",
    "virgin islands u s": "VI",
    "us virgin islands": "VI",
}
_SEVERAL: Mapping[str, tuple[str, ...]] = {
    "congo": ("CD", "CG"),
    "korea": ("KP", "KR"),
    "coree": ("KP", "KR"),
    "virgin islands": ("VG", "VI"),
    "iles vierges": ("VG", "VI"),
}
"""Names of several countries: of one that is meant, the file must say which."""
_WORDS = {"saint": "st", "sainte": "st", "ste": "st", "et": "and"}
_ARTICLE = re.compile(r"^(?:the|la|le|les|l) (?=.)")
_APART = re.compile(r"[^a-z0-9]+")


def parse_country(text: str) -> str:
    """The code of a country that is given by its name or code.

    Raises `Refused` (`country_unknown`, `country_ambiguous`), which says the name.
    """
    found = _named().get(_plain(text))
    if found is None and text.count(",") == 1:  # "Korea, South"
        found = _named().get(_plain(" ".join(reversed(text.split(",")))))
    if found is None:
        raise Refused.because("country_unknown", country=text.strip())
    if len(found) > 1:
        raise Refused.because("country_ambiguous", country=text.strip(), codes=", ".join(sorted(found)))
    (code,) = found
    return code


def parse_countries(names: Iterable[str]) -> tuple[str, ...]:
    """The codes of these countries, each once and sorted. Raises `Refused` with every name that is none."""
    codes: set[str] = set()
    refusals: list[Refusal] = []
    for name in names:
        try:
            codes.add(parse_country(name))
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(*refusals)
    return tuple(sorted(codes))


def country_name(code: str, language: Language) -> str:
    """The name of a country in this language; the code itself if it has none."""
    return _names(language).get(code, code)


def country_names(codes: Iterable[str], language: Language) -> list[str]:
    """The names of these countries in this language, sorted."""
    return sorted((country_name(code, language) for code in codes), key=_plain)


@cache
def all_countries() -> frozenset[str]:
    """The codes of all countries."""
    return frozenset(_names(Language.EN))


@cache
def _names(language: Language) -> Mapping[str, str]:
    from babel import Locale  # noqa: PLC0415  takes long to import, and few commands need it

    territories = Locale.parse(language.value).territories
    none = _NO_COUNTRIES | _PARTS
    return {code: name for code, name in territories.items() if len(code) == 2 and code not in none}


@cache
def _named() -> Mapping[str, frozenset[str]]:
    """The countries of each name and code, as `_plain` writes it. A name of Babel precedes an alias."""
    from babel.core import get_global  # noqa: PLC0415

    found: dict[str, set[str]] = defaultdict(set)
    for language in Language:
        for code, name in _names(language).items():
            found[_plain(name)].add(code)
    for code in all_countries():
        found[code.lower()] = {code}
    for alias, codes in get_global("territory_aliases").items():
        if alias.isalpha() and len(codes) == 1 and codes[0] in all_countries():  # USA, UK
            found.setdefault(alias.lower(), {codes[0]})
    for alias, code in _ALIASES.items():
        found.setdefault(_plain(alias), {code})
    for name, several in _SEVERAL.items():
        found[_plain(name)] = set(several)
    return {name: frozenset(codes) for name, codes in found.items()}


def _plain(name: str) -> str:
    """The name in small letters without accents, punctuation and article, with one blank between words."""
    expanded = name.lower().replace("&", " and ").replace("\u0131", "i").replace("ø", "o")
    apart = unicodedata.normalize("NFKD", expanded)
    letters = "".join(character for character in apart if not unicodedata.combining(character))
    words = _APART.sub(" ", letters).split()
    if len(words) == 1:  # "ET" is Ethiopia
        return words[0]
    return _ARTICLE.sub("", " ".join(_WORDS.get(word, word) for word in words))
