"""Sample calls about held work, jobs and the audit."""

from tests.portal.api.samples.sample import Sample

SAMPLES = {
    "GET /held": Sample(names_nothing=True),
    "POST /held/retry": Sample(json=lambda _: {"reason": "no_stock"}, names_nothing=True),
    "POST /held/{workflow}/retry": Sample(lambda k: {"workflow": k.request}),
    "GET /audit": Sample(names_nothing=True),
}
