"""A call as it is sent and answered, without the connection that sends it."""

import os
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, final
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from esim_orders_client.errors import ConfigurationError, NotFoundError, UnexpectedAnswerError
from esim_orders_client.version import __version__

Answer = TypeVar("Answer")
ROOT = "/api/v1"
URL_VARIABLE = "ESIM_ORDERS_URL"
KEY_VARIABLE = "ESIM_ORDERS_API_KEY"
_LOCAL = ("localhost", "127.0.0.1", "::1")


@final
class Omit:
    """The type of `OMIT`: an argument that was not given, which is not the same as None."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "OMIT"


OMIT: Final = Omit()
File = Path | tuple[str, bytes]
"""A file that is sent: its path, or its name and what is in it."""


@dataclass(frozen=True)
class Call:
    """One call. `key` is its idempotency key: the same at every try."""

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = OMIT
    form: Mapping[str, object] | None = None
    key: str | None = None
    accept: str = "application/json"

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The query; what was not given is left out, lists are repeated."""
        return tuple(
            (name, _plain(each))
            for name, value in self.query.items()
            for each in (value if isinstance(value, (list, tuple)) else [value])
            if each is not None
        )

    def content(self) -> dict[str, Any]:
        """The arguments of the HTTP client for what is sent."""
        if self.form is not None:
            given = {name: value for name, value in self.form.items() if value is not OMIT}
            files = {name: _read(value) for name, value in given.items() if isinstance(value, (Path, tuple))}
            return {"files": files, "data": {name: _plain(given[name]) for name in given.keys() - files}}
        return {} if self.body is OMIT else {"json": self.body}

    def headers(self) -> dict[str, str]:
        """The headers of this call alone."""
        return {"Accept": self.accept} | ({"Idempotency-Key": self.key} if self.key else {})

    def deleted(self, error: Exception) -> bool:
        """Whether the API says that what this call deletes is not there: after a try whose answer was lost,
        that try deleted it.
        """
        return self.method == "DELETE" and isinstance(error, NotFoundError) and bool(error.code)


def body_of(fields: Mapping[str, object], *, required: bool = True) -> object:
    """A JSON body from the arguments that were given."""
    given = {name: to_json(value) for name, value in fields.items() if value is not OMIT}
    return given if given or required else OMIT


def to_json(value: object) -> object:
    """A value as JSON; fields of models that are None are left out."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [to_json(each) for each in value]
    return to_jsonable_python(value)


def path_of(*parts: str, **names: object) -> str:
    """The path of a record: each name in it is escaped, and refused where it would lead to another path."""
    made = []
    for part in parts:
        value = _plain(names[part[1:-1]]) if part.startswith("{") else part
        if value in {"", ".", ".."}:
            raise ValueError(f"{part[1:-1]} must name a record: {value!r} does not.")
        made.append(quote(value, safe=""))
    return "/" + "/".join(made)


def new_key(key: str | None, *, dry_run: bool = False) -> str | None:
    """The caller's idempotency key, else one that no other call has."""
    return None if dry_run else key or str(uuid.uuid4())


def read(answer: type[Answer], content: bytes) -> Answer:
    """An answer as this type. Raises `UnexpectedAnswerError`."""
    try:
        adapter: TypeAdapter[Answer] = _adapter(answer)  # type: ignore[arg-type]
        return adapter.validate_json(content)
    except ValidationError as wrong:
        raise UnexpectedAnswerError(f"The answer is not {answer}: {wrong}") from None


@dataclass(frozen=True)
class Access:
    """Where the API is, and who calls."""

    base_url: str
    api_key: str = field(repr=False)
    account: str | None = None
    user: str | None = None
    language: str | None = None

    @classmethod
    def of(
        cls, base_url: str | None, api_key: str | None, *, allow_http: bool = False, **whom: str | None
    ) -> "Access":
        """From the arguments, else from the environment. Raises `ConfigurationError`."""
        url = base_url or os.environ.get(URL_VARIABLE, "")
        key = api_key or os.environ.get(KEY_VARIABLE, "")
        if not url:
            raise ConfigurationError(f"Give base_url, or set {URL_VARIABLE}.")
        if not key:
            raise ConfigurationError(f"Give api_key, or set {KEY_VARIABLE}.")
        wrong = _wrong(url, allow_http=allow_http)
        if wrong:
            raise ConfigurationError(wrong)
        root = url.rstrip("/")
        return cls(root if root.endswith(ROOT) else root + ROOT, key.strip(), **whom)

    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        named = {
            "Authorization": f"Bearer {self.api_key}",
            "User-Agent": f"esim-orders-client/{__version__} python/{platform.python_version()}",
            "Accept-Language": self.language,
            "Esim-Account": self.account,
            "Esim-User": self.user,
        }
        return {name: value for name, value in named.items() if value}


def _wrong(url: str, *, allow_http: bool) -> str | None:
    """Why this is not the address of a portal. The address is not repeated: it may have a password in it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "base_url is not the address of a portal, such as https://portal.example."
    if "@" in parts.netloc or "?" in url or "#" in url:
        return "base_url has a user, a query or a fragment: give the portal's address alone."
    if parts.scheme == "http" and not allow_http and parts.hostname not in _LOCAL:
        return "base_url is http: the key would be readable on its way. Use https, or allow_http=True."
    return None


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(_scalar(to_jsonable_python(value)))


def _scalar(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _read(file: File) -> tuple[str, bytes]:
    """A file is read whole before the first try, so that it can be sent again."""
    return file if isinstance(file, tuple) else (file.name, file.read_bytes())


@cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)
