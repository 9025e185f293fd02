"""The catalogue of order packs over HTTP."""
