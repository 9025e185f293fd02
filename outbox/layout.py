"""The layout of every e-mail: plain text and HTML with the same content."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from mail.message import Picture

LAYOUTS = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Content:
    """A composed e-mail without its addresses. Text and HTML have the same content."""

    subject: str
    text: str
    html: str
    picture: Picture | None = None
    """The QR code that the HTML shows."""


def laid_out(subject: str, page: Mapping[str, Any]) -> Content:
    """Render the e-mail as plain text and as HTML."""
    page = {**page, "subject": subject}
    return Content(
        subject=subject,
        text=_layouts().get_template("email.txt.jinja").render(page),
        html=_layouts().get_template("email.html.jinja").render(page),
    )


@cache
def _layouts() -> Environment:
    """The templates, compiled once. Those named .html.jinja are escaped; an undefined name is an error."""
    return Environment(
        loader=FileSystemLoader(LAYOUTS),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
