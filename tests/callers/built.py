"""Statements that the store builds once, for tests that change how they are built."""

import sys


def forget_statements() -> None:
    """Have them built again, with the conditions that are asked for now."""
    for name, module in list(sys.modules.items()):
        if name.startswith("store."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
