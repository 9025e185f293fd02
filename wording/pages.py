"""The texts of the portal's pages in every language: `pages/<language>.toml`, and of pages of one subject
`pages/<subject>.<language>.toml`. No two files have a table of the same name.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.language import Language
from wording.french.spaces import spaced

TEXTS = Path(__file__).parent / "pages"
PageTexts = Mapping[str, Any]


@cache
def page_texts(language: Language) -> PageTexts:
    """All texts of pages in this language."""
    files = [TEXTS / f"{language}.toml", *sorted(TEXTS.glob(f"*.{language}.toml"))]
    loaded: dict[str, Any] = {}
    for file in files:
        tables = tomllib.loads(file.read_text("utf-8"))
        if twice := loaded.keys() & tables.keys():
            raise ValueError(f"{file.name} has a table that another file has: {', '.join(sorted(twice))}")
        loaded |= tables
    return spaced(loaded) if language is Language.FR else loaded
