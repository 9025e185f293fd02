"""The connection to Temporal is compressed where the network costs more than CPU."""

import pytest
from temporalio.service import GrpcCompression

from settings import Settings
from temporal.connection import connect


@pytest.mark.parametrize(
    ("address", "setting", "expected"),
    [
        ("localhost:7233", "auto", GrpcCompression.NONE),
        ("127.0.0.1:7233", "auto", GrpcCompression.NONE),
        ("127.8.9.1:7233", "auto", GrpcCompression.NONE),
        ("[::1]:7233", "auto", GrpcCompression.NONE),
        ("temporal:7233", "auto", GrpcCompression.GZIP),
        ("localhost.example.com:7233", "auto", GrpcCompression.GZIP),
        ("10.0.0.1:7233", "auto", GrpcCompression.GZIP),
        ("[2001:db8::1]:7233", "auto", GrpcCompression.GZIP),
        ("127.0.0.1:7233", "gzip", GrpcCompression.GZIP),
        ("temporal:7233", "none", GrpcCompression.NONE),
    ],
)
async def test_compression_is_off_on_loopback_addresses_unless_the_setting_says_which(
    address: str, setting: str, expected: GrpcCompression
) -> None:
    settings = Settings.model_validate({"temporal_address": address, "temporal_compression": setting})
    client = await connect(settings, lazy=True)
    assert client.service_client.config.grpc_compression is expected
