"""A person signs in at the OpenID provider with a browser of ours."""

import httpx
import pytest

from tests.openid.provider import Provider
from tests.portal.pages.people import SESSION, Browser

SENTENCE = "The sign-in did not succeed, or the user cannot sign in here."


class Signing:
    """Signs in at the provider with a browser of ours."""

    def __init__(self, visitor: Browser, elsewhere: httpx.AsyncClient, provider: Provider) -> None:
        self.visitor, self.elsewhere, self.provider = visitor, elsewhere, provider

    async def back(self, sub: str, email: str = "", *, next_: str = "", verified: bool = True) -> str:
        """The address of ours to which the provider sends the browser."""
        begun = await self.visitor.get("/sign-in/openid", params={"next": next_})
        assert begun.status_code == 303, begun.text
        return await self.provider.authenticate(
            self.elsewhere, begun.headers["Location"], sub=sub, email=email, verified=verified
        )

    async def __call__(self, sub: str, email: str = "", **options: object) -> httpx.Response:
        self.elsewhere.cookies.clear()
        return await self.visitor.get(await self.back(sub, email, **options))  # type: ignore[arg-type]


@pytest.fixture
def signing(visitor: Browser, elsewhere: httpx.AsyncClient, provider: Provider) -> Signing:
    return Signing(visitor, elsewhere, provider)


def refused(answer: httpx.Response) -> bool:
    """The one sentence of every failure, and no session."""
    assert answer.status_code == 422, answer.text[:300]
    assert SENTENCE in answer.text
    return SESSION not in str(answer.headers.get_list("Set-Cookie"))
