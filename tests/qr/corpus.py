"""All files: good ones, and bad ones with the reason why. Made in code, when asked for."""

from functools import cache

from tests.qr.good_files import good_files
from tests.qr.hostile_files import bad_files
from tests.qr.samples import Sample


@cache
def good() -> tuple[Sample, ...]:
    return tuple(good_files())


@cache
def bad() -> tuple[Sample, ...]:
    return tuple(bad_files())


def named(title: str) -> Sample:
    """One file of the corpus."""
    return next(sample for sample in (*good(), *bad()) if sample.title == title)
