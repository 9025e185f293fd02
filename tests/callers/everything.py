"""Everything that an answer holds: texts, fields that its `repr` leaves out, and what pictures in it say."""

import base64
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel

from models.errors import Refused
from tests.qr.scanner import scan

_DATA_URI = re.compile(r"data:image/[a-z+]+;base64,([A-Za-z0-9+/=]+)")


def everything(answer: Any) -> Iterator[str]:
    """Every text that can be read from an answer, a failure included."""
    yield str(answer)
    yield repr(answer)
    if isinstance(answer, str):
        yield from (text for found in _DATA_URI.findall(answer) for text in pictured(base64.b64decode(found)))
    elif isinstance(answer, bytes):
        yield answer.decode(errors="replace")
        yield from pictured(answer)
    elif isinstance(answer, BaseException):
        yield from everything(list(answer.args))
        yield from everything(list(answer.refusals) if isinstance(answer, Refused) else [])
    elif isinstance(answer, BaseModel):
        yield answer.model_dump_json()
        yield from everything(dict(answer.__dict__))
    elif is_dataclass(answer) and not isinstance(answer, type):
        yield from everything({field.name: getattr(answer, field.name) for field in fields(answer)})
    elif isinstance(answer, Mapping):
        for name, value in answer.items():
            yield from everything(name)
            yield from everything(value)
    elif isinstance(answer, list | tuple | set | frozenset):
        for part in answer:
            yield from everything(part)


def pictured(content: bytes) -> list[str]:
    """What a phone reads from a picture; nothing if this is none."""
    try:
        return scan(Image.open(io.BytesIO(content)))
    except UnidentifiedImageError:
        return []
