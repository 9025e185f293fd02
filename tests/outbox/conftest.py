import pytest

from models.language import Language
from outbox.emails import Email
from tests.outbox.scene import EMAILS


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


@pytest.fixture(params=EMAILS, ids=[email.name for email in EMAILS])
def email(request: pytest.FixtureRequest) -> type[Email]:
    return request.param  # type: ignore[no-any-return]
