"""The refusal of an invalid input: its fields and the rules they break, without their values (S9)."""

from pydantic import ValidationError

from models.errors import Refusal

_MOST_FIELDS = 10


def input_invalid(invalid: ValidationError) -> Refusal:
    """Refuse an input: each invalid field by its path, with the name of pydantic's rule.

    Pydantic's own messages quote the input, which may be a name or a secret, and would end up in histories
    and logs.
    """
    found = invalid.errors(include_url=False, include_context=False, include_input=False)
    fields = [f"{_path(error['loc'])} ({error['type']})" for error in found[:_MOST_FIELDS]]
    more = [f"{len(found) - _MOST_FIELDS} more"] if len(found) > _MOST_FIELDS else []
    return Refusal.of("input_invalid", fields=", ".join(fields + more))


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place)) or "input"
