"""The catalogue of event types, docs/events.md: `make schemas` writes it from the declarations."""

from pathlib import Path

from models.event_permissions import permission_of
from models.event_types import SUBJECTS
from models.event_types.described import described

PAGE = Path(__file__).parents[2] / "docs" / "events.md"

_HEAD = """# Types of events

What an account can follow by polls, streams and webhooks ([api.md](api.md#follow-events)), each with an
example. More types may be added at any time, and events may say more; a reader ignores what it does not know.

`about` names the records that an event is about, the main one first. An event says what is shown here, and
nothing else: ids, counts and codes, never a name, an e-mail address, a phone number, an ICCID, an activation
code or a secret. `timestamp` is when it happened, `id` is unique for ever and a cursor.

An API key gets the types that its permissions show. One that makes a webhook needs these and `view_travel`,
since an order's events may be of travel eSIMs, whatever their type.

`GET /api/v1/event-types` answers this list.

This page is written by `make schemas`.
"""


def page() -> str:
    """The page as it should be."""
    each = list(described())
    parts = [_HEAD]
    for subject in SUBJECTS:
        parts.append(f"## {subject}\n")
        for one in (one for one in each if one.subject == subject):
            shown = f"{one.sentence} Shown by `{permission_of(one.type)}`."
            if one.sometimes:
                shown += f" Some say more: {', '.join(f'`{name}`' for name in one.sometimes)}."
            parts.append(f"### {one.type}\n\n{shown}\n\n```json\n{one.example.model_dump_json()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
