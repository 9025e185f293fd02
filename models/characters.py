"""Characters that a name, address or subject must not contain: they break a line or mislead the reader."""

import re

CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Control characters (\\r, \\n and NEL included), line and paragraph separators, unpaired surrogates."""
REVERSALS = "\u202a-\u202e\u2066-\u2069"
"""Bidirectional controls: they reverse the direction of writing, so that a text reads as another one."""

CONTROL = re.compile(f"[{CONTROLS}]")
LONGEST_NAME = 200
"""The maximum length of a name, wherever it comes from: Temporal and mail headers have limits too."""

UNPRINTABLE = re.compile(f"[{CONTROLS}{REVERSALS}\ufeff]")
