"""Statements that the store builds once, for tests that change how they are built."""

import sys
from collections.abc import Callable
from functools import cache


def forget_statements() -> None:
    """Have them built again, with the conditions that are asked for now."""
    for forget in _forgetting(len(sys.modules)):
        forget()


@cache
def _forgetting(_: int) -> list[Callable[[], None]]:
    """How each function of the store that keeps what it built forgets it, as long as no module is added."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("store.")]
    values = {id(value): value for module in modules for value in vars(module).values()}
    return [value.cache_clear for value in values.values() if hasattr(value, "cache_clear")]
