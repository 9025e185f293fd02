"""Codes and files at rest: sealed under a ring of keys that can be changed without anybody waiting.

    ring = KeyRing("new,old")        Fernet keys, newest first: the first seals, all open
    sealed = ring.seal("code of S-12", b"...")
    ring.open("code of S-12", sealed)

What is sealed remembers what it is, so a value that was moved to another record in the database does not
open there. To change the key: append the new key to the ring of every process, then put it first in every
process, then seal everything anew (`store.codes.codes.reseal`), and only then leave the old key out. A
process that does not know a key in use can neither open what it sealed nor see that a code is taken.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from models.errors import EsimError, Refused

_LENGTH_OF_CONTEXT = 2
_FINGERPRINTS = b"esim-orders: fingerprints of profiles"


class SecretUnreadable(EsimError):
    """What is sealed does not open: its key is not in the ring, or it is not what should be here."""


class KeyRing:
    """The keys of one process. Its `repr` shows nothing of them.

    Without keys nothing can be sealed or opened: the calls raise `Refused` (`secret_keys_missing`).
    """

    def __init__(self, keys: str) -> None:
        """Raises `Refused` (`secret_keys_invalid`) where a key is not a Fernet key."""
        spelled = [key.strip().encode() for key in keys.split(",") if key.strip()]
        try:
            self._fernets = [Fernet(key) for key in spelled]
        except ValueError:
            raise Refused.because("secret_keys_invalid") from None
        keys_themselves = map(base64.urlsafe_b64decode, spelled)
        self._digest_keys = [hmac.digest(key, _FINGERPRINTS, hashlib.sha256) for key in keys_themselves]

    def __repr__(self) -> str:
        return f"KeyRing(<{len(self._fernets)}>)"

    @staticmethod
    def new_key() -> str:
        """A key nobody has."""
        return Fernet.generate_key().decode("ascii")

    def seal(self, context: str, content: bytes) -> bytes:
        """Content that only this ring opens, and only as what `context` says it is."""
        self._check()
        name = context.encode()
        return self._fernets[0].encrypt(len(name).to_bytes(_LENGTH_OF_CONTEXT) + name + content)

    def open(self, context: str, sealed: bytes) -> bytes:
        """What was sealed. Raises `SecretUnreadable`."""
        self._check()
        return _unpacked(MultiFernet(self._fernets), context, sealed)

    def knows(self, sealed: bytes) -> bool:
        """Whether one of the keys is that which this was sealed with."""
        self._check()
        try:
            MultiFernet(self._fernets).decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def newest(self, context: str, sealed: bytes) -> bool:
        """Whether the first key opens it, so that it needs no new sealing."""
        self._check()
        try:
            _unpacked(self._fernets[0], context, sealed)
        except SecretUnreadable:
            return False
        return True

    def fingerprints(self, profile: str) -> tuple[bytes, ...]:
        """Digests that tell whether two codes stand for the same profile, under each key, newest first.

        Stored is the first; looked up are all. Without the keys nobody can try codes against them.
        """
        self._check()
        return tuple(hmac.digest(key, profile.encode(), hashlib.sha256) for key in self._digest_keys)

    def _check(self) -> None:
        if not self._fernets:
            raise Refused.because("secret_keys_missing")


def _unpacked(key: Fernet | MultiFernet, context: str, sealed: bytes) -> bytes:
    try:
        opened = key.decrypt(sealed)
    except InvalidToken:
        sentence = "A QR code or its file cannot be opened with the keys of this process."
        raise SecretUnreadable(sentence) from None
    start = _LENGTH_OF_CONTEXT + int.from_bytes(opened[:_LENGTH_OF_CONTEXT])
    if opened[_LENGTH_OF_CONTEXT:start] != context.encode():
        sentence = "A QR code or its file belongs to another SIM: the database was changed by hand."
        raise SecretUnreadable(sentence)
    return opened[start:]


def code_of(sim_id: int, version: int) -> str:
    """The context of a version's code."""
    return f"code of S-{sim_id}, version {version}"


def file_of(sim_id: int, version: int) -> str:
    """The context of the file that a version's code was read from."""
    return f"file of S-{sim_id}, version {version}"


def uploaded(upload_id: str, what: str) -> str:
    """The context of a code or file that was checked and is not sent yet."""
    return f"{what} of upload {upload_id}"
