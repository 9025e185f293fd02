"""What a job was made with, encrypted as one: the file, or the rows as JSON, and what headings mean (R12).

A mapping can give all rows a value, such as a confirmation code, so it is as secret as the file.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.secrets import input_of

if TYPE_CHECKING:  # cryptography takes long to import, and lists need none
    from store.key_ring import KeyRing


def encrypted(keys: "KeyRing", job_id: int, content: bytes, mapping: Sequence[str]) -> bytes:
    """The value of `JobRow.input`: the mapping in a line of its own, and the content after it."""
    return keys.encrypt(input_of(job_id), json.dumps([*mapping]).encode() + b"\n" + content)


def decrypted(keys: "KeyRing", job_id: int, value: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The content and the mapping. Raises `DecryptionFailed`."""
    mapping, _, content = keys.decrypt(input_of(job_id), value).partition(b"\n")
    return content, tuple(json.loads(mapping))
