"""Encryption of Temporal payloads, for operators who may not store even ids in another company's service.

    keys = PayloadKeys("new:<base64>,old:<base64>")    newest first: the first encrypts, all decrypt
    converter = data_converter(keys)

Without keys payloads are plain JSON. With keys, a payload is encrypted whole (`store.key_ring`), so its own
metadata is encrypted and authenticated too; only the key's id is readable. Plain payloads are still read, so
keys can be added while orders are open. With `plain` in the place of the first key nothing is encrypted and
all is decrypted: so keys are added to many processes one after another, and removed again.

A payload that cannot be decrypted fails the workflow *task*, not the workflow: the order is blocked, shows
why, and continues once the key is back. So the error is no `ApplicationError`, and there is a codec even
where there are no keys: a signal that the converter cannot read would be dropped. See docs/encryption.md.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from google.protobuf.message import DecodeError, Message
from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadCodec, PayloadConverter

from models.errors import DecryptionFailed
from models.invalid_input import input_invalid
from store.key_ring import KeyRing, KeySetting
from workflows.failures import refused

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
KEY_ID = "encryption-key-id"
PLAIN = "plain"
PAYLOADS = KeySetting(
    "ESIM_PAYLOAD_KEYS", "A payload", "; the workflow then continues by itself", required=False
)


class PayloadKeys:
    """The keys of one process, and whether new payloads are encrypted. Its `repr` shows their ids only."""

    def __init__(self, keys: str) -> None:
        """Raises `Refused` (`keys_invalid`)."""
        entries = [entry.strip() for entry in keys.split(",") if entry.strip()]
        is_plain = entries[:1] == [PLAIN]
        self._ring = KeyRing(",".join(entries[is_plain:]), PAYLOADS)
        self._encrypts = bool(self._ring.ids) and not is_plain

    def __repr__(self) -> str:
        return f"PayloadKeys({self._ring})"

    @property
    def encrypts(self) -> bool:
        """Whether new payloads are encrypted."""
        return self._encrypts

    @property
    def decrypts(self) -> bool:
        """Whether there are keys at all."""
        return bool(self._ring.ids)

    def encrypt(self, payload: Payload) -> Payload:
        """Encrypt the payload with the first key; unchanged where new payloads are not encrypted."""
        if not self._encrypts:
            return payload
        key_id = self._ring.ids[0].encode()
        return Payload(
            metadata={"encoding": ENCODING, KEY_ID: key_id, "encryption-cipher": CIPHER},
            data=self._ring.encrypt(_use(key_id), payload.SerializeToString()),
        )

    def decrypt(self, payload: Payload) -> Payload:
        """Decrypt the payload; unchanged where it is not encrypted. Raises `DecryptionFailed`."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        content = self._ring.decrypt(_use(payload.metadata.get(KEY_ID, b"")), payload.data)
        try:
            return Payload.FromString(content)
        except DecodeError:
            raise DecryptionFailed("The decrypted bytes are not a payload.") from None


def _use(key_id: bytes) -> str:
    """The readable metadata, which is authenticated together with the encrypted bytes."""
    return f"payload of {key_id!r}"


class EncryptedPayloads(PayloadCodec):
    """The codec: encrypts payloads that leave the process and decrypts those that come in."""

    def __init__(self, keys: PayloadKeys) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each."""
        return [self._keys.encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt each. Raises `DecryptionFailed`."""
        return [self._keys.decrypt(payload) for payload in payloads]


class JsonPayloads(PydanticPayloadConverter):
    """Reads what any SDK may send without ever blocking a workflow (W4, S9).

    Where a message is expected, any other payload (bytes, null, protobuf, an unknown encoding) is refused
    like JSON that is not valid. Where no type is expected, as in the handlers of workflows, an unreadable
    payload becomes a `RawValue`, which `workflows.starts` refuses.
    """

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type[Any]] | None = None
    ) -> list[Any]:
        """Convert each payload to its type. Raises `ValidationError`."""
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
        if _is_protobuf(expected):  # a message of Temporal itself
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
    """Names the invalid fields of an input; a `ValidationError` itself would quote their values (S9)."""

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Convert the failure to what is stored."""
        if isinstance(exception, ValidationError):
            exception = refused(input_invalid(exception))
        super().to_failure(exception, payload_converter, failure)


class EncryptedFailures(Failures):
    """Moves messages and stack traces into a payload, which is then encrypted.

    The failure that says which key is missing stays readable: a process without that key could not decrypt
    it.
    """

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)
        self._readable = DefaultFailureConverter()

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Convert the failure to what is stored."""
        if isinstance(exception, DecryptionFailed):
            self._readable.to_failure(exception.with_traceback(None), payload_converter, failure)
        else:
            super().to_failure(exception, payload_converter, failure)


def data_converter(keys: PayloadKeys) -> DataConverter:
    """The data converter of all processes: pydantic's JSON, encrypted where there are keys."""
    return DataConverter(
        payload_converter_class=JsonPayloads,
        payload_codec=EncryptedPayloads(keys),
        failure_converter_class=EncryptedFailures if keys.encrypts else Failures,
    )
