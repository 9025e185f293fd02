"""Every message of the contract, in whatever folder of `workflows` it is declared."""

import importlib
import inspect
import pkgutil

from pydantic import BaseModel

import workflows


def all_messages() -> list[type[BaseModel]]:
    """The classes of each module `messages`."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(workflows.__path__, "workflows.")
        if found.name.endswith(".messages")
    ]
    assert len(modules) >= 4
    return [
        it
        for module in modules
        for it in vars(module).values()
        if inspect.isclass(it) and issubclass(it, BaseModel) and it.__module__ == module.__name__
    ]
