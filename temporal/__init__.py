"""Temporal as this application uses it: connection, calls, encrypted payloads, worker versions."""
