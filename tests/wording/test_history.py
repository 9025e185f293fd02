"""What happened has words in both languages."""

import pytest

from models.events import EVENT_TYPES, Audience
from models.language import Language
from wording.history import sentence


@pytest.mark.covers("P4", "A17")
def test_each_event_that_an_account_sees_has_a_sentence_in_both_languages() -> None:
    seen = [event for event, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT]
    assert len(seen) >= 100
    for event in seen:
        english, french = sentence(event, Language.EN), sentence(event, Language.FR)
        assert english != french
        assert event not in (english, french)
