"""Sample calls about people and API keys."""

from tests.portal.api.samples.sample import Sample

SAMPLES = {
    "GET /api-keys": Sample(names_nothing=True),
    "POST /api-keys": Sample(json=lambda k: {"name": "Reports", "user": k.user}),
    "POST /api-keys/{key}/revoke": Sample(lambda k: {"key": k.api_key}),
}
