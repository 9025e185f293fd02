"""Sample calls about lines, SIMs and the catalogue."""

from tests.portal.api.samples.sample import Sample

SAMPLES = {
    "GET /lines": Sample(names_nothing=True),
    "GET /inventory": Sample(names_nothing=True),
    "GET /lines/{line}": Sample(lambda k: {"line": k.line}),
    "GET /lines/{line}/actions": Sample(lambda k: {"line": k.line}),
    "GET /lines/{line}/shop": Sample(lambda k: {"line": k.line}),
    "POST /lines/{line}/iccid": Sample(
        lambda k: {"line": k.line}, json=lambda _: {"iccid": "8933010000000000017"}
    ),
    "POST /lines/employee": Sample(json=lambda k: {"lines": [k.line], "employee": None}),
    "POST /lines/groups": Sample(
        json=lambda k: {"lines": [k.line], "groups": ["Sales"], "mode": "add", "create": True}
    ),
    "GET /devices": Sample(names_nothing=True),
    "GET /sims": Sample(names_nothing=True),
    "GET /sims/{sim}": Sample(lambda k: {"sim": k.sim}),
    "GET /sims/{sim}/actions": Sample(lambda k: {"sim": k.sim}),
    "GET /catalogue": Sample(names_nothing=True),
}
