"""Compresses the pages of signed-in people: the inventory's 50 rows have 106 kB, and 10 compressed.

Only what is read, never the answer to a form: that may show a secret, such as an eSIM's code, and its length
would tell about it beside text that another site chose (BREACH).
"""

import gzip

from starlette.requests import Request
from starlette.responses import Response

LEVEL = 1
"""0.2 ms for the inventory; the highest takes six times as long and saves a fifth."""
_SMALLEST = 1000


def packed(request: Request, response: Response) -> Response:
    """The answer, compressed where the browser takes that and it is a page that was read."""
    if request.method not in ("GET", "HEAD") or response.media_type != "text/html":
        return response
    response.headers.add_vary_header("Accept-Encoding")
    if "gzip" in request.headers.get("accept-encoding", "").lower() and len(response.body) >= _SMALLEST:
        response.body = gzip.compress(response.body, LEVEL, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response
