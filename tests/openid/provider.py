"""The OpenID provider of the tests: npm's oidc-provider, installed once into a cache folder, run by node."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

PACKAGE = "oidc-provider@9.13.3"
CLIENT = "portal"
SECRET = "a secret of the test & more"
_SCRIPT = Path(__file__).with_name("provider.mjs")
_LEAST_NODE = 20


@dataclass(frozen=True)
class Provider:
    """A running provider."""

    issuer: str

    def settings(self) -> Mapping[str, str]:
        """What the portal is told of it."""
        return {
            "openid_issuer": self.issuer,
            "openid_client_id": CLIENT,
            "openid_client_secret": SECRET,
            "openid_name": "Acme ID",
        }

    async def control(self, **asked: Any) -> None:
        """Have it do wrong: see provider.mjs."""
        async with httpx.AsyncClient() as client:
            (await client.post(f"{self.issuer}/control", json=asked)).raise_for_status()

    async def authenticate(
        self, browser: httpx.AsyncClient, address: str, *, sub: str, email: str = "", verified: bool = True
    ) -> str:
        """Log in there, if it asks; the address that the provider sends the browser back to."""
        for _ in range(9):
            if not address.startswith(self.issuer):
                return address
            if "/login/" in address:
                form = {"sub": sub, "email": email, **({"verified": "on"} if verified else {})}
                answer = await browser.post(address, data=form)
            else:
                answer = await browser.get(address)
            assert answer.is_redirect, f"{address}: {answer.status_code} {answer.text[:300]}"
            address = str(answer.url.join(answer.headers["Location"]))
        raise AssertionError("the provider goes on redirecting")


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a port of its own. Skips where it cannot be run, and says why."""
    folder = _installed()
    with subprocess.Popen(["node", _SCRIPT, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Provider(process.stdout.readline().strip())
        finally:
            process.terminate()


def _installed() -> Path:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node is installed: sign-in by OpenID Connect is not tested")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip("v\n").split(".")[0]) < _LEAST_NODE:
        pytest.skip(f"node {version.strip()} is too old: sign-in by OpenID Connect is not tested")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "esim-orders-tests" / PACKAGE.replace("@", "-")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes test at once
        done = folder / "installed"
        if not done.exists():
            options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
            install = ["npm", "install", "--prefix", str(folder), *options, PACKAGE]
            run = subprocess.run(install, capture_output=True, text=True, timeout=100, check=False)
            if run.returncode:
                pytest.skip(f"npm cannot install {PACKAGE}: sign-in by OpenID Connect is not tested")
            done.touch()
    return folder
