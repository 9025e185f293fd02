"""How much of a file with a picture is read."""

MOST_PIXELS = 25_000_000
MOST_PAGES = 5
SEARCH_SECONDS = 2.0
"""After this time no slower method of finding a code is started."""
