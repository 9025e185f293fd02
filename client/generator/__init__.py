"""Writes the models and calls of the client from docs/openapi.json: `python -m client.generator`."""
