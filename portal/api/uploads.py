"""What the reference says of bodies with a file, which are sent as `multipart/form-data`."""

from typing import Any


def one_file_and(*fields: str) -> dict[str, Any]:
    """What the reference says of a body with a file and these texts; FastAPI would read it itself, before the
    view is called.
    """
    texts = {name: {"type": "string"} for name in fields}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "required": ["file"], "properties": {"file": file, **texts}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}
