"""What a sample of a desk's call is; the samples are in the modules beside this one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from models.people.callers import Caller, Permission
from starter.desks import Desks
from tests.callers.world import Known

Call = Callable[[Desks, Caller, Known, str], Awaitable[Any]]
"""Desks, who calls, which records, and the name of an account."""

P = Permission


@dataclass(frozen=True)
class Sample:
    """A call that names a record or an account (else `names_nothing`), and what it requires."""

    call: Call
    needs: Permission
    names_nothing: bool = False
    """It sees the caller's own records alone, or is the operators' own."""
