"""One sample call for every route of the API. A subject's samples are in a module of its name, found here."""

import pkgutil
from importlib import import_module

from tests.portal.api.samples.sample import Sample

SAMPLES: dict[str, Sample] = {}
for _module in pkgutil.iter_modules(__path__):
    SAMPLES.update(getattr(import_module(f"{__name__}.{_module.name}"), "SAMPLES", {}))
