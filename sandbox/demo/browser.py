"""A browser without JavaScript: it follows links, fills in forms and keeps cookies over HTTP, so that the
demonstration of the pages needs no other one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self

import httpx

from sandbox.errors import SandboxError

_SECONDS = 60
_VOID = frozenset(
    {"input", "br", "img", "meta", "link", "hr", "col", "source", "wbr", "area", "base", "embed"}
)
_UNSEEN = frozenset({"script", "style", "template", "title"})
_TYPED_BY_CHOICE = ("checkbox", "radio")


@dataclass
class Form:
    """A form of a page, with the values that its fields have."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)
    """What is written on a button, and its attributes."""


class Reader(HTMLParser):
    """What a page says, and its links, forms and rows of tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heading = ""
        self.words = ""
        self.links: dict[str, str] = {}
        """The address behind the words of a link; of equal ones, the first."""
        self.rows: list[str] = []
        self.alerts: list[str] = []
        """What a screen reader says at once: why something was refused."""
        self.forms: list[Form] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._form: Form | None = None
        self._select: str | None = None
        self.feed(page)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._field(has)
        elif tag == "select":
            self._select = has.get("name")
        elif tag == "option" and self._form and self._select:
            chosen = self._form.values.setdefault(self._select, [])
            if "selected" in has or not chosen:
                chosen[:] = [has.get("value", "")]
        if tag not in _VOID:
            self._open.append((tag, has, []))

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in (each for each, _, _ in self._open):
            closed, has, said = self._open.pop()
            self._close(closed, has, " ".join("".join(said).split()))
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if _UNSEEN.isdisjoint(tag for tag, _, _ in self._open):
            self.words += data
            for _, _, said in self._open:
                said.append(data)

    def _field(self, has: dict[str, str]) -> None:
        chosen = has.get("type") not in _TYPED_BY_CHOICE or "checked" in has
        if self._form is not None and has.get("name") and chosen and not has.get("form"):
            self._form.values.setdefault(has["name"], []).append(has.get("value", ""))

    def _close(self, tag: str, has: dict[str, str], said: str) -> None:
        if has.get("role") == "alert":
            self.alerts.append(said)
        if tag == "h1":
            self.heading = said
        elif tag == "a":
            self.links.setdefault(said, has.get("href", ""))
        elif tag == "tr":
            self.rows.append(said)
        elif tag == "textarea" and self._form is not None:
            self._form.values.setdefault(has.get("name", ""), []).append(said)
        elif tag == "button" and self._form is not None:
            self._form.buttons.setdefault(said, has)
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


class Browser:
    """One person's browser: the page that is open, and what can be done on it."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=_SECONDS, follow_redirects=True)
        self._origin = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
        self.status = 0
        self.path = ""
        self.page = Reader("")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def open(self, path: str) -> Reader:
        """Open this address."""
        return self._opened(await self._client.get(path))

    async def click(self, words: str) -> Reader:
        """Follow the link with these words."""
        if words not in self.page.links:
            raise SandboxError(f"{self.path} has no link {words!r}.")
        return await self.open(self.page.links[words])

    async def send(self, button: str, **filled: str) -> Reader:
        """Fill in the form that has this button, and press it."""
        for form in self.page.forms:
            if button in form.buttons:
                break
        else:
            raise SandboxError(f"{self.path} has no button {button!r}.")
        values = form.values | {name: [value] for name, value in filled.items()}
        if form.method == "get":
            return self._opened(await self._client.get(form.action, params=values))
        return self._opened(await self._client.post(form.action, data=values, headers=self._origin))

    def _opened(self, answer: httpx.Response) -> Reader:
        self.status, self.path = answer.status_code, answer.url.path
        self.page = Reader(answer.text)
        return self.page


@asynccontextmanager
async def signed_in(address: str, email: str, password: str) -> AsyncIterator[Browser]:
    """A browser whose user has signed in with the form."""
    async with Browser(address) as browser:
        await browser.open("/sign-in")
        await browser.send("Sign in", email=email, password=password)
        yield browser
