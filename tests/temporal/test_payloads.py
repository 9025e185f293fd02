"""Payloads are encrypted with the first key, decrypted with all, and refused where anything changed."""

import base64
import hashlib
import itertools

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from models.errors import DecryptionFailed, Refused, UnknownKey
from store.key_ring import KeyRing
from temporal.payloads import PayloadKeys, data_converter

SECRET = "Sentinella"
PLAIN = Payload(metadata={"encoding": b"json/plain", "of": SECRET.encode()}, data=f'"{SECRET}"'.encode())


_numbers = itertools.count()


def key(name: str) -> str:
    """Another one each time; the same in every process, since tests are named after them."""
    return f"{name}:{base64.b64encode(hashlib.sha256(bytes([next(_numbers)])).digest()).decode()}"


OLD, NEW = key("old"), key("new")


@pytest.fixture
def encrypted() -> Payload:
    return PayloadKeys(OLD).encrypt(PLAIN)


def test_what_is_encrypted_is_decrypted_and_shows_nothing(encrypted: Payload) -> None:
    assert PayloadKeys(OLD).decrypt(encrypted) == PLAIN
    assert encrypted.metadata == {
        "encoding": b"binary/encrypted",
        "encryption-key-id": b"old",
        "encryption-cipher": b"AES-256-GCM",
    }
    assert SECRET.encode() not in encrypted.SerializeToString()


def test_the_same_payload_never_looks_the_same(encrypted: Payload) -> None:
    assert len({PayloadKeys(OLD).encrypt(PLAIN).data for _ in range(100)} | {encrypted.data}) == 101


def test_a_new_key_in_front_encrypts_and_the_old_one_still_decrypts(encrypted: Payload) -> None:
    ring = PayloadKeys(f"{NEW},{OLD}")
    assert ring.decrypt(encrypted) == PLAIN
    assert ring.encrypt(PLAIN).metadata["encryption-key-id"] == b"new"


def test_plain_in_front_encrypts_nothing_and_decrypts_all(encrypted: Payload) -> None:
    ring = PayloadKeys(f"plain, {OLD}")
    assert ring.encrypt(PLAIN) is PLAIN
    assert ring.decrypt(encrypted) == PLAIN
    assert not ring.encrypts
    assert ring.decrypts


def test_what_was_never_encrypted_is_read() -> None:
    assert PayloadKeys(OLD).decrypt(PLAIN) == PLAIN
    assert PayloadKeys("").decrypt(Payload()) == Payload()


@pytest.mark.parametrize("keys", ["", NEW, f"plain,{NEW}"])
def test_an_unknown_key_is_named(encrypted: Payload, keys: str) -> None:
    with pytest.raises(UnknownKey, match=r"encrypted with the key old, .* add it to ESIM_PAYLOAD_KEYS"):
        PayloadKeys(keys).decrypt(encrypted)


def test_another_key_under_the_same_id_does_not_decrypt_it(encrypted: Payload) -> None:
    with pytest.raises(UnknownKey, match="another key under this id"):
        PayloadKeys(key("old")).decrypt(encrypted)


def test_every_changed_byte_is_noticed(encrypted: Payload) -> None:
    ring = PayloadKeys(OLD)
    for place in range(len(encrypted.data)):
        changed = Payload.FromString(encrypted.SerializeToString())
        data = bytearray(changed.data)
        data[place] ^= 1
        changed.data = bytes(data)
        with pytest.raises(DecryptionFailed, match="A payload"):
            ring.decrypt(changed)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27])
def test_a_payload_cut_short_is_noticed(encrypted: Payload, length: int) -> None:
    encrypted.data = encrypted.data[:length]
    with pytest.raises(DecryptionFailed):
        PayloadKeys(OLD).decrypt(encrypted)


