"""What travels through Temporal, sealed: for those who may not keep even ids in another's hands.

    keys = PayloadKeys("new:<base64>,old:<base64>")    AES-256, newest first: the first seals, all open
    converter = data_converter(keys)

Without keys payloads are what they always were. With keys, a payload is sealed whole, so its own metadata
is hidden and authenticated too; the key's id stands beside it and is authenticated with it. What was not
sealed is still read, so keys can be added while orders are open. `plain` in the place of the first key seals
nothing and opens all: that is how they are added to many processes one after another, and taken away again.

A payload that cannot be opened fails the workflow *task*, not the workflow: the order stalls, says why, and
goes on once the key is back. So the error is no `ApplicationError`, and there is a codec even where there are
no keys: a signal that only the converter could not read would be dropped. See docs/encryption.md.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError, Message
from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadCodec, PayloadConverter

from models.errors import EsimError, Refused
from models.invalid_input import input_invalid
from workflows.failures import refused

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
KEY_ID = "encryption-key-id"
PLAIN = "plain"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_KEY_BYTES = 32
_NONCE_BYTES = 12


class PayloadUnreadable(EsimError):
    """A payload does not open. Its sentence names the key at most, so it may be read by everybody."""


class PayloadKeys:
    """The keys of one process. Its `repr` shows their ids only."""

    def __init__(self, keys: str) -> None:
        """Raises `Refused` (`payload_keys_invalid`)."""
        names = [name.strip() for name in keys.split(",") if name.strip()]
        self._seals = bool(names) and names[0] != PLAIN
        entries = names if self._seals else names[1:]
        self._ciphers: Mapping[str, AESGCM] = dict(map(_read, entries))
        if len(self._ciphers) != len(entries):
            raise _invalid()

    def __repr__(self) -> str:
        return f"PayloadKeys({', '.join(self._ciphers)})"

    @staticmethod
    def new_key() -> str:
        """A key nobody has, with an id that tells its day."""
        name = f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(2)}"
        return f"{name}:{base64.b64encode(AESGCM.generate_key(8 * _KEY_BYTES)).decode()}"

    @property
    def seals(self) -> bool:
        """Whether new payloads are sealed."""
        return self._seals

    @property
    def opens(self) -> bool:
        """Whether there are keys at all."""
        return bool(self._ciphers)

    def seal(self, payload: Payload) -> Payload:
        """The payload under the first key; as it is where new ones are not sealed."""
        if not self._seals:
            return payload
        name, cipher = next(iter(self._ciphers.items()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, payload.SerializeToString(), _beside(name.encode()))
        return Payload(
            metadata={"encoding": ENCODING, KEY_ID: name.encode(), "encryption-cipher": CIPHER}, data=sealed
        )

    def open(self, payload: Payload) -> Payload:
        """The payload that was sealed; as it is where it was not. Raises `PayloadUnreadable`."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get(KEY_ID, b"")
        cipher = self._ciphers.get(name.decode("ascii", "replace"))
        if cipher is None:
            raise PayloadUnreadable(_unknown_key(name))
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(cipher.decrypt(nonce, sealed, _beside(name)))
        except (InvalidTag, ValueError, DecodeError):
            raise PayloadUnreadable(
                f"A payload does not open with the key {name.decode()}: it was changed after it was sealed, "
                "or ESIM_PAYLOAD_KEYS has another key under this id."
            ) from None


def _read(entry: str) -> tuple[str, AESGCM]:
    name, _, spelled = entry.partition(":")
    try:
        key = base64.b64decode(spelled.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid() from None
    if name == PLAIN or not _NAME.fullmatch(name) or len(key) != _KEY_BYTES:
        raise _invalid()
    return name, AESGCM(key)


_URL_SAFE = str.maketrans("-_", "+/")


def _invalid() -> Refused:
    return Refused.because("payload_keys_invalid")


def _unknown_key(name: bytes) -> str:
    spelled = name.decode("ascii", "replace")
    known = spelled if _NAME.fullmatch(spelled) else "of no valid name"
    return (
        f"A payload is sealed with the key {known}, which this process does not have: add it to "
        "ESIM_PAYLOAD_KEYS of every process and start them again; the workflow then goes on by itself."
    )


def _beside(name: bytes) -> bytes:
    """What stands beside the sealed bytes and is authenticated with them."""
    return ENCODING + b"\0" + CIPHER + b"\0" + name


class SealedPayloads(PayloadCodec):
    """Seals what leaves the process and opens what comes in."""

    def __init__(self, keys: PayloadKeys) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each."""
        return [self._keys.seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open each. Raises `PayloadUnreadable`."""
        return [self._keys.open(payload) for payload in payloads]


class JsonPayloads(PydanticPayloadConverter):
    """Reads what any SDK may send without ever blocking a workflow (W4, S9).

    What is expected to be a message and is none, be it bytes, null, protobuf or an unknown encoding, is
    refused like JSON that does not fit. Where no type is expected, as in the handlers of workflows, what
    cannot be read is handed on as it came, for `workflows.starts` to refuse.
    """

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type[Any]] | None = None
    ) -> list[Any]:
        """The values, each of its type. Raises `ValidationError`."""
        return [self._read(*each) for each in zip_longest(payloads, type_hints or ())]

    def _read(self, payload: Payload, expected: type[Any] | None) -> Any:
        try:
            (value,) = super().from_payloads([payload], None if expected is None else [expected])
        except (ValueError, TypeError, LookupError, RuntimeError) as unreadable:
            if expected is None:
                return RawValue(payload)
            raise _invalid_input(unreadable) from None
        if expected in (None, RawValue) or payload.metadata.get("encoding") == _JSON:
            return value
        if _is_protobuf(expected):  # Temporal's own
            return value
        return TypeAdapter(expected).validate_python(value, strict=True)


_JSON = b"json/plain"


def _is_protobuf(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, Message)


def _invalid_input(unreadable: Exception) -> ValidationError:
    if isinstance(unreadable, ValidationError):
        return unreadable
    not_json = PydanticCustomError("json_invalid", "It is not JSON.")
    return ValidationError.from_exception_data("input", [InitErrorDetails(type=not_json, input=None)])


class Failures(DefaultFailureConverter):
    """Names the fields of an input that are not valid; a validation error's own message quotes them (S9)."""

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """The failure as it is stored."""
        if isinstance(exception, ValidationError):
            exception = refused(input_invalid(exception))
        super().to_failure(exception, payload_converter, failure)


class SealedFailures(Failures):
    """Puts messages and stack traces into a payload, which is then sealed.

    Except the one that says which key is missing: whoever needs it cannot open it.
    """

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)
        self._readable = DefaultFailureConverter()

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """The failure as it is stored."""
        if isinstance(exception, PayloadUnreadable):
            self._readable.to_failure(exception.with_traceback(None), payload_converter, failure)
        else:
            super().to_failure(exception, payload_converter, failure)


def data_converter(keys: PayloadKeys) -> DataConverter:
    """How all processes spell what they tell Temporal: pydantic's JSON, sealed where there are keys."""
    return DataConverter(
        payload_converter_class=JsonPayloads,
        payload_codec=SealedPayloads(keys),
        failure_converter_class=SealedFailures if keys.seals else Failures,
    )
