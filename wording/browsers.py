"""What a browser is called, by the `User-Agent` that it sends: "Firefox, Windows"."""

from collections.abc import Iterable

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""In the order in which they are looked for: most name themselves and those that they resemble."""
_LONGEST = 40


def browser_name(user_agent: str | None) -> str:
    """The names of browser and system, of another client the beginning of what it sends; empty: unknown."""
    sent = user_agent or ""
    known = [name for name in (_first(_BROWSERS, sent), _first(_SYSTEMS, sent)) if name]
    return ", ".join(known) or sent[:_LONGEST]


def _first(names: Iterable[tuple[str, str]], sent: str) -> str:
    return next((name for part, name in names if part in sent), "")
