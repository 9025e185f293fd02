"""What was typed into a form whose session has ended: kept on a page that sends it again after the sign-in.

The page holds the fields, nothing is stored. A form of another site never comes here (`portal.auth.csrf`). A
form with a secret or a file is not kept: its page is opened again. A confirmation is not kept either: another
person may sign in, who has to confirm it for themselves.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.language import Language
from portal.auth.next_page import page_of_form
from portal.http.forms import read_fields
from portal.http.middleware import OWN_REFERRER, REFERRER
from portal.links.pages import Pages

SECRETS = frozenset({"password", "old", "new", "code", "confirmation_code"})
"""Fields that no page shows again."""
CONFIRMATIONS = frozenset({"confirmed"})
"""Boxes that are ticked for what cannot be undone: its form asks for them again."""
_URLENCODED = "application/x-www-form-urlencoded"


async def kept_form(
    request: Request, pages: Pages, sign_in: str, language: Language | None
) -> Response | None:
    """The page that keeps the fields, in this language or the browser's; None where nothing is to be kept.
    `sign_in`: the path that the person opens first, in another tab.
    """
    fields = await _typed(request)
    if not fields or not SECRETS.isdisjoint(fields):
        return None
    path = request.url.path.removeprefix(pages.base)
    there = f"{sign_in}?next={quote(page_of_form(request, pages.base), safe='/')}"
    kept = {name: values for name, values in fields.items() if name not in CONFIRMATIONS}
    facts = {
        "action": path,
        "fields": [(name, value) for name, values in kept.items() for value in values],
        "sign_in": there,
        "asked_again": len(kept) < len(fields),
    }
    answer = pages.render(request, "auth/kept", 403, said=language, **facts)
    answer.headers[REFERRER] = OWN_REFERRER
    return answer


async def _typed(request: Request) -> Mapping[str, Sequence[str]]:
    if not request.headers.get("content-type", "").lower().startswith(_URLENCODED):
        return {}
    try:
        return await read_fields(request)
    except Refused:
        return {}
