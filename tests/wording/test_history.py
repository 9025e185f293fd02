"""What happened to lines and SIMs has words in both languages."""

import pytest

from models.events import EVENT_TYPES, Audience
from models.language import Language
from wording.history import sentence

OF_DEVICES = ("order.", "esim.", "sim.", "line.", "qr.", "notification.", "link.", "mail.", "incident.")


@pytest.mark.covers("P4")
def test_each_event_of_a_line_or_a_sim_has_a_sentence_in_both_languages() -> None:
    seen = [
        event
        for event, audience in EVENT_TYPES.items()
        if audience is Audience.ACCOUNT and event.startswith(OF_DEVICES)
    ]
    assert len(seen) >= 30
    for event in seen:
        english, french = sentence(event, Language.EN), sentence(event, Language.FR)
        assert english != french
        assert event not in (english, french)