def test_the_name_of_the_key_is_authenticated(encrypted: Payload) -> None:
    same_key_twice = PayloadKeys(f"{OLD},other:{OLD.partition(':')[2]}")
    encrypted.metadata["encryption-key-id"] = b"other"
    with pytest.raises(DecryptionFailed):
        same_key_twice.decrypt(encrypted)


@pytest.mark.parametrize("name", [b"", b"Sentinella Privata", b"\xff\xfe", b"x" * 200])
def test_a_name_that_is_none_is_noticed_and_not_repeated(encrypted: Payload, name: bytes) -> None:
    encrypted.metadata["encryption-key-id"] = name
    with pytest.raises(DecryptionFailed, match="cannot be decrypted with the key old"):
        PayloadKeys(OLD).decrypt(encrypted)


@pytest.mark.parametrize(
    "keys",
    [
        "secretsecretsecret",
        OLD.partition(":")[2],
        "short:" + base64.b64encode(b"secret" * 4).decode(),
        f"{OLD},{OLD}",
        f"{NEW},plain,{OLD}",
        f"{NEW},{key('plain')}",
        key("no spaces"),
        key(""),
        f"{NEW},id:***",
    ],
)
def test_keys_that_are_none_are_refused_without_being_shown(keys: str) -> None:
    with pytest.raises(Refused, match="ESIM_PAYLOAD_KEYS") as refused:
        PayloadKeys(keys)
    assert refused.value.refusals[0].code == "keys_invalid"
    assert "secret" not in str(refused.value)


def test_a_new_key_is_one_and_no_key_is_ever_printed() -> None:
    fresh = KeyRing.new_key()
    ring = PayloadKeys(fresh)
    assert ring.decrypt(ring.encrypt(PLAIN)) == PLAIN
    assert fresh.partition(":")[2] not in repr(ring)


def test_url_safe_base64_is_taken_too() -> None:
    raw = b"\xfb\xff" * 16
    url_safe = PayloadKeys("a:" + base64.urlsafe_b64encode(raw).decode())
    assert PayloadKeys("a:" + base64.b64encode(raw).decode()).decrypt(url_safe.encrypt(PLAIN)) == PLAIN


def raised() -> ApplicationError:
    """A failure with a cause and traces, as a step leaves it."""
    try:
        _fail()
    except ApplicationError as error:
        return error
    raise AssertionError


def _fail() -> None:
    try:
        int(SECRET)
    except ValueError as inner:
        raise ApplicationError(f"outer {SECRET}", SECRET, type="mail_rejected") from inner


async def a_failure(keys: str) -> Failure:
    failure = Failure()
    await data_converter(PayloadKeys(keys)).encode_failure(raised(), failure)
    return failure


async def test_failures_keep_their_type_only() -> None:
    failure = await a_failure(OLD)
    assert failure.application_failure_info.type == "mail_rejected"
    assert SECRET.encode() not in failure.SerializeToString()
    assert b"test_payloads" not in failure.SerializeToString(), "no stack trace"
    read = await data_converter(PayloadKeys(f"{NEW},{OLD}")).decode_failure(failure)
    assert str(read) == f"mail_rejected: outer {SECRET}"
    assert SECRET in str(read.__cause__)


async def test_the_failure_that_says_which_key_is_missing_needs_none_to_be_read() -> None:
    failure = Failure()
    converter = data_converter(PayloadKeys(NEW))
    try:
        await converter.decode([PayloadKeys(OLD).encrypt(PLAIN)])
    except DecryptionFailed as unreadable:
        await converter.encode_failure(unreadable, failure)
    assert "encrypted with the key old" in failure.message
    assert not failure.HasField("encoded_attributes")


async def test_without_keys_nothing_changes() -> None:
    ours = data_converter(PayloadKeys(""))
    assert await ours.encode(["x", 1, None, {"a": 2}]) == await pydantic_data_converter.encode(
        ["x", 1, None, {"a": 2}]
    )
    failure = await a_failure("")
    assert failure.message == f"outer {SECRET}"
    assert not failure.HasField("encoded_attributes")
