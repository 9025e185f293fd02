"""Characters that no name, address or subject holds: they would break a line or mislead whoever reads it."""

import re

CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Controls (with \\r, \\n, NEL), the line and paragraph separators, and halves of surrogate pairs."""
REVERSALS = "\u202a-\u202e\u2066-\u2069"
"""What reverses the direction of writing, so that a text reads as another one."""

CONTROL = re.compile(f"[{CONTROLS}]")
LONGEST_NAME = 200
"""Characters that a name has at most, wherever it comes from: Temporal and mail headers have limits too."""

UNPRINTABLE = re.compile(f"[{CONTROLS}{REVERSALS}\ufeff]")
