"""How a person is found in texts that others wrote: by the address and the full name."""

import re
import unicodedata
from collections.abc import Collection

_BLANKS = f"[{''.join(re.escape(chr(code)) for code in range(0x3001) if chr(code).isspace())}]+"
"""What may stand between two words of a name in a text: blanks of any width, and line breaks."""


def mentions(names: Collection[str], address: str | None) -> list[str]:
    """Regular expressions that find the person's address and full names in a text that is in Unicode NFC.

    A longer address (`rx@quill.example.com`) is another one. A single word, such as Orders, may mean
    anything.
    """
    spelled = (_nfc(name).split() for name in sorted(names))
    found = [rf"(?<!\w){_BLANKS.join(map(re.escape, words))}(?!\w)" for words in spelled if len(words) > 1]
    if address:
        found.append(rf"(?<![\w.+-]){re.escape(_nfc(address))}(?![\w-]|\.\w)")
    return found


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
