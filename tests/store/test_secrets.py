"""The key ring: what is sealed opens only with a key of the ring, and only as what it is."""

import pytest

from models.errors import Refused
from store.secrets import KeyRing, SecretUnreadable

OLD, NEW = "b2xk" * 10 + "b2w=", "bmV3" * 10 + "bmU="
SECRET = b"LPA:1$smdp.example.com$SECRET"


def test_what_is_sealed_opens_and_is_never_sealed_alike() -> None:
    ring = KeyRing(OLD)
    sealed = ring.seal("code of S-1", SECRET)
    assert ring.open("code of S-1", sealed) == SECRET
    assert SECRET not in sealed
    assert ring.seal("code of S-1", SECRET) != sealed
    assert ring.open("", ring.seal("", b"")) == b""
    assert ring.open("é" * 300, ring.seal("é" * 300, b"\0\xff")) == b"\0\xff"


@pytest.mark.parametrize("other", ["code of S-2", "code of S-1 ", "code of S-", ""])
def test_what_is_sealed_opens_only_as_what_it_is(other: str) -> None:
    ring = KeyRing(OLD)
    with pytest.raises(SecretUnreadable) as moved:
        ring.open(other, ring.seal("code of S-1", SECRET))
    assert "belongs to another SIM" in str(moved.value)


def test_the_first_key_seals_and_all_open() -> None:
    before, during, after = KeyRing(OLD), KeyRing(f"{NEW}, {OLD},\n"), KeyRing(NEW)
    old, new = before.seal("x", SECRET), during.seal("x", SECRET)
    assert during.open("x", old) == during.open("x", new) == after.open("x", new) == SECRET
    assert (during.newest("x", old), during.newest("x", new)) == (False, True)
    for ring, sealed in ((before, new), (after, old)):
        with pytest.raises(SecretUnreadable) as unreadable:
            ring.open("x", sealed)
        assert (
            str(unreadable.value) == "A QR code or its file cannot be opened with the keys of this process."
        )


@pytest.mark.parametrize("damaged", [b"", b"gAAAA", b"\xff\0", "not even Base64 …".encode()])
def test_what_is_damaged_does_not_open(damaged: bytes) -> None:
    with pytest.raises(SecretUnreadable):
        KeyRing(OLD).open("x", damaged)
    sealed = bytearray(KeyRing(OLD).seal("x", SECRET))
    sealed[40] ^= 1
    with pytest.raises(SecretUnreadable):
        KeyRing(OLD).open("x", bytes(sealed))


def test_fingerprints_know_a_profile_under_each_key() -> None:
    both = KeyRing(f"{NEW},{OLD}")
    assert both.fingerprints("a$B") == (*KeyRing(NEW).fingerprints("a$B"), *KeyRing(OLD).fingerprints("a$B"))
    assert len({*both.fingerprints("a$B"), *both.fingerprints("a$C")}) == 4
    assert all(len(fingerprint) == 32 for fingerprint in both.fingerprints("a$B"))


@pytest.mark.parametrize("none", ["", "  ", ",", " , "])
def test_without_keys_nothing_is_sealed_or_opened(none: str) -> None:
    ring = KeyRing(none)
    for call in (
        lambda: ring.seal("x", SECRET),
        lambda: ring.open("x", SECRET),
        lambda: ring.newest("x", SECRET),
        lambda: ring.fingerprints("x"),
    ):
        with pytest.raises(Refused) as missing:
            call()
        assert [refusal.code for refusal in missing.value.refusals] == ["secret_keys_missing"]
        assert "ESIM_SECRET_KEYS" in str(missing.value)


@pytest.mark.parametrize("wrong", ["hunter2", f"{OLD},hunter2", OLD[:-2], OLD[4:], "ключ", "a" * 45])
def test_keys_that_are_none_are_refused_without_repeating_them(wrong: str) -> None:
    with pytest.raises(Refused) as invalid:
        KeyRing(wrong)
    assert [refusal.code for refusal in invalid.value.refusals] == ["secret_keys_invalid"]
    assert "hunter2" not in str(invalid.value)
    assert OLD not in str(invalid.value)
    assert invalid.value.__cause__ is None


def test_a_ring_does_not_show_its_keys() -> None:
    ring = KeyRing(f"{NEW},{OLD}")
    assert repr(ring) == str(ring) == "KeyRing(<2>)"


def test_a_new_key_is_a_key_that_nobody_has() -> None:
    assert KeyRing.new_key() != KeyRing.new_key()
    ring = KeyRing(KeyRing.new_key())
    assert ring.open("x", ring.seal("x", SECRET)) == SECRET
