"""The texts of the portal's pages in every language: `pages/<language>.toml`, and one file for each subject,
`pages/<subject>.<language>.toml`, whose tables no other file has.
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
    loaded: dict[str, Any] = {}
    for file in (TEXTS / f"{language}.toml", *sorted(TEXTS.glob(f"*.{language}.toml"))):
        loaded |= tomllib.loads(file.read_text("utf-8"))
    return spaced(loaded) if language is Language.FR else loaded
