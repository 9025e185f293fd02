"""Payloads are sealed under the first key, opened under all, and refused where anything of them changed."""

import base64
import hashlib
import itertools

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from models.errors import Refused
from temporal.payloads import PayloadKeys, PayloadUnreadable, data_converter

SECRET = "Sentinella"
PLAIN = Payload(metadata={"encoding": b"json/plain", "of": SECRET.encode()}, data=f'"{SECRET}"'.encode())


_numbers = itertools.count()


def key(name: str) -> str:
    """Another one each time; the same in every process, since tests are named after them."""
    return f"{name}:{base64.b64encode(hashlib.sha256(bytes([next(_numbers)])).digest()).decode()}"


OLD, NEW = key("old"), key("new")


@pytest.fixture
def sealed() -> Payload:
    return PayloadKeys(OLD).seal(PLAIN)


def test_what_is_sealed_opens_and_shows_nothing(sealed: Payload) -> None:
    assert PayloadKeys(OLD).open(sealed) == PLAIN
    assert sealed.metadata == {
        "encoding": b"binary/encrypted",
        "encryption-key-id": b"old",
        "encryption-cipher": b"AES-256-GCM",
    }
    assert SECRET.encode() not in sealed.SerializeToString()


def test_the_same_payload_never_looks_the_same(sealed: Payload) -> None:
    assert len({PayloadKeys(OLD).seal(PLAIN).data for _ in range(100)} | {sealed.data}) == 101


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(sealed: Payload) -> None:
    ring = PayloadKeys(f"{NEW},{OLD}")
    assert ring.open(sealed) == PLAIN
    assert ring.seal(PLAIN).metadata["encryption-key-id"] == b"new"


def test_plain_in_front_seals_nothing_and_opens_all(sealed: Payload) -> None:
    ring = PayloadKeys(f"plain, {OLD}")
    assert ring.seal(PLAIN) is PLAIN
    assert ring.open(sealed) == PLAIN
    assert not ring.seals
    assert ring.opens


def test_what_was_never_sealed_is_read() -> None:
    assert PayloadKeys(OLD).open(PLAIN) == PLAIN
    assert PayloadKeys("").open(Payload()) == Payload()


@pytest.mark.parametrize("keys", ["", NEW, f"plain,{NEW}"])
def test_an_unknown_key_is_named(sealed: Payload, keys: str) -> None:
    with pytest.raises(PayloadUnreadable, match=r"sealed with the key old, .* add it to ESIM_PAYLOAD_KEYS"):
        PayloadKeys(keys).open(sealed)


def test_another_key_under_the_same_name_does_not_open_it(sealed: Payload) -> None:
    with pytest.raises(PayloadUnreadable, match="the key old"):
        PayloadKeys(key("old")).open(sealed)


def test_every_changed_byte_is_noticed(sealed: Payload) -> None:
    ring = PayloadKeys(OLD)
    for place in range(len(sealed.data)):
        changed = Payload.FromString(sealed.SerializeToString())
        data = bytearray(changed.data)
        data[place] ^= 1
        changed.data = bytes(data)
        with pytest.raises(PayloadUnreadable, match="changed after it was sealed"):
            ring.open(changed)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27])
def test_a_payload_cut_short_is_noticed(sealed: Payload, length: int) -> None:
    sealed.data = sealed.data[:length]
    with pytest.raises(PayloadUnreadable):
        PayloadKeys(OLD).open(sealed)


def test_the_name_of_the_key_is_authenticated(sealed: Payload) -> None:
    same_key_twice = PayloadKeys(f"{OLD},other:{OLD.partition(':')[2]}")
    sealed.metadata["encryption-key-id"] = b"other"
    with pytest.raises(PayloadUnreadable):
        same_key_twice.open(sealed)


@pytest.mark.parametrize("name", [b"", b"Sentinella Privata", b"\xff\xfe", b"x" * 200])
def test_a_name_that_is_none_is_not_repeated(sealed: Payload, name: bytes) -> None:
    sealed.metadata["encryption-key-id"] = name
    with pytest.raises(PayloadUnreadable, match="the key of no valid name"):
        PayloadKeys(OLD).open(sealed)


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
    assert refused.value.refusals[0].code == "payload_keys_invalid"
    assert "secret" not in str(refused.value)


def test_a_new_key_is_one_and_no_key_is_ever_printed() -> None:
    fresh = PayloadKeys.new_key()
    ring = PayloadKeys(fresh)
    assert ring.open(ring.seal(PLAIN)) == PLAIN
    assert fresh.partition(":")[2] not in repr(ring)


def test_url_safe_base64_is_taken_too() -> None:
    raw = b"\xfb\xff" * 16
    url_safe = PayloadKeys("a:" + base64.urlsafe_b64encode(raw).decode())
    assert PayloadKeys("a:" + base64.b64encode(raw).decode()).open(url_safe.seal(PLAIN)) == PLAIN


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
        await converter.decode([PayloadKeys(OLD).seal(PLAIN)])
    except PayloadUnreadable as unreadable:
        await converter.encode_failure(unreadable, failure)
    assert "sealed with the key old" in failure.message
    assert not failure.HasField("encoded_attributes")


async def test_without_keys_nothing_changes() -> None:
    ours = data_converter(PayloadKeys(""))
    assert await ours.encode(["x", 1, None, {"a": 2}]) == await pydantic_data_converter.encode(
        ["x", 1, None, {"a": 2}]
    )
    failure = await a_failure("")
    assert failure.message == f"outer {SECRET}"
    assert not failure.HasField("encoded_attributes")
