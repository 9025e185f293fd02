"""Which settings the codec needs: without them it is not there, and wrong ones stop the portal."""

import re

import pytest

from models.errors import Refused
from portal.app import create_app
from tests.portal.conftest import ADDRESS
from tests.portal.desk import InventedDesk
from tests.portal.test_codec import (
    BEARER,
    DECODE,
    DECRYPTED,
    ENCRYPTED,
    KEYS,
    WEB_UI,
    asking,
    configured,
    signed_in,
)


@pytest.mark.parametrize("missing", ["payload_keys", "codec_origin", "codec_token"])
async def test_it_is_not_there_unless_all_is_set(missing: str) -> None:
    async with asking(configured(**{missing: ""})) as asker:
        for method, path in (("GET", "/codec"), ("POST", "/codec"), ("POST", DECODE), ("OPTIONS", DECODE)):
            answer = await asker.request(method, path, headers=BEARER | {"Origin": WEB_UI})
            assert answer.status_code == 404


async def test_it_is_there_while_keys_only_decrypt() -> None:
    async with asking(configured(payload_keys=f"plain,{KEYS}")) as asker:
        assert (await asker.post(DECODE, json=ENCRYPTED, headers=BEARER)).json() == DECRYPTED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"codec_token": "short-secret"}, "codec_token_invalid"),
        ({"codec_token": "ü" * 40}, "codec_token_invalid"),
        ({"codec_origin": "*"}, "codec_origin_invalid"),
        ({"codec_origin": f"{WEB_UI}/"}, "codec_origin_invalid"),
        ({"codec_origin": "https://Temporal.example"}, "codec_origin_invalid"),
        ({"codec_origin": "temporal.example"}, "codec_origin_invalid"),
        ({"codec_origin": "https://"}, "codec_origin_invalid"),
        ({"codec_origin": "https://ops@temporal.example"}, "codec_origin_invalid"),
        ({"payload_keys": "secret:secret"}, "keys_invalid"),
    ],
)
def test_a_wrong_setting_stops_the_portal(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        create_app(InventedDesk(), configured(**changes))
    assert refused.value.refusals[0].code == code
    assert "secret" not in str(refused.value)
    assert re.search(r"ESIM_[A-Z_]+", str(refused.value))


async def test_a_portal_under_a_path_keeps_its_cookie_there() -> None:
    async with asking(configured(portal_url=f"{ADDRESS}/portal")) as asker:
        answer = await signed_in(asker)
    assert answer.headers["location"] == "/portal/codec"
    assert "Path=/portal/codec" in answer.headers["set-cookie"]
