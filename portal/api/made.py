"""What the answer to an `Idempotency-Key` says: where the record is, and whether the call is a repeat."""

from fastapi import Response


def say_replayed(response: Response, *, replayed: bool) -> None:
    """Say of an answer that its call had been made before under its key, and did nothing now."""
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"


def say_made(response: Response, path: str, *, replayed: bool) -> None:
    """Say where the record is that a call made: 201, or 200 where its key had made it before."""
    response.headers["Location"] = f"/api/v1{path}"
    say_replayed(response, replayed=replayed)
    if replayed:
        response.status_code = 200
