"""`/administration/e-mails`: every e-mail of the account: to whom, about what, how far it is (P11).

It shows no text, link or code of an e-mail. What may be sent again is sent from the page of what it is about.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.identifiers import reference
from models.operations.mail_log import MailState, MailView
from models.paging import Page as ListPage
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.administration.records import page_of
from portal.pages.forms import FormModel
from portal.pages.routes import page
from wording.labels import hold_sentence
from wording.pages import page_texts
from wording.refusals import sentences

LIST = "/administration/e-mails"
ROWS = 50


class MailQuery(FormModel):
    """The filter: the query string."""

    to: str = Field(default="", max_length=254)
    about: str = Field(default="", max_length=200)
    state: MailState | None = None

    def query(self, without: str = "", **more: str) -> str:
        """The query string, without one of the fields."""
        values = {"to": self.to, "about": self.about, "state": self.state or "", **more}
        return urlencode({name: value for name, value in values.items() if value and name != without})

    def path(self, without: str = "", **more: str) -> str:
        """The address of the list with this filter."""
        query = self.query(without, **more)
        return f"{LIST}?{query}" if query else LIST


async def show(request: Request, who: SignedIn) -> Response:
    """The list. What the filter cannot mean is said above it."""
    sent = {name: value for name, value in request.query_params.items() if value}
    cursor = sent.pop("cursor", None)
    wrong: list[str] = []
    status, found, chosen = 200, ListPage[MailView](), MailQuery()
    try:
        chosen = MailQuery.model_validate(sent)
        found = await _mails(who, chosen, cursor)
    except ValidationError:
        wrong, status = [page_texts(who.language)["mail_log"]["filter_unknown"]], 422
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 422
    following = found.following and closed(found.following, _name(chosen))
    words = page_texts(who.language)
    return who.page(
        request,
        "administration/mails",
        status,
        chosen=chosen,
        wrong_filter=wrong,
        rows=[_row(mail, words, who) for mail in found],
        states=[(each.value, words["mail_states"][each]) for each in MailState],
        first=cursor is None,
        following=chosen.path(cursor=following) if following else "",
    )


async def _mails(who: SignedIn, chosen: MailQuery, cursor: str | None) -> ListPage[MailView]:
    return await who.desks.mail_log.mails(
        who.caller,
        to=chosen.to.strip() or None,
        about=chosen.about.strip() or None,
        state=chosen.state,
        limit=ROWS,
        after=opened(cursor, _name(chosen)) if cursor else None,
    )


def _name(chosen: MailQuery) -> str:
    return f"e-mails {chosen.query()}"


def _row(mail: MailView, words: Mapping[str, Any], who: SignedIn) -> dict[str, Any]:
    name, _, address = (mail.to or "").rstrip(">").rpartition("<")
    recipients = words["mail_recipients"]
    return {
        "mail": mail,
        "kind": words["mail_kinds"].get(mail.kind, mail.kind),
        "name": name.strip() or recipients.get(mail.recipient.partition(":")[0], mail.recipient),
        "address": address,
        "path": _about_page(mail, who),
        "why": hold_sentence(mail.reason, who.language) if mail.reason else "",
    }


def _about_page(mail: MailView, who: SignedIn) -> str:
    """Where it is seen what the e-mail is about, and where it may be sent again."""
    if mail.sim_id is not None and who.may(Permission.VIEW_INVENTORY):
        return f"/sims/{reference('S', mail.sim_id)}/qr"
    if mail.about.startswith("user-mail-"):
        return page_of(mail.recipient, who)
    return page_of(mail.about, who)


routes = [page(LIST, show, needs=Permission.VIEW_AUDIT)]
