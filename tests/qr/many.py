"""A confined process that reads many files, one after another: `python -I many.py ROOT`.

For each: a line with type, length and seconds of looking hard, then the file. It answers a line of JSON: what
it says of the file, and what Python looked for meanwhile.
"""

import json
import sys
from typing import Any


def main() -> None:
    """Read until nothing more comes."""
    sys.path.insert(0, sys.argv[1])
    from confined import limits  # noqa: PLC0415 - the path is known only now
    from qr.reader import child  # noqa: PLC0415

    readers = {kind: child.pages_of(kind) for kind in ("png", "jpeg", "tiff", "svg", "pdf")}
    missed: set[str] = set()
    limits.confine(cpu_seconds=120)

    def watch(event: str, facts: tuple[Any, ...]) -> None:
        if event in ("import", "open"):
            missed.add(str(facts[0]))

    sys.addaudithook(watch)
    while order := sys.stdin.buffer.readline():
        kind, length, seconds = order.decode().split()
        content = sys.stdin.buffer.read(int(length))
        told = child.answer(content, kind, readers[kind], float(seconds))
        answer = {"told": told, "missed": sorted(missed)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
