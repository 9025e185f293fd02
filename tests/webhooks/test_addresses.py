"""No webhook reaches an address that is not public, whatever a name resolves to."""

import ssl
from collections.abc import Sequence
from functools import partial

import pytest

from models.errors import Refused
from models.networks import parse_networks
from models.operations.webhooks import Outcome, parse_url
from outbox.webhooks.addresses import Resolve
from outbox.webhooks.sending import Post, Sender
from outbox.webhooks.signing import new_secret
from settings import load
from tests.webhooks.certificates import Certified, certified
from tests.webhooks.receiver import HANGS, a_receiver, a_sender

PRIVATE = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "240.0.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
    *("2001:db8::1", "fec0::1", "3fff::1", "5f00::1", "2001:20::1", "2001:4:112::1", "2620:4f:8000::1"),
    *("168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110"),
    *("192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1"),
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:10.0.0.1", "2606:4700::5efe:168.63.129.16"),
)
PING = Post("ping_1", "webhook.ping", "2026-11-27T12:00:00Z", {})


def resolving(*answers: Sequence[str]) -> Resolve:
    """A resolver that gives these answers one after another; the last one stays."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return list(left.pop(0) if len(left) > 1 else left[0])

    return resolve


@pytest.mark.covers("A11")
@pytest.mark.parametrize("address", PRIVATE)
async def test_private_addresses_are_not_called(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    for url, names in (
        (f"https://{host}/", ["1.1.1.1"]),
        ("https://shop.example/", [address]),
        ("https://shop.example/", ["1.1.1.1", address]),
    ):
        async with Sender.to(url, loopback=False, resolver=resolving(names)) as sender:
            answer = await sender.send(PING, [new_secret()])
            assert answer.outcome is Outcome.PRIVATE_ADDRESS, (url, names)


@pytest.mark.covers("A11")
@pytest.mark.parametrize(
    "address", ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::5efe:808:808", "2606:4700::1111"]
)
async def test_no_address_of_a_network_that_the_settings_refuse_is_called(address: str) -> None:
    refused = parse_networks("8.8.8.0/24, 2606:4700::1111")
    urls = ("https://shop.example/", f"https://[{address}]/" if ":" in address else f"https://{address}/")
    for url in urls:
        to = partial(Sender.to, url, loopback=False, resolver=resolving([address]))
        async with to() as sender:
            await sender.check()
        async with to(refused=refused) as sender:
            assert (await sender.send(PING, [new_secret()])).outcome is Outcome.PRIVATE_ADDRESS


def test_networks_that_are_none_are_no_settings() -> None:
    for wrong in ("8.8.8.8/24", "shop.example", "8.8.8.0/24;1.1.1.1"):
        with pytest.raises(Refused) as refused:
            load(webhooks_refused_networks=wrong)
        assert refused.value.refusals[0].code == "settings_invalid"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
async def test_public_addresses_may_be_called(address: str) -> None:
    async with Sender.to("https://shop.example/", loopback=False, resolver=resolving([address])) as sender:
        await sender.check()


@pytest.mark.covers("A11")
async def test_a_name_that_resolves_to_another_address_later_is_refused_then() -> None:
    async with a_receiver() as receiver:
        url = f"https://shop.example:{receiver.port}/"
        resolver = resolving(["8.8.8.8"], ["127.0.0.1"])
        async with Sender.to(url, loopback=False, resolver=resolver) as sender:
            await sender.check()  # when the endpoint is made
            answer = await sender.send(PING, [new_secret()])
    assert answer.outcome is Outcome.PRIVATE_ADDRESS
    assert receiver.requests == []


async def test_loopback_is_called_where_it_is_allowed_and_nothing_else_over_http() -> None:
    async with a_receiver() as receiver:
        for host, loopback, outcome in (
            ("127.0.0.1", True, Outcome.DELIVERED),
            ("localhost", True, Outcome.DELIVERED),
            ("127.0.0.1", False, Outcome.PRIVATE_ADDRESS),
        ):
            url = f"http://{host}:{receiver.port}/hooks?shop=1"
            async with Sender.to(url, loopback=loopback, resolver=resolving(["127.0.0.1"])) as sender:
                assert (await sender.send(PING, [new_secret()])).outcome is outcome
    assert [one.path for one in receiver.requests] == ["/hooks?shop=1"] * 2
    assert receiver.requests[1].headers["host"] == f"localhost:{receiver.port}"
    async with Sender.to("http://shop.example/", loopback=True, resolver=resolving(["8.8.8.8"])) as sender:
        assert (await sender.send(PING, [new_secret()])).outcome is Outcome.PRIVATE_ADDRESS


async def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to() -> None:
    async with certified("shop.example") as (server, trusted):
        assert await _sent("shop.example", server, trusted) is Outcome.DELIVERED
        assert server.names == ["shop.example"]
        assert await _sent("other.example", server, trusted) is Outcome.TLS
        assert await _sent("shop.example", server, ssl.create_default_context()) is Outcome.TLS


async def _sent(host: str, server: Certified, trusted: ssl.SSLContext) -> Outcome:
    url = f"https://{host}:{server.port}/"
    resolver = resolving(["127.0.0.1"])
    async with Sender.to(url, loopback=True, resolver=resolver, verify=trusted) as sender:
        return (await sender.send(PING, [new_secret()])).outcome


async def test_no_redirect_and_no_proxy_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with a_receiver() as receiver:
        receiver.always(302)
        async with a_sender(receiver.url) as sender:
            answer = await sender.send(PING, [new_secret()])
    assert (answer.outcome, answer.status) == (Outcome.STATUS, 302)
    assert len(receiver.requests) == 1


async def test_a_receiver_that_hangs_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbox.webhooks.sending.SECONDS", 0.3)
    async with a_receiver() as receiver:
        receiver.always(HANGS)
        async with a_sender(receiver.url) as sender:
            answer = await sender.send(PING, [new_secret()])
    assert answer.outcome is Outcome.TIMEOUT
    assert 250 < answer.milliseconds < 5000


@pytest.mark.parametrize(
    "url",
    [
        *("http://shop.example/", "ftp://shop.example/", "https://", "https:///x", "shop.example/hooks"),
        *("https://user:word@shop.example/", "https://shop.example/#part", "https://shop.example:0/"),
        *("https://shop.example:70000/", "https://shop example/", "https://shöp.example/", "https://[::1/"),
        *("https://shop.example\\@internal/", "https://shop.example/\r\nHost: x", "https://s/" + "x" * 2000),
        *("https://.shop.example/", "https://shop..example/", "https://shop.example./", "https://./"),
    ],
)
def test_addresses_that_no_endpoint_may_have(url: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_url(url, loopback=False)
    assert refused.value.refusals[0].code == "webhook_url_invalid"
