"""The key ring: content is decrypted only with a key of the ring, and only for what it is used as."""

import base64

import pytest

from models.errors import DecryptionFailed, Refused, UnknownKey
from store.key_ring import KeyRing, KeySetting

OLD, NEW = (f"{name}:{base64.b64encode(name.encode().ljust(32)).decode()}" for name in ("old", "new"))
OTHER = f"old:{base64.b64encode(b'x' * 32).decode()}"
SECRET = b"LPA:1$smdp.example.com$SECRET"


def test_content_is_decrypted_and_never_looks_the_same() -> None:
    ring = KeyRing(OLD)
    encrypted = ring.encrypt("code of S-1", SECRET)
    assert ring.decrypt("code of S-1", encrypted) == SECRET
    assert SECRET not in encrypted
    assert ring.encrypt("code of S-1", SECRET) != encrypted
    assert ring.decrypt("", ring.encrypt("", b"")) == b""
    assert ring.decrypt("é" * 300, ring.encrypt("é" * 300, b"\0\xff")) == b"\0\xff"


@pytest.mark.parametrize("other", ["code of S-2", "code of S-1 ", "code of S-", ""])
def test_content_is_decrypted_only_as_what_it_is_used(other: str) -> None:
    ring = KeyRing(OLD)
    with pytest.raises(DecryptionFailed, match="moved to another record"):
        ring.decrypt(other, ring.encrypt("code of S-1", SECRET))


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    before, during, after = KeyRing(OLD), KeyRing(f"{NEW}, {OLD},\n"), KeyRing(NEW)
    old, new = before.encrypt("x", SECRET), during.encrypt("x", SECRET)
    assert during.decrypt("x", old) == during.decrypt("x", new) == after.decrypt("x", new) == SECRET
    assert (during.is_current(old), during.is_current(new)) == (False, True)


def test_an_unknown_key_has_its_own_error_which_names_it() -> None:
    encrypted = KeyRing(OLD).encrypt("x", SECRET)
    for call in (
        lambda: KeyRing(NEW).decrypt("x", encrypted),
        lambda: KeyRing(NEW).require_key_of(encrypted),
    ):
        with pytest.raises(UnknownKey) as unknown:
            call()
        assert "encrypted with the key old, which this process does not have" in str(unknown.value)
        assert "add it to ESIM_SECRET_KEYS" in str(unknown.value)
    KeyRing(f"{NEW},{OLD}").require_key_of(encrypted)


def test_another_key_under_the_same_id_is_recognised() -> None:
    """Else a process that has it would not recognise codes by its digests, and take them twice."""
    encrypted = KeyRing(OLD).encrypt("x", SECRET)
    for call in (
        lambda: KeyRing(OTHER).decrypt("x", encrypted),
        lambda: KeyRing(OTHER).require_key_of(encrypted),
    ):
        with pytest.raises(UnknownKey, match="another key under this id"):
            call()
    assert not KeyRing(OTHER).is_current(encrypted)


@pytest.mark.parametrize(
    "damaged", [b"", b"\x01", b"\x01\xff", b"\x01\0", b"gAAAA", b"\xff\0", "not even Base64 …".encode()]
)
def test_content_of_no_format_is_not_decrypted(damaged: bytes) -> None:
    with pytest.raises(DecryptionFailed, match="does not name its key"):
        KeyRing(OLD).decrypt("x", damaged)


def test_every_changed_or_missing_byte_is_noticed() -> None:
    ring = KeyRing(OLD)
    encrypted = ring.encrypt("x", SECRET)
    for place in range(len(encrypted)):
        changed = bytearray(encrypted)
        changed[place] ^= 1
        for wrong in (bytes(changed), encrypted[:place]):
            with pytest.raises(DecryptionFailed):
                ring.decrypt("x", wrong)


def test_fingerprints_recognise_a_profile_with_each_key() -> None:
    both = KeyRing(f"{NEW},{OLD}")
    assert both.fingerprints("a$B") == (*KeyRing(NEW).fingerprints("a$B"), *KeyRing(OLD).fingerprints("a$B"))
    assert len({*both.fingerprints("a$B"), *both.fingerprints("a$C")}) == 4
    assert all(len(fingerprint) == 32 for fingerprint in both.fingerprints("a$B"))


@pytest.mark.parametrize("none", ["", "  ", ",", " , "])
def test_without_keys_nothing_is_encrypted_or_decrypted(none: str) -> None:
    ring = KeyRing(none)
    for call in (
        lambda: ring.encrypt("x", SECRET),
        lambda: ring.decrypt("x", SECRET),
        lambda: ring.is_current(SECRET),
        lambda: ring.require_key_of(SECRET),
        lambda: ring.fingerprints("x"),
    ):
        with pytest.raises(Refused) as missing:
            call()
        assert [refusal.code for refusal in missing.value.refusals] == ["secret_keys_missing"]
        assert "ESIM_SECRET_KEYS" in str(missing.value)


@pytest.mark.parametrize(
    "wrong", ["hunter2", f"{OLD},hunter2", OLD[:-2], OLD[4:], "id:ключ", f"plain,{OLD}", f"{OLD},{OTHER}"]
)
def test_keys_that_are_none_are_refused_without_repeating_them(wrong: str) -> None:
    with pytest.raises(Refused) as invalid:
        KeyRing(wrong, KeySetting("ESIM_SOME_KEYS", "Something"))
    assert [refusal.code for refusal in invalid.value.refusals] == ["keys_invalid"]
    assert "ESIM_SOME_KEYS" in str(invalid.value)
    assert "hunter2" not in str(invalid.value)
    assert OLD[4:] not in str(invalid.value)
    assert invalid.value.__cause__ is None


def test_a_ring_shows_the_ids_of_its_keys_only() -> None:
    ring = KeyRing(f"{NEW},{OLD}")
    assert repr(ring) == str(ring) == "KeyRing(ESIM_SECRET_KEYS: new, old)"


def test_a_new_key_is_random_and_has_an_id_of_its_own() -> None:
    one, another = KeyRing.new_key(), KeyRing.new_key()
    ring = KeyRing(f"{one},{another}")
    assert len(set(ring.ids)) == 2
    assert ring.decrypt("x", ring.encrypt("x", SECRET)) == SECRET
