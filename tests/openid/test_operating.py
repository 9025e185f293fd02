"""What operators see of sign-in at an OpenID provider: the doctor's line, settings, a removed link."""

import sys
from collections.abc import Iterator

import pytest

from models.errors import Refused
from models.people.sign_in import Identity
from settings import Settings
from starter.operations.component_checks import openid
from starter.people.openid_provider import OpenIdProvider
from store.people import identities
from store.session import Database
from tests.builders import OPERATOR, run
from tests.openid.provider import Provider, running
from tests.portal.pages.people import ANA
from tests.starter.conftest import shell
from tests.starter.shell import Shell

__all__ = ["shell"]
SET = {
    "openid_issuer": "https://id.example",
    "openid_client_id": "portal",
    "openid_client_secret": "a secret",
}


@pytest.fixture(scope="module")
def alone() -> Iterator[Provider]:
    with running() as provider:
        yield provider


async def test_the_doctor_says_whether_the_provider_answers_and_is_the_one(alone: Provider) -> None:
    settings = Settings.model_validate(alone.settings())
    found = await openid(settings)
    assert (found.ok, found.sentence) == (True, "The OpenID provider answers.")
    another = settings.model_copy(update={"openid_issuer": alone.issuer.replace("localhost", "127.0.0.1")})
    found = await openid(another)
    assert not found.ok
    assert "names another issuer than ESIM_OPENID_ISSUER" in found.sentence
    away = await openid(settings.model_copy(update={"openid_issuer": "http://127.0.0.1:9"}))
    assert not away.ok
    assert away.sentence.endswith("See ESIM_OPENID_ISSUER.")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"openid_issuer": "http://id.example"}, "ESIM_OPENID_ISSUER"),
        ({"openid_issuer": "id.example"}, "ESIM_OPENID_ISSUER"),
        ({"openid_client_id": ""}, "ESIM_OPENID_CLIENT_ID"),
        ({"openid_client_secret": ""}, "ESIM_OPENID_CLIENT_SECRET"),
        ({"openid_scopes": "email"}, "ESIM_OPENID_SCOPES"),
    ],
)
def test_a_setting_that_is_not_valid_is_named_and_not_shown(wrong: dict[str, str], named: str) -> None:
    assert OpenIdProvider.configured(Settings.model_validate(SET)) is not None
    with pytest.raises(Refused, match=named) as refused:
        OpenIdProvider.configured(Settings.model_validate({**SET, **wrong}))
    assert "a secret" not in str(refused.value)
    assert "a secret" not in repr(Settings.model_validate(SET))


def test_without_the_extra_the_settings_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starter.people.id_tokens", None)
    with pytest.raises(Refused, match=r"pip install 'esim-orders\[oidc\]'"):
        OpenIdProvider.configured(Settings.model_validate(SET))


@pytest.mark.covers("P1")
async def test_a_command_removes_the_link_of_a_user_and_ends_the_sessions(
    shell: Shell,
    database: Database,
) -> None:
    user = next(iter(await run(database, f"SELECT id, account_id FROM users WHERE email = '{ANA}'")))
    insert = "INSERT INTO identities (issuer, subject, account_id, user_id)"
    await run(database, f"{insert} VALUES ('https://id.example', 's-1', {user.account_id}, {user.id})")
    who = Identity("https://id.example", "s-1", None, None)
    async with database.reading() as connection:
        assert await identities.user_of(connection, who) is not None
    for _ in range(2):
        assert ANA in shell.run("user", "unlink-openid", ANA, columns=160).out
    async with database.reading() as connection:
        assert await identities.user_of(connection, who) is None
    events = await run(database, "SELECT actor FROM events WHERE type = 'user.openid_unlinked'")
    assert [row.actor for row in events] == [OPERATOR.actor], "once"
