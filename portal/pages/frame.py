"""What the frame of a signed-in page shows: who is signed in, where one can go, what was done before.

templates(language, base).get_template("pages/..").render(frame=Frame(...), ...)
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from models.people.callers import Permission

FlashKind = Literal["good", "note", "bad"]


class Place(NamedTuple):
    """An entry of the navigation. `name`: its icon and its words, `t.frame.places`; `needs`: who sees it."""

    name: str
    path: str
    needs: Permission
    built: bool = True


PLACES = (
    Place("dashboard", "/dashboard", Permission.VIEW_ORDERS),
    Place("desk", "/desk", Permission.ACKNOWLEDGE_ORDERS),
    Place("inventory", "/inventory", Permission.VIEW_INVENTORY),
    Place("orders", "/orders", Permission.VIEW_ORDERS),
    Place("held", "/held", Permission.RETRY_WORK),
    Place("imports", "/imports", Permission.IMPORT_INVENTORY),
    Place("people", "/people", Permission.VIEW_PEOPLE),
    Place("numbers", "/numbers", Permission.VIEW_LICENCES),
    Place("licences", "/licences", Permission.VIEW_LICENCES),
    Place("travel", "/travel", Permission.VIEW_TRAVEL),
    Place("administration", "/administration", Permission.VIEW_PEOPLE),
)
"""In the order in which they are shown. A place without pages is not shown: no link leads nowhere."""
_BELONGS = {
    "/jobs": "/imports",
    **dict.fromkeys(("/lines", "/sims", "/views", "/bulk", "/search", "/qr"), "/inventory"),
    "/shop": "/orders",
    "/agents": "/numbers",
}
"""Whose place in the navigation the pages below another path have."""


@dataclass(frozen=True)
class Flash:
    """What the act before this page did, in words."""

    words: str
    kind: FlashKind = "good"


FLASH_KINDS: Mapping[str, FlashKind] = {
    **dict.fromkeys(
        (
            "order_warned",
            "qr_imported_with_care",
            "qr_imported_in_small_letters",
            "qr_unchanged",
            "held_over",
        ),
        "note",
    ),
    **dict.fromkeys(("held_missed", "hook_not_pinged"), "bad"),
}
"""The kinds of the texts `flash` that say more than that it is done."""


@dataclass(frozen=True)
class Frame:
    """The facts of the signed-in frame.

    `role`: in the reader's language; `here`: the name of the place that the page belongs to; `held`: the
    capped number of held work in words, "" for none; `sought`: what stands in the search box.
    """

    person: str
    email: str
    account: str
    role: str
    rights: Collection[Permission]
    here: str = ""
    held: str = ""
    sought: str = ""
    flash: Flash | None = None
    all_places: tuple[Place, ...] = field(default=PLACES, repr=False)

    @property
    def places(self) -> list[Place]:
        """The navigation: what is built and the person may look at."""
        return [place for place in self.all_places if place.built and place.needs in self.rights]

    @property
    def searches(self) -> bool:
        """Whether the one search box is shown: it looks in the inventory."""
        return Permission.VIEW_INVENTORY in self.rights

    @property
    def initials(self) -> str:
        """At most two letters for the round sign of the person."""
        words = self.person.split() or ["?"]
        ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
        return "".join(word[0] for word in ends).upper()


def capped(number: int, most: int) -> str:
    """A number as a word, `99+` for more than the most, "" for none."""
    return f"{most}+" if number > most else str(number or "")


def place_of(path: str) -> str:
    """The name of the place that a path belongs to, "" for none: jobs are seen at the imports."""
    first = "/" + path.strip("/").partition("/")[0]
    first = _BELONGS.get(first, first)
    return next((place.name for place in PLACES if place.path == first), "")
