"""The key ring encrypts and decrypts secrets at rest and in Temporal; its keys are rotated without downtime.

    ring = KeyRing("new:<base64>,old:<base64>")    AES-256, newest first: the first encrypts, all decrypt
    encrypted = ring.encrypt("code of S-12, version 1", b"...")
    ring.decrypt("code of S-12, version 1", encrypted)

AES-GCM with a random nonce. The associated data names the record and the use of the content, so a value that
is copied to another record cannot be decrypted there. An encrypted value begins with the id of its key:

    format 1 (1 byte), length of the id (1), id, check value of the key (4), nonce (12), ciphertext with tag

The check value detects a process that has a different key under the same id: its digests must not be compared
with those of the other processes. Everything before the nonce is authenticated too.

To rotate the key: append the new key to the ring of every process, then put it first in every process, then
reencrypt (`store.reencryption`), and only then remove the old key.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import DecryptionFailed, Refused, UnknownKey

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_RESERVED = frozenset({"plain"})
"""`plain` in front of the payload keys means that nothing is encrypted yet."""
_KEY_BYTES = 32
_NONCE_BYTES = 12
_CHECK_BYTES = 4
LONGEST_HEADER = 2 + 32 + _CHECK_BYTES
"""Bytes in front of the nonce: format, length of the id, the longest id, check value."""
_FORMAT = b"\x01"
_FINGERPRINTS = b"esim-orders: fingerprints of profiles"
_CHECK = b"esim-orders: check value of a key"
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class KeySetting:
    """Which setting the keys come from, and the words of the error message when one is missing."""

    name: str
    content: str
    once_added: str = ""
    required: bool = True
    """Whether a process without any key refuses to encrypt and decrypt (`secret_keys_missing`)."""


CODES = KeySetting("ESIM_SECRET_KEYS", "A QR code or its file")


class _Key:
    """One key. Only its id is public."""

    def __init__(self, entry: str) -> None:
        """Raises `ValueError`."""
        self.id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded.translate(_URL_SAFE), validate=True)
        except binascii.Error as invalid:
            raise ValueError from invalid
        if not _ID.fullmatch(self.id) or self.id in _RESERVED or len(key) != _KEY_BYTES:
            raise ValueError
        self.cipher = AESGCM(key)
        self.digest_key = hmac.digest(key, _FINGERPRINTS, hashlib.sha256)
        name, check = self.id.encode(), hmac.digest(key, _CHECK, hashlib.sha256)[:_CHECK_BYTES]
        self.header = _FORMAT + len(name).to_bytes(1) + name + check


class KeyRing:
    """The keys of one process and purpose. Its `repr` shows their ids only."""

    def __init__(self, keys: str, setting: KeySetting = CODES) -> None:
        """Raises `Refused` (`keys_invalid`)."""
        entries = [entry.strip() for entry in keys.split(",") if entry.strip()]
        self._setting = setting
        try:
            self._keys = {key.id: key for key in map(_Key, entries)}
        except ValueError:
            raise self._invalid() from None
        if len(self._keys) != len(entries):
            raise self._invalid()

    def __repr__(self) -> str:
        return f"KeyRing({self._setting.name}: {', '.join(self._keys)})"

    @staticmethod
    def new_key() -> str:
        """A new random key, as an entry of the settings; its id begins with today's date."""
        key_id = f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(2)}"
        return f"{key_id}:{base64.b64encode(AESGCM.generate_key(8 * _KEY_BYTES)).decode()}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, the one that encrypts first."""
        return tuple(self._keys)

    def encrypt(self, use: str, content: bytes) -> bytes:
        """Encrypt content with the first key. It can be decrypted for the same `use` only."""
        self._require()
        first = next(iter(self._keys.values()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return first.header + nonce + first.cipher.encrypt(nonce, content, first.header + use.encode())

    def decrypt(self, use: str, encrypted: bytes) -> bytes:
        """Decrypt what was encrypted for this `use`. Raises `UnknownKey`, `DecryptionFailed`."""
        self._require()
        key = self._key_of(encrypted)
        nonce_end = len(key.header) + _NONCE_BYTES
        nonce, ciphertext = encrypted[len(key.header) : nonce_end], encrypted[nonce_end:]
        try:
            return key.cipher.decrypt(nonce, ciphertext, key.header + use.encode())
        except (InvalidTag, ValueError):
            raise DecryptionFailed(
                f"{self._setting.content} cannot be decrypted with the key {key.id}: it was changed, or "
                "moved to another record, after it was encrypted."
            ) from None

    def require_key_of(self, encrypted: bytes) -> None:
        """Raise `UnknownKey` unless the ring has the key that this is encrypted with."""
        self._require()
        self._key_of(encrypted)

    def is_current(self, encrypted: bytes) -> bool:
        """Whether this is encrypted with the first key, so that it need not be encrypted again."""
        self._require()
        return encrypted.startswith(next(iter(self._keys.values())).header)

    def fingerprints(self, profile: str) -> tuple[bytes, ...]:
        """Keyed digests (HMAC-SHA256) that recognise two codes for one profile: one a key, newest first.

        The first is stored, a look-up compares all. Without the keys, codes cannot be guessed.
        """
        self._require()
        return tuple(
            hmac.digest(key.digest_key, profile.encode(), hashlib.sha256) for key in self._keys.values()
        )

    def id_of_key(self, encrypted: bytes) -> str:
        """The id of the key that this is encrypted with, also of one that the ring lacks. The part in front
        of the nonce is enough.

        Raises `Refused` (`secret_keys_missing`), and `DecryptionFailed` if it names no key.
        """
        self._require()
        id_end = 2 + (encrypted[1] if len(encrypted) > 1 else 0)
        key_id = encrypted[2:id_end].decode("ascii", "replace")
        if encrypted[:1] != _FORMAT or not _ID.fullmatch(key_id):
            raise DecryptionFailed(f"{self._setting.content} is damaged: it does not name its key.")
        return key_id

    def _key_of(self, encrypted: bytes) -> _Key:
        """The key that this is encrypted with. Raises `UnknownKey`; `DecryptionFailed` if it names none."""
        key_id = self.id_of_key(encrypted)
        key = self._keys.get(key_id)
        if key is None or not encrypted.startswith(key.header):
            raise UnknownKey(self._missing(key_id, other=key is not None))
        return key

    def _missing(self, key_id: str, *, other: bool) -> str:
        content, setting = self._setting.content, self._setting.name
        if other:
            return (
                f"{content} is encrypted with the key {key_id}, but {setting} of this process has another "
                "key under this id: compare it with the other processes. If all have this, it was changed."
            )
        return (
            f"{content} is encrypted with the key {key_id}, which this process does not have: "
            f"add it to {setting} of every process and restart them{self._setting.once_added}."
        )

    def _require(self) -> None:
        if self._setting.required and not self._keys:
            raise Refused.because("secret_keys_missing")

    def _invalid(self) -> Refused:
        return Refused.because("keys_invalid", setting=self._setting.name)
