"""The key of a sandbox: made once, and one that codes can be encrypted with."""

import json
from pathlib import Path

from sandbox.data_dir import DataDir
from store.key_ring import KeyRing


def test_a_sandbox_makes_a_key_that_encrypts_codes_and_keeps_it(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    folder.make_keys()
    key = json.loads(folder.keys.read_text())["secret_keys"]
    ring = KeyRing(key)
    assert ring.decrypt("code", ring.encrypt("code", b"secret")) == b"secret"
    folder.make_keys()
    assert json.loads(folder.keys.read_text())["secret_keys"] == key
