"""The client that waits for each answer."""

# Written by `make client` from its twin in `_async`; changes here are lost.
